#include "ui/widgets/compare_twin.h"

#include "ui/models/plot_table_model.h"
#include "ui/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace descent::ui {

CompareTwin::CompareTwin(Source source, QWidget* parent)
    : ComparePane(parent)
    , source_(std::move(source))
    , metric_(new QComboBox)
    , model_(new PlotTableModel(this))
    , table_(makePaneTable("compareData", tr("What the chart draws, in numbers"))) {
    setObjectName(QStringLiteral("comparePaneData"));
    metric_->setObjectName(QStringLiteral("compareDataMetric"));
    metric_->setAccessibleName(tr("Which chart"));
    metric_->setProperty("role", QStringLiteral("flat"));
    metric_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    table_->setModel(model_);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(theme::kGrid / 2, theme::kGrid / 2, theme::kGrid, 0);
    row->addWidget(metric_);
    row->addStretch();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid / 2);
    column->addLayout(row);
    column->addWidget(table_, 1);
    connect(metric_, &QComboBox::currentIndexChanged, this, &CompareTwin::fill);
}

void CompareTwin::refresh() {
    {
        const QSignalBlocker quiet(metric_);
        const QString chosen = metric_->currentData().toString();
        metric_->clear();
        for (const auto& metric : compared()->charts)
            metric_->addItem(metricTitle(metric), QString::fromStdString(metric));
        metric_->setCurrentIndex(std::max(0, metric_->findData(chosen)));
    }
    fill();
}

void CompareTwin::choose(const QString& metric) {
    if (const int at = metric_->findData(metric); at >= 0) metric_->setCurrentIndex(at);
}

void CompareTwin::chartChanged(const QString& metric) {
    if (isVisible() && metric == metric_->currentData().toString()) fill();
}

void CompareTwin::fill() {
    const std::string metric = metric_->currentData().toString().toStdString();
    model_->setTable(metric.empty() ? PlotTable{} : source_(metric));
    // All rows would be measured: the first screens of them are enough.
    table_->setColumnWidth(0, theme::kGrid * 24);
}

TextTable CompareTwin::table() const {
    return textTable(model_->table());
}

QString CompareTwin::fileName() const {
    return metric_->currentData().toString().replace(QLatin1Char('/'), QLatin1Char('-'));
}

} // namespace descent::ui

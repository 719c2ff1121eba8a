#include "ui/widgets/compare_pane.h"

#include "core/base/param.h"
#include "ui/theme.h"

#include <QHeaderView>
#include <QTableView>

#include <cmath>
#include <utility>

namespace descent::ui {

void ComparePane::setCompared(ComparedPtr compared) {
    compared_ = std::move(compared);
    stale_ = !isVisible();
    if (!stale_) refresh();
}

void ComparePane::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (std::exchange(stale_, false) && compared_) refresh();
}

TextTable textTable(const PlotTable& table) {
    TextTable all;
    for (const auto& column : table.columns) all.headings.push_back(column.toStdString());
    for (const auto& row : table.rows) {
        std::vector<std::string> cells{row.curve.toStdString()};
        for (const auto& word : row.words) cells.push_back(word.toStdString());
        for (const double value : row.values)
            cells.push_back(std::isnan(value) ? "nan" : to_string(Value(value)));
        all.rows.push_back(std::move(cells));
    }
    all.right.assign(all.headings.size(), true);
    if (!all.right.empty()) all.right.front() = false;
    return all;
}

QTableView* makePaneTable(const char* name, const QString& accessible) {
    auto* table = new QTableView;
    table->setObjectName(QString::fromLatin1(name));
    table->setAccessibleName(accessible);
    table->setShowGrid(false);
    table->setFont(theme::numberFont());
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setTabKeyNavigation(false);
    table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    table->verticalHeader()->hide();
    table->verticalHeader()->setDefaultSectionSize(26);
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeader()->setMaximumSectionSize(theme::kGrid * 50);
    table->setIconSize({10, 10});
    return table;
}

} // namespace descent::ui

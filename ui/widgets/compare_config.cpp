#include "ui/widgets/compare_config.h"

#include "core/base/format.h"
#include "ui/models/cells_model.h"
#include "ui/state/background.h"
#include "ui/theme.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace descent::ui {

CompareConfig::CompareConfig(QWidget* parent)
    : ComparePane(parent)
    , equal_(new QCheckBox(tr("Show what is equal too")))
    , hint_(new QLabel)
    , cells_(new CellsModel(this))
    , table_(makePaneTable("compareConfig", tr("Configuration of the runs"))) {
    setObjectName(QStringLiteral("comparePaneConfig"));
    equal_->setObjectName(QStringLiteral("compareEqualRows"));
    equal_->setAccessibleName(equal_->text());
    hint_->setObjectName(QStringLiteral("compareConfigHint"));
    hint_->setProperty("role", QStringLiteral("muted"));
    table_->setModel(cells_);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(theme::kGrid, theme::kGrid / 2, theme::kGrid, 0);
    row->setSpacing(theme::kGrid * 2);
    row->addWidget(equal_);
    row->addWidget(hint_, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid / 2);
    column->addLayout(row);
    column->addWidget(table_, 1);
    connect(equal_, &QCheckBox::toggled, this, [this](bool on) {
        if (!compared()) return;
        auto layout = compared()->layout;
        layout.equal_rows = on;
        Q_EMIT layoutWanted(layout);
    });
}

void CompareConfig::refresh() {
    {
        const QSignalBlocker quiet(equal_);
        equal_->setChecked(compared()->layout.equal_rows);
    }
    inBackground(
        this, [of = compared()] { return config_diff(of->groups.runs, of->groups.parents); },
        [this, of = compared()](ConfigDiff diff) {
            if (of != compared()) return;
            shown_ = {};
            shown_.headings = {"Parameter"};
            for (const auto& run : of->groups.runs) shown_.headings.push_back(run.name);
            std::int64_t equal = 0;
            QList<int> words{0};
            std::vector<CellsModel::Row> rows;
            for (auto& row : diff.rows) {
                equal += row.equal;
                if (row.equal && !of->layout.equal_rows) continue;
                CellsModel::Row cells{{QString::fromStdString(row.field)}, -1, {}};
                std::vector<std::string> texts{row.field};
                for (auto& value : row.values) {
                    cells.cells << (value.empty() ? QStringLiteral("–") : QString::fromStdString(value));
                    texts.push_back(std::move(value));
                }
                rows.push_back(std::move(cells));
                shown_.rows.push_back(std::move(texts));
            }
            QStringList headings;
            for (const auto& heading : shown_.headings) headings << QString::fromStdString(heading);
            for (int i = 1; i < headings.size(); ++i) words << i;
            cells_->set(headings, std::move(rows), words);
            table_->resizeColumnsToContents();
            const QString count = QString::fromStdString(format_count(equal));
            hint_->setText(of->groups.runs.size() < 2 ? tr("Two runs or more can be compared")
                           : shown_.rows.empty()      ? tr("The runs agree in all %1 rows").arg(count)
                                                      : tr("%1 rows are equal").arg(count));
        });
}

} // namespace descent::ui

#include "ui/widgets/compare_ladder.h"

#include "core/base/format.h"
#include "core/engine/engine.h"
#include "ui/models/cells_model.h"
#include "ui/state/engine_host.h"
#include "ui/theme.h"

#include <QLabel>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace descent::ui {

CompareLadder::CompareLadder(EngineHost& engine, QWidget* parent)
    : ComparePane(parent)
    , engine_(engine)
    , facts_(new QLabel)
    , cells_(new CellsModel(this))
    , table_(makePaneTable("compareTable", tr("Rungs of the ladder")))
    , reading_(new QLabel) {
    setObjectName(QStringLiteral("comparePaneLadder"));
    facts_->setObjectName(QStringLiteral("compareFacts"));
    facts_->setProperty("role", QStringLiteral("muted"));
    facts_->setContentsMargins(theme::kGrid, theme::kGrid / 2, theme::kGrid, 0);
    reading_->setObjectName(QStringLiteral("compareReading"));
    reading_->setProperty("role", QStringLiteral("hint"));
    reading_->setWordWrap(true);
    reading_->setContentsMargins(theme::kGrid, 0, theme::kGrid, theme::kGrid / 2);
    table_->setModel(cells_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid / 2);
    column->addWidget(facts_);
    column->addWidget(table_, 1);
    column->addWidget(reading_);
    connect(&engine_, &EngineHost::ready, this, [this] {
        if (isVisible() && compared()) refresh();
    });
}

QString CompareLadder::fileName() const {
    return QStringLiteral("ladder-") + (compared() ? compared()->layout.ladder : QString());
}

void CompareLadder::refresh() {
    const auto& runs = compared()->groups.runs;
    ladder_ = ladder_table(runs);
    const auto over = std::ranges::count_if(runs, [](const RunRecord& run) { return is_over(run.state); });
    const auto all = std::max<std::ptrdiff_t>(std::ssize(runs), expected_);
    const auto count = [](std::ptrdiff_t n) { return QString::fromStdString(format_count(n)); };
    QString facts = over == all ? tr("%1 runs").arg(count(all))
                                : tr("%1 of %2 runs are over").arg(count(over), count(all));
    if (!ladder_.optimizer.empty())
        facts += QStringLiteral(" · ") + QString::fromStdString(ladder_.optimizer);
    facts_->setText(facts);
    shown_ = {};
    if (ladder_.measures.empty()) return cells_->set({}, {});
    const auto cells = ladder_cells(ladder_);
    // What the rungs are compared by comes first, and how they differ in it.
    const std::size_t columns = cells.headings.size();
    std::vector<std::size_t> order{0, 1, 3 + ladder_.headline};
    const bool compared_rungs = ladder_.rungs.size() > 1;
    if (compared_rungs) order.push_back(columns - 1);
    for (std::size_t c = 2; c < columns; ++c)
        if (std::ranges::count(order, c) == 0) order.push_back(c);
    QStringList headings;
    for (const auto c : order) {
        headings << QString::fromStdString(cells.headings[c]);
        shown_.headings.push_back(cells.headings[c]);
    }
    std::vector<CellsModel::Row> rows;
    for (std::size_t i = 0; i < cells.rows.size(); ++i) {
        const auto& regime = ladder_.rungs[i].regime;
        const auto* group =
            compared()->groups.find(QStringLiteral("group:") + QString::fromStdString(regime));
        CellsModel::Row row{{}, group ? group->colour : int(i), {}};
        shown_.rows.emplace_back();
        for (const auto c : order) {
            row.cells << QString::fromStdString(cells.rows[i][c]);
            shown_.rows.back().push_back(cells.rows[i][c]);
        }
        if (engine_.engine())
            if (const auto* entry = engine_.engine()->catalog().find(Group::regime, regime))
                row.tool_tip = QString::fromStdString(entry->title + ": " + entry->summary);
        rows.push_back(std::move(row));
    }
    shown_.right.assign(order.size(), true);
    shown_.right[0] = false;
    cells_->set(headings, std::move(rows), compared_rungs ? QList<int>{0, 3} : QList<int>{0});
    table_->resizeColumnsToContents();
    reading_->setText(QString::fromStdString(ladder_legend(ladder_)));
}

} // namespace descent::ui

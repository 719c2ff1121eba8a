#include "ui/state/sweep_grid_data.h"

#include "core/analysis/sweep_table.h"
#include "core/base/format.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <map>

namespace descent::ui {

namespace {

constexpr double kManyFold = 30; // the scale is logarithmic where values differ by more

QString text(const std::string& s) {
    return QString::fromStdString(s);
}
QString tr(const char* words) {
    return QCoreApplication::translate("SweepGrid", words);
}
QString number(double v) {
    return text(format_number(v, 3));
}
QString count(std::int64_t n) {
    return text(format_count(n));
}

/// What tells most of those there are.
std::string usual(const std::vector<std::string>& metrics) {
    for (const char* word : {"test/error", "validation/error", "test/loss", "validation/loss", "train/error"})
        if (std::ranges::find(metrics, word) != metrics.end()) return word;
    return metrics.empty() ? std::string() : metrics.front();
}

/// The row that a cell belongs to, in order of their first cells.
std::vector<std::size_t> rowKey(const SweepCell& cell, bool folded) {
    if (folded) return {cell.levels.begin() + 1, cell.levels.end()};
    return {std::size_t(cell.seed)};
}

void countIn(SweepGrid::Cell& cell, const RunRecord& run) {
    cell.runs.push_back(run.id);
    switch (run.state) {
    case RunState::finished:
        ++cell.over;
        break;
    case RunState::diverged:
        ++cell.over, ++cell.diverged;
        break;
    case RunState::failed:
        ++cell.failed;
        break;
    case RunState::queued:
    case RunState::running:
    case RunState::paused:
        ++cell.running;
        break;
    case RunState::stopped:
    case RunState::interrupted:
        break; // to come: it will be taken up again
    }
}

SweepCellState stateOf(const SweepGrid::Cell& cell) {
    if (cell.failed > 0) return SweepCellState::failed;
    if (cell.diverged > 0) return SweepCellState::diverged;
    if (cell.running > 0) return SweepCellState::running;
    return cell.over == cell.cells && cell.cells > 0 ? SweepCellState::finished : SweepCellState::to_come;
}

} // namespace

QString stateWord(SweepCellState state) {
    switch (state) {
    case SweepCellState::to_come:
        return tr("to come");
    case SweepCellState::finished:
        return tr("finished");
    case SweepCellState::running:
        return tr("training");
    case SweepCellState::diverged:
        return tr("diverged");
    case SweepCellState::failed:
        return tr("failed");
    }
    return {};
}

double SweepGrid::share(double value) const {
    if (!(high > low)) return 0.5;
    const double t = log ? (std::log(value) - std::log(low)) / (std::log(high) - std::log(low))
                         : (value - low) / (high - low);
    return std::clamp(t, 0.0, 1.0);
}

QString SweepGrid::label(int row, int column) const {
    QStringList parts;
    if (!column_axis.isEmpty()) parts << column_axis + QLatin1Char(' ') + columns[column];
    if (!row_axis.isEmpty()) parts << row_axis + QLatin1Char(' ') + rows[row];
    return parts.join(QStringLiteral(" · "));
}

QString valueText(const SweepGrid::Cell& cell) {
    if (cell.values == 0) return {};
    QString out = number(cell.value);
    if (cell.values > 1 && std::isfinite(cell.interval.low))
        out += tr(" (%1 to %2)").arg(number(cell.interval.low), number(cell.interval.high));
    return out;
}

QString SweepGrid::text(int row, int column) const {
    const Cell& cell = at(row, column);
    QStringList lines{label(row, column)};
    const QString value = valueText(cell);
    if (!value.isEmpty())
        lines << (cell.values > 1 ? tr("%1: median %2").arg(ui::text(metric), value)
                                  : QStringLiteral("%1: %2").arg(ui::text(metric), value));
    QStringList facts;
    if (cell.cells == 1) {
        facts << stateWord(cell.state);
    } else {
        facts << tr("%1 of %2 runs are over").arg(count(cell.over), count(cell.cells));
        if (cell.running > 0) facts << tr("%1 training").arg(count(cell.running));
        if (cell.diverged > 0) facts << tr("%1 diverged").arg(count(cell.diverged));
        if (cell.failed > 0) facts << tr("%1 failed").arg(count(cell.failed));
    }
    lines << facts.join(tr(", "));
    return lines.join(QLatin1Char('\n'));
}

SweepGrid makeSweepGrid(const SweepData& sweep, const std::string& metric) {
    const auto& plan = sweep.record.plan;
    SweepGrid grid;
    grid.metrics = sweep_metrics(sweep.runs);
    grid.metric = metric;
    if (std::ranges::find(grid.metrics, metric) == grid.metrics.end()) grid.metric = usual(grid.metrics);

    const bool folded = plan.axes.size() > 1;
    if (!plan.axes.empty()) {
        grid.column_axis = text(plan.axes.front().name);
        for (const auto& level : plan.axes.front().levels) grid.columns << text(level.label);
    } else {
        grid.columns << QString();
    }
    if (folded) {
        QStringList names;
        for (std::size_t a = 1; a < plan.axes.size(); ++a) names << text(plan.axes[a].name);
        grid.row_axis = names.join(QStringLiteral(" × "));
    } else {
        grid.row_axis = tr("seed");
    }
    std::map<std::vector<std::size_t>, std::size_t> row_of;
    for (const auto& cell : sweep.grid) {
        const auto [it, fresh] = row_of.try_emplace(rowKey(cell, folded), row_of.size());
        if (!fresh) continue;
        QStringList label;
        if (!folded) label << QString::number(cell.seed);
        for (std::size_t a = 1; a < plan.axes.size(); ++a)
            label << text(plan.axes[a].levels[cell.levels[a]].label);
        grid.rows << label.join(QStringLiteral(" × "));
    }
    grid.cells.resize(std::size_t(grid.columns.size()) * std::size_t(grid.rows.size()));
    const auto place = [&](const SweepCell& cell) -> SweepGrid::Cell& {
        const std::size_t column = cell.levels.empty() ? 0 : cell.levels.front();
        return grid.cells[row_of.at(rowKey(cell, folded)) * std::size_t(grid.columns.size()) + column];
    };
    for (const auto& cell : sweep.grid) ++place(cell).cells;
    for (const auto& [index, run] : sweep.runs) {
        if (index >= sweep.grid.size()) continue;
        auto& cell = place(sweep.grid[index]);
        countIn(cell, run);
        if (folded || grid.metric.empty()) continue;
        if (const auto value = sweep_metric_value(run, grid.metric)) {
            cell.value = *value;
            cell.values = 1;
        }
    }
    if (folded && !grid.metric.empty())
        for (const auto& row : sweep_table(plan, sweep.runs, {grid.metric}).rows) {
            auto& cell = place({row.levels, plan.seeds.front(), {}, {}});
            if (row.values.empty()) continue;
            cell.value = row.values.front().median;
            cell.interval = row.values.front().interval;
            cell.values = row.values.front().count;
        }
    grid.low = std::numeric_limits<double>::infinity();
    grid.high = -grid.low;
    for (auto& cell : grid.cells) {
        cell.state = stateOf(cell);
        if (cell.values == 0 || !std::isfinite(cell.value)) continue;
        grid.low = std::min(grid.low, cell.value);
        grid.high = std::max(grid.high, cell.value);
    }
    grid.log = grid.low > 0 && grid.high > kManyFold * grid.low;
    return grid;
}

TextTable gridTable(const SweepGrid& grid) {
    TextTable table;
    const auto full = [](double v) { return std::isnan(v) ? std::string("nan") : to_string(Value(v)); };
    if (!grid.column_axis.isEmpty()) table.headings.push_back(grid.column_axis.toStdString());
    table.headings.push_back(grid.row_axis.toStdString());
    const std::string metric = grid.metric.empty() ? "value" : grid.metric;
    for (const auto& heading : {std::string("state"), std::string("runs"), std::string("over"),
                                std::string("diverged"), metric, metric + " low", metric + " high"})
        table.headings.push_back(heading);
    for (int r = 0; r < grid.rows.size(); ++r)
        for (int c = 0; c < grid.columns.size(); ++c) {
            const auto& cell = grid.at(r, c);
            std::vector<std::string> row;
            if (!grid.column_axis.isEmpty()) row.push_back(grid.columns[c].toStdString());
            row.push_back(grid.rows[r].toStdString());
            row.push_back(stateWord(cell.state).toStdString());
            row.push_back(std::to_string(cell.cells));
            row.push_back(std::to_string(cell.over));
            row.push_back(std::to_string(cell.diverged));
            const bool some = cell.values > 0, several = cell.values > 1;
            row.push_back(some ? full(cell.value) : "");
            row.push_back(several ? full(cell.interval.low) : "");
            row.push_back(several ? full(cell.interval.high) : "");
            table.rows.push_back(std::move(row));
        }
    table.right.assign(table.headings.size(), true);
    return table;
}

} // namespace descent::ui

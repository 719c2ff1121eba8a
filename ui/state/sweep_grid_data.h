#pragma once

#include "core/analysis/bands.h"
#include "core/analysis/text_table.h"
#include "ui/state/sweep_data.h"

#include <QString>
#include <QStringList>

#include <array>
#include <limits>
#include <string>
#include <vector>

namespace descent::ui {

/// What has become of a cell of the grid. In this order one of several is told: the worst, then what is in
/// progress.
enum class SweepCellState { to_come, finished, running, diverged, failed };
inline constexpr std::array kSweepCellStates{SweepCellState::to_come, SweepCellState::finished,
                                             SweepCellState::running, SweepCellState::diverged,
                                             SweepCellState::failed};
QString stateWord(SweepCellState state);

/// A sweep laid out as a table: a column for each level of the first axis; a row for each combination of the
/// other axes' levels, its seeds folded, or with one axis for each seed. Frozen once made.
struct SweepGrid {
    struct Cell {
        double value = std::numeric_limits<double>::quiet_NaN(); ///< the median over seeds
        Interval interval{};                                     ///< 95%, of the median; NaN below two
        std::int64_t values = 0;                                 ///< runs that have it
        std::int64_t cells = 0, over = 0, diverged = 0, failed = 0, running = 0;
        SweepCellState state = SweepCellState::to_come;
        std::vector<RunId> runs;
    };
    QString column_axis, row_axis; ///< "" without axes
    QStringList columns, rows;
    std::vector<Cell> cells; ///< row by row
    std::string metric;      ///< of the values; "" where there is none yet
    std::vector<std::string> metrics;
    double low = 0, high = 0; ///< of the finite values; low > high of none
    bool log = false;         ///< values are spread over decades: the scale is logarithmic

    const Cell& at(int row, int column) const {
        return cells[std::size_t(row) * std::size_t(columns.size()) + std::size_t(column)];
    }
    /// Where a value lies on the scale, 0 … 1.
    double share(double value) const;
    QString label(int row, int column) const; ///< "model.hidden 64 · regime.label_noise 0.1"
    QString text(int row, int column) const;  ///< label, state, value with interval, runs: a tooltip
};

/// `metric` "": the first that its runs have. Some tenths of a second at 10,000 runs: not on the GUI thread.
SweepGrid makeSweepGrid(const SweepData& sweep, const std::string& metric);
/// Tidy: a row for each cell of the grid.
TextTable gridTable(const SweepGrid& grid);
/// "0.31 (0.29 to 0.34)"; "" where there is no value.
QString valueText(const SweepGrid::Cell& cell);

} // namespace descent::ui

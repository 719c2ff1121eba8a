#pragma once

#include "core/analysis/double_descent.h"
#include "core/analysis/intervals.h"
#include "core/analysis/sweep.h"
#include "core/analysis/text_table.h"
#include "core/base/run_record.h"
#include "core/store/sweeps.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace descent {

/// What a person calls a result of a run: a metric's last value ("test/loss"), its best ("best
/// validation/loss"), or "train/error", "validation/error", "test/error": 1 − that side's last accuracy, or
/// its last loss in a regression. None where the run does not have it or is not over; NaN where it diverged.
std::optional<double> sweep_metric_value(const RunRecord& run, std::string_view word);
/// The words that runs of the sweep have something for, errors first.
std::vector<std::string> sweep_metrics(const std::vector<CellRun>& runs);

/// What an axis can be drawn against: its levels' numbers, or the runs' number of weights, or weights per
/// training example (× outputs, the threshold of squared error on K outputs: n·K), 1 at that threshold.
enum class SweepX { level, parameters, parameters_per_example };

/// Where a run stands on it, given its level's number; NaN where that is not known.
double sweep_x(const RunRecord& run, double level, SweepX x);

/// One combination of levels, its seeds folded.
struct SweepRow {
    std::vector<std::size_t> levels;
    double x = 0;           ///< along the first numeric axis, as SweepX says; NaN without one
    std::int64_t seeds = 0; ///< cells
    std::int64_t finished = 0, diverged = 0;
    struct Value {
        double mean = 0, median = 0, deviation = 0; ///< over finished runs; NaN of none
        Interval interval{};                        ///< 95% bootstrap of the median; NaN below two
        std::int64_t count = 0;
    };
    std::vector<Value> values; ///< by SweepTable::metrics
};
struct SweepTable {
    std::vector<std::string> axes, metrics;
    std::vector<std::vector<std::string>> labels; ///< [axis][level]
    std::vector<SweepRow> rows;                   ///< in the grid's order
    /// Along the first numeric axis, for each combination of the other axes' levels, where there is one.
    struct Curve {
        std::string label; ///< of the other axes' levels: "regime.label_noise 0.1"; "" without others
        std::vector<std::size_t> levels; ///< one for each axis; 0 for the one the curve runs along
        std::optional<InterpolationThreshold> threshold; ///< of train/error, where it was measured
        std::string peak_metric;                         ///< what the peak is looked for in; "" of nothing
        std::optional<DescentPeak> peak;
    };
    std::vector<Curve> curves;
    std::string x_name; ///< what x is: "model.hidden", "weights", "weights/(examples × outputs)"; "" of none
    double threshold_error = 0;
};
/// The first axis that has numbers, two levels or more if there is one such.
std::optional<std::size_t> numeric_axis(const SweepPlan& plan);
/// A course for each seed along the numeric axis `along`, the other axes at `levels`, of what
/// sweep_metric_value gives. Ordered by x.
std::vector<std::vector<LevelPoint>> sweep_courses(const SweepPlan& plan, const std::vector<CellRun>& runs,
                                                   std::string_view metric, std::size_t along,
                                                   const std::vector<std::size_t>& levels,
                                                   SweepX x = SweepX::level);
/// The peak is looked for in the first of `metrics` that is an error or loss of the test set, else of the
/// validation set. 10,000 runs take some tenths of a second.
SweepTable sweep_table(const SweepPlan& plan, const std::vector<CellRun>& runs,
                       const std::vector<std::string>& metrics, SweepX x = SweepX::level);

TextTable sweep_cells_text(const SweepTable& table);               ///< numbers rounded
std::vector<std::string> sweep_sentences(const SweepTable& table); ///< threshold and peak, in words
std::string to_csv(const SweepTable& table); ///< tidy, a row for each combination × metric, in full
nlohmann::ordered_json to_json(const SweepTable& table);

} // namespace descent

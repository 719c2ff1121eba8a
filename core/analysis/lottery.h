#pragma once

#include "core/analysis/sweep_table.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// What a sweep over levels of pruning has found: how good networks are with ever fewer weights, and where
/// the weights that remain are (Frankle & Carbin 2019, figures 3 to 5). Runs train masked dense tensors, so
/// nothing here is about speed. Thread: any.
namespace descent {

/// Seeds folded: mean, least and largest over the finished runs. NaN of none.
struct LotteryFold {
    std::int64_t count = 0;
    double mean = std::numeric_limits<double>::quiet_NaN(), low = mean, high = mean, deviation = mean;
};

/// One level of one branch.
struct LotteryPoint {
    std::int64_t level = 0;
    double remaining = 1; ///< share of the prunable weights, as the runs recorded it; planned where none did
    std::int64_t seeds = 0;
    LotteryFold value;
    std::vector<double> density; ///< mean share of each layer's weights, by Lottery::layers; NaN if not known
    std::vector<RunId> runs;     ///< finished
};
/// A branch: a combination of the other axes' levels. Ordered by level; the dense network comes first where
/// the sweep has it.
struct LotteryLine {
    std::string label; ///< "ticket", "random-mask, layer"
    std::vector<LotteryPoint> points;
};
struct Lottery {
    std::string metric; ///< "test/accuracy", else the first there is of validation accuracy, test loss, …
    bool higher = true; ///< … is better
    LotteryFold dense;  ///< level 0, over seeds
    std::vector<std::string> layers; ///< in the model's order
    std::vector<LotteryLine> lines;
};

/// The axis that sets regime.prune_level and nothing else.
std::optional<std::size_t> lottery_axis(const SweepPlan& plan);

/// `metric`: a word of sweep_metric_value; "" for what fits. The plan must have a lottery_axis.
Lottery lottery(const SweepPlan& plan, const std::vector<CellRun>& runs, std::string metric = {});

TextTable lottery_cells_text(const Lottery& lottery);               ///< numbers rounded
std::vector<std::string> lottery_sentences(const Lottery& lottery); ///< what lines tell, in words
std::string to_csv(const Lottery& lottery); ///< tidy, a row for each branch × level, in full
nlohmann::ordered_json to_json(const Lottery& lottery);

} // namespace descent

#pragma once

#include "core/analysis/lottery.h"
#include "ui/plots/sweep_chart.h"
#include "ui/state/sweep_data.h"

namespace descent::ui {

/// What may be drawn of a sweep over levels of pruning: results of its runs, scores first.
std::vector<std::string> lotteryMetrics(const SweepData& sweep);

/// A result over the weights that remain, the dense network at the left and as a band: mean of the seeds with
/// the lowest and highest, a line for each branch. `metric` "" is what fits. Thread: any.
SweepChartData lotteryChart(const SweepData& sweep, const std::string& metric);
/// The share of each layer's weights that remain, over that of all: what cutting over all layers leaves
/// where. Thread: any.
SweepChartData lotteryDensities(const SweepData& sweep);

} // namespace descent::ui

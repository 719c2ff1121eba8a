#include "core/analysis/lottery.h"

#include "core/base/pruning.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <stdexcept>

namespace descent {

namespace {

constexpr std::string_view kDensity = "weights/density";

LotteryFold fold(const std::vector<double>& values) {
    LotteryFold all{.count = std::ssize(values)};
    if (values.empty()) return all;
    const auto n = static_cast<double>(values.size());
    double sum = 0, squares = 0;
    for (const double v : values) sum += v;
    all.mean = sum / n;
    all.low = std::ranges::min(values);
    all.high = std::ranges::max(values);
    for (const double v : values) squares += (v - all.mean) * (v - all.mean);
    if (values.size() > 1) all.deviation = std::sqrt(squares / (n - 1));
    return all;
}

std::optional<double> last_of(const RunRecord& run, std::string_view metric) {
    const auto found = run.summary.find(std::string(metric));
    return found == run.summary.end() ? std::nullopt : std::optional(found->second.last);
}

std::string fitting_metric(const std::vector<CellRun>& runs) {
    for (const char* word : {"test/accuracy", "validation/accuracy", "test/loss", "validation/loss"})
        if (std::ranges::any_of(runs, [&](const CellRun& r) {
                return r.run.state == RunState::finished && last_of(r.run, word);
            }))
            return word;
    return "test/accuracy";
}

bool higher_is_better(std::string_view metric) {
    return !metric.contains("loss") && !metric.contains("error");
}

/// Of all runs, in the order of the run that has most of them: a layer that one kind of branch keeps is
/// there.
std::vector<std::string> layers_of(const std::vector<CellRun>& runs) {
    const std::string start = std::string(kDensity) + "/";
    std::vector<std::string> layers;
    for (const auto& cell : runs)
        for (const auto& [metric, summary] : cell.run.summary)
            if (metric.starts_with(start))
                if (const auto layer = metric.substr(start.size()); std::ranges::count(layers, layer) == 0)
                    layers.push_back(layer);
    return layers;
}

std::string label_of(const SweepPlan& plan, const std::vector<std::size_t>& levels, std::size_t along) {
    std::string text;
    for (std::size_t axis = 0; axis < plan.axes.size(); ++axis)
        if (axis != along) text += (text.empty() ? "" : ", ") + plan.axes[axis].levels[levels[axis]].label;
    return text.empty() ? "ticket" : text;
}

LotteryPoint point_of(const std::vector<const RunRecord*>& runs, const Lottery& lottery, std::int64_t level,
                      std::int64_t seeds) {
    LotteryPoint point{.level = level, .remaining = level == 0 ? 1 : std::nan(""), .seeds = seeds};
    std::vector<double> values, remaining;
    std::vector<std::vector<double>> densities(lottery.layers.size());
    for (const auto* run : runs) {
        if (run->state != RunState::finished) continue;
        point.runs.push_back(run->id);
        if (const auto value = sweep_metric_value(*run, lottery.metric)) values.push_back(*value);
        if (const auto left = last_of(*run, kDensity)) remaining.push_back(*left);
        for (std::size_t i = 0; i < densities.size(); ++i)
            if (const auto left = last_of(*run, std::string(kDensity) + "/" + lottery.layers[i]))
                densities[i].push_back(*left);
    }
    point.value = fold(values);
    if (!remaining.empty()) point.remaining = fold(remaining).mean;
    if (remaining.empty() && level > 0 && !runs.empty())
        point.remaining = 1 - planned_sparsity(runs.front()->spec.regime.params, level);
    for (const auto& density : densities) point.density.push_back(level == 0 ? 1 : fold(density).mean);
    return point;
}

} // namespace

std::optional<std::size_t> lottery_axis(const SweepPlan& plan) {
    for (std::size_t axis = 0; axis < plan.axes.size(); ++axis) {
        const auto& levels = plan.axes[axis].levels;
        if (!levels.empty() && plan.axes[axis].numbers() &&
            std::ranges::all_of(levels, [](const SweepLevel& level) {
                return level.settings == decltype(level.settings){{kPruneLevel, level.label}};
            }))
            return axis;
    }
    return std::nullopt;
}

Lottery lottery(const SweepPlan& plan, const std::vector<CellRun>& runs, std::string metric) {
    const auto along = lottery_axis(plan);
    if (!along) throw std::logic_error("the sweep has no levels of pruning");
    Lottery all;
    all.metric = metric.empty() ? fitting_metric(runs) : std::move(metric);
    all.higher = higher_is_better(all.metric);
    all.layers = layers_of(runs);

    const auto grid = sweep_grid(plan);
    const auto numbers = plan.axes[*along].numbers().value();
    // By the other axes' levels, then by the level of pruning.
    std::map<std::vector<std::size_t>, std::map<std::int64_t, std::vector<const RunRecord*>>> cells;
    for (const auto& cell : grid) {
        auto others = cell.levels;
        const auto level = std::llround(numbers[others[*along]]);
        others[*along] = 0;
        cells[others][level];
    }
    std::map<RunId, double> dense;
    for (const auto& [position, run] : runs) {
        if (position >= grid.size()) continue;
        auto others = grid[position].levels;
        const auto level = std::llround(numbers[others[*along]]);
        others[*along] = 0;
        cells[others][level].push_back(&run);
        if (level != 0 || run.state != RunState::finished) continue;
        if (const auto value = sweep_metric_value(run, all.metric)) dense[run.id] = *value;
    }
    // The dense network of several branches is one run.
    std::vector<double> of_dense;
    for (const auto& [run, value] : dense) of_dense.push_back(value);
    all.dense = fold(of_dense);
    for (const auto& [others, levels] : cells) {
        LotteryLine line{.label = label_of(plan, others, *along)};
        for (const auto& [level, there] : levels)
            line.points.push_back(point_of(there, all, level, std::ssize(plan.seeds)));
        all.lines.push_back(std::move(line));
    }
    return all;
}

} // namespace descent

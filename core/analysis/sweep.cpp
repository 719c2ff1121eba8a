#include "core/analysis/sweep.h"

#include "core/analysis/sweep_settings.h"
#include "core/base/format.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <unordered_map>

namespace descent {

namespace {

std::size_t combinations(const SweepPlan& plan) {
    std::size_t count = 1;
    for (const auto& axis : plan.axes) {
        if (axis.levels.empty()) return 0;
        if (count > kMostCells / axis.levels.size()) return kMostCells + 1;
        count *= axis.levels.size();
    }
    return count;
}

/// The indices of combination `number`: the last axis varies fastest.
std::vector<std::size_t> levels_of(const SweepPlan& plan, std::size_t number) {
    std::vector<std::size_t> levels(plan.axes.size());
    for (std::size_t i = plan.axes.size(); i-- > 0;) {
        levels[i] = number % plan.axes[i].levels.size();
        number /= plan.axes[i].levels.size();
    }
    return levels;
}

/// "model.hidden = 8, regime.label_noise = 0.1".
std::string named(const SweepPlan& plan, const std::vector<std::size_t>& levels) {
    std::string text;
    for (std::size_t i = 0; i < levels.size(); ++i)
        text += (i == 0 ? "" : ", ") + plan.axes[i].name + " = " + plan.axes[i].levels[levels[i]].label;
    return text;
}

void check_shape(const SweepPlan& plan) {
    if (plan.seeds.empty()) throw InputError("a sweep needs at least one seed");
    std::vector<std::string> names;
    for (const auto& axis : plan.axes) {
        if (axis.levels.empty()) throw InputError("axis '" + axis.name + "' of the sweep has no value");
        if (std::ranges::count(names, axis.name) > 0)
            throw InputError("axis '" + axis.name + "' is there twice");
        names.push_back(axis.name);
        std::vector<std::string> labels;
        for (const auto& level : axis.levels) {
            labels.push_back(level.label);
            for (const auto& [path, text] : level.settings)
                if (plan.draw_data && path == kDataSeed)
                    throw InputError("axis '" + axis.name + "' sets " + path +
                                     ", which follows the seed in this sweep (draw_data)");
        }
        std::ranges::sort(labels);
        if (const auto twice = std::ranges::adjacent_find(labels); twice != labels.end())
            throw InputError("axis '" + axis.name + "': '" + *twice + "' is there twice");
    }
    auto seeds = plan.seeds;
    std::ranges::sort(seeds);
    if (const auto twice = std::ranges::adjacent_find(seeds); twice != seeds.end())
        throw InputError("seed " + std::to_string(*twice) + " is there twice");
    const auto grid = combinations(plan);
    if (grid > kMostCells / plan.seeds.size())
        throw InputError("the sweep would have more than " +
                         format_count(static_cast<std::int64_t>(kMostCells)) +
                         " runs; leave out levels or seeds");
}

/// Two cells of one key that are asked for as different ones: what is to be pruned of the dense network does
/// not matter while it is dense.
bool coincide_by_pruning(const SweepCell& a, const SweepCell& b) {
    const auto& mine = a.spec.regime.params.values;
    const auto& theirs = b.spec.regime.params.values;
    return std::ranges::any_of(mine, [&](const auto& value) {
        const auto same = theirs.find(value.first);
        return value.first.starts_with("prune_") && same != theirs.end() && same->second != value.second;
    });
}

bool draws_data(const Catalog& catalog, const RunSpec& spec) {
    return catalog.find_param(Group::task, spec.task.id, "data_seed") != nullptr;
}

} // namespace

std::optional<std::vector<double>> SweepAxis::numbers() const {
    std::vector<double> all;
    for (const auto& level : levels) {
        double value = 0;
        const char* const last = level.label.data() + level.label.size();
        const auto [end, error] = std::from_chars(level.label.data(), last, value);
        if (error != std::errc{} || end != last || !std::isfinite(value)) return std::nullopt;
        all.push_back(value);
    }
    return all;
}

void apply_setting(Request& request, const std::string& path, const std::string& text) {
    if (const auto group = group_named(path)) {
        request.id(*group) = text;
    } else if (path == "epochs" || path == "updates") {
        const ParamSpec length = integer(path, 1, "").at_least(1);
        const auto count = std::get<std::int64_t>(unwrap(parse_value(length, text, path)));
        request.epochs.reset();
        request.updates.reset();
        (path == "epochs" ? request.epochs : request.updates) = count;
    } else {
        request.set(path, text);
    }
}

Request request_at(const SweepPlan& plan, const std::vector<std::size_t>& levels) {
    Request request = plan.base;
    for (std::size_t i = 0; i < levels.size(); ++i)
        for (const auto& [path, text] : plan.axes[i].levels[levels[i]].settings)
            apply_setting(request, path, text);
    return request;
}

Result<std::vector<SweepCell>> sweep_cells(const Catalog& catalog, const SweepPlan& plan) {
    return guarded([&] {
        check_shape(plan);
        const std::size_t grid = combinations(plan);
        // Nothing but the seed tells the cells of a combination apart: each is resolved once.
        std::vector<SweepCell> first;
        bool any_draws = false;
        for (std::size_t number = 0; number < grid; ++number) {
            SweepCell& cell = first.emplace_back();
            cell.levels = levels_of(plan, number);
            auto spec = guarded([&] { return unwrap(catalog.resolve(request_at(plan, cell.levels))); });
            if (!spec) {
                const auto where = named(plan, cell.levels);
                throw InputError((where.empty() ? "" : "at " + where + ": ") + spec.error().message);
            }
            cell.spec = std::move(*spec);
            any_draws = any_draws || draws_data(catalog, cell.spec);
        }
        if (plan.draw_data && !any_draws)
            throw InputError("each seed is to draw its own data, but task '" + first.front().spec.task.id +
                             "' has no parameter data_seed");
        std::vector<SweepCell> cells;
        cells.reserve(grid * plan.seeds.size());
        std::unordered_map<std::string, std::size_t> seen;
        for (const auto seed : plan.seeds)
            for (const auto& combination : first) {
                SweepCell& cell = cells.emplace_back(combination);
                cell.seed = cell.spec.seed = seed;
                if (plan.draw_data && draws_data(catalog, cell.spec)) {
                    if (seed > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
                        throw InputError("seed " + std::to_string(seed) +
                                         " is too large to draw data by; expected one below 2^63");
                    const auto* param = catalog.find_param(Group::task, cell.spec.task.id, "data_seed");
                    cell.spec.task.params.values["data_seed"] =
                        unwrap(check_value(*param, static_cast<std::int64_t>(seed), kDataSeed));
                }
                cell.key = catalog.key(cell.spec);
                if (const auto [same, added] = seen.emplace(cell.key, cells.size() - 1);
                    !added && !coincide_by_pruning(cells[same->second], cell))
                    throw InputError("'" + named(plan, cells[same->second].levels) + "' and '" +
                                     named(plan, cell.levels) + "' are one run; leave one of them out");
            }
        return cells;
    });
}

std::vector<SweepCell> sweep_grid(const SweepPlan& plan) {
    std::vector<SweepCell> cells;
    const std::size_t grid = combinations(plan);
    if (grid == 0 || plan.seeds.empty() || grid > kMostCells / plan.seeds.size()) return cells;
    cells.reserve(grid * plan.seeds.size());
    for (const auto seed : plan.seeds)
        for (std::size_t number = 0; number < grid; ++number)
            cells.push_back({.levels = levels_of(plan, number), .seed = seed});
    return cells;
}

std::size_t most_members(std::size_t cells, std::size_t jobs) {
    constexpr std::size_t kMost = 256, kFewest = 32;
    if (jobs <= 1) return kMost;
    const std::size_t share = (cells + 2 * jobs - 1) / (2 * jobs);
    return std::clamp((share + kFewest - 1) / kFewest * kFewest, kFewest, kMost);
}

std::string describe(const SweepPlan& plan) {
    std::string text;
    for (const auto& axis : plan.axes)
        text += axis.name + " × " + format_count(std::ssize(axis.levels)) + ", ";
    const auto runs = static_cast<std::int64_t>(combinations(plan) * plan.seeds.size());
    return text + counted(std::ssize(plan.seeds), "seed") + ": " + counted(runs, "run");
}

} // namespace descent

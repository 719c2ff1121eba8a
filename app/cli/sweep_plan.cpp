#include "app/cli/sweep_plan.h"

#include "app/cli/output.h"
#include "core/analysis/double_descent.h"
#include "core/analysis/sweep_settings.h"
#include "core/analysis/sweep_table.h"
#include "core/base/embedded.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

namespace descent::cli {

namespace {

constexpr std::int64_t kMostSeeds = 100'000;

std::vector<std::uint64_t> following(std::uint64_t first, std::int64_t count) {
    if (static_cast<std::uint64_t>(count - 1) > std::numeric_limits<std::uint64_t>::max() - first)
        throw InputError("--seeds: there are not that many seeds after " + std::to_string(first));
    std::vector<std::uint64_t> all;
    for (std::int64_t i = 0; i < count; ++i) all.push_back(first + static_cast<std::uint64_t>(i));
    return all;
}

SweepPlan preset_plan(const std::string& name, const Catalog& catalog) {
    std::vector<std::string> names;
    for (auto& [id, plan] : sweep_presets(catalog)) {
        if (id == name) return std::move(plan);
        names.push_back(id);
    }
    const auto meant = nearest(name, names);
    throw InputError("no preset '" + name + "'" +
                     (meant ? "; did you mean '" + *meant + "'?" : "; there are " + joined(names, ", ")));
}

bool is_plain(const SweepAxis& axis) {
    return std::ranges::all_of(axis.levels, [&](const SweepLevel& level) {
        return level.settings == decltype(level.settings){{axis.name, level.label}};
    });
}

bool ascends(const SweepAxis& axis) {
    const auto numbers = axis.numbers();
    return numbers && std::ranges::is_sorted(*numbers);
}

/// New levels go to their places among numbers that ascend, else to the end.
void add_levels(SweepAxis& axis, const std::vector<SweepLevel>& levels) {
    const bool in_order = ascends(axis);
    for (const auto& level : levels)
        if (std::ranges::count(axis.levels, level) == 0) axis.levels.push_back(level);
    const auto numbers = axis.numbers();
    if (!in_order || !numbers) return;
    std::map<double, SweepLevel> sorted;
    for (std::size_t i = 0; i < numbers->size(); ++i) sorted.emplace((*numbers)[i], axis.levels[i]);
    axis.levels.clear();
    for (auto& [number, level] : sorted) axis.levels.push_back(std::move(level));
}

void make_active(SweepPlan& plan, const SweepPlanOptions& options) {
    if (!options.active) return;
    const std::int64_t add = whole_number("--active", *options.active, 1, 1'000);
    if (!plan.active) {
        const auto axis = std::ranges::find_if(
            plan.axes, [](const SweepAxis& a) { return a.numbers() && is_plain(a) && a.levels.size() >= 3; });
        if (axis == plan.axes.end())
            throw InputError("--active: expected an axis of three or more numbers (--over)");
        plan.active = ActivePlan{.axis = axis->name};
    }
    if (!options.metric.empty()) plan.active->metric = options.metric;
    plan.active->add = add;
    plan.active->round = std::min(plan.active->round, add);
}

/// The levels of the axes but `active`, in every combination.
std::vector<std::vector<std::size_t>> combinations(const SweepPlan& plan, std::size_t active) {
    std::vector<std::vector<std::size_t>> all{std::vector<std::size_t>(plan.axes.size())};
    for (std::size_t axis = 0; axis < plan.axes.size(); ++axis) {
        if (axis == active) continue;
        const auto before = std::exchange(all, {});
        for (auto levels : before)
            for (levels[axis] = 0; levels[axis] < plan.axes[axis].levels.size(); ++levels[axis])
                all.push_back(levels);
    }
    return all;
}

} // namespace

void SweepPlanOptions::add_to(CLI::App& command) {
    request.add_sweep_to(command);
    command
        .add_option("--over", over,
                    "What is varied: PATH=A,B,C or PATH=FROM:TO:N, FROM:TO:logN, FROM:TO:xFACTOR; PATH is a "
                    "parameter, task, model, optimizer, regime, epochs or updates; may be repeated")
        ->type_name("PATH=VALUES")
        ->allow_extra_args(false);
    command.add_option("--seeds", seeds, "Train each combination with N seeds (default 1)")->type_name("N");
    command.add_flag("--draw-data", draw_data, "Each seed also draws its own data (task.data_seed)");
    auto* file = command.add_option("--spec", spec, "Read a sweep; the options beside it override it");
    file->type_name("FILE.toml");
    command.add_option("--preset", preset, "One that comes with the program; see below")
        ->type_name("NAME")
        ->excludes(file);
    command
        .add_option("--active", active,
                    "Afterwards, N further levels where the peak of the metric is least certain")
        ->type_name("N");
}

void SweepPlanOptions::check() const {
    seed_count(1);
    if (active) whole_number("--active", *active, 1, 1'000);
}

std::int64_t SweepPlanOptions::seed_count(std::int64_t otherwise) const {
    return seeds ? whole_number("--seeds", *seeds, 1, kMostSeeds) : otherwise;
}

SweepPlan new_sweep_plan(const SweepPlanOptions& options, const Catalog& catalog) {
    SweepPlan plan;
    const bool from_file = !options.spec.empty() || !options.preset.empty();
    if (!options.spec.empty())
        plan = unwrap(sweep_plan_from_toml(options.spec, catalog));
    else if (!options.preset.empty())
        plan = preset_plan(options.preset, catalog);
    options.request.apply_to(plan.base);
    if (plan.base.task.empty() && !from_file)
        throw InputError(
            "--task is missing (descent tasks lists them), or --spec FILE.toml, or --preset NAME");
    make_paths_absolute(plan.base, catalog);
    if (options.request.seed_given() || options.seeds) {
        const auto first = options.request.seed_given() ? plan.base.seed : plan.seeds.front();
        plan.seeds = following(first, options.seed_count(std::ssize(plan.seeds)));
    }
    plan.base.seed = 0;
    for (const auto& text : options.over) {
        auto axis = unwrap(sweep_axis(catalog, plan.base, text));
        const auto same = std::ranges::find(plan.axes, axis.name, &SweepAxis::name);
        if (same != plan.axes.end())
            *same = std::move(axis);
        else
            plan.axes.push_back(std::move(axis));
    }
    plan.draw_data = plan.draw_data || options.draw_data;
    if (plan.axes.empty() && plan.seeds.size() < 2)
        throw InputError("nothing is varied; expected --over, such as --over model.hidden=1:256:log20, or "
                         "--seeds");
    if (plan.base.task.empty() && std::ranges::count(plan.axes, "task", &SweepAxis::name) == 0)
        throw InputError((options.spec.empty() ? "the sweep" : options.spec) +
                         ": no task is named; expected [task] with its id, or --task");
    make_active(plan, options);
    return plan;
}

SweepPlan extended_sweep_plan(SweepPlan plan, const SweepPlanOptions& options, const Catalog& catalog) {
    for (const auto& text : options.over) {
        const auto more = unwrap(sweep_axis(catalog, plan.base, text));
        const auto axis = std::ranges::find(plan.axes, more.name, &SweepAxis::name);
        if (axis == plan.axes.end()) {
            std::vector<std::string> names;
            for (const auto& one : plan.axes) names.push_back(one.name);
            throw InputError("--over " + text + ": the sweep does not vary " + more.name +
                             "; it can get more levels of " +
                             (names.empty() ? "nothing" : joined(names, ", ")));
        }
        add_levels(*axis, more.levels);
    }
    if (options.seeds) {
        const auto count = options.seed_count(1), have = std::ssize(plan.seeds);
        if (count < have)
            throw InputError("--seeds " + std::to_string(count) + ": the sweep has " + std::to_string(have) +
                             " already; it can only get more");
        if (count > have)
            for (const auto seed : following(std::ranges::max(plan.seeds), count - have + 1))
                if (seed != std::ranges::max(plan.seeds) || plan.seeds.empty()) plan.seeds.push_back(seed);
    }
    make_active(plan, options);
    return plan;
}

std::string sweep_preset_names() {
    std::string text;
    std::vector<std::string> names;
    for (const auto& file : embedded::sweeps()) names.emplace_back(file.name.substr(0, file.name.rfind('.')));
    std::ranges::sort(names);
    return joined(names, ", ");
}

bool add_active_levels(SweepPlan& plan, const std::vector<CellRun>& runs, const Catalog& catalog) {
    if (!plan.active || plan.active->add < 1) return false;
    const auto at = std::ranges::find(plan.axes, plan.active->axis, &SweepAxis::name);
    if (at == plan.axes.end() || !at->numbers() || !is_plain(*at)) return false;
    const auto index = static_cast<std::size_t>(at - plan.axes.begin());
    const bool whole = axis_parameter(catalog, plan.base, at->name).type == ParamType::integer;
    const auto round = static_cast<std::size_t>(std::min(plan.active->round, plan.active->add));
    // The combinations of the other axes take turns.
    std::vector<std::vector<double>> wishes;
    for (const auto& levels : combinations(plan, index))
        wishes.push_back(next_levels(sweep_courses(plan, runs, plan.active->metric, index, levels), round,
                                     at->log, whole));
    std::vector<std::string> words;
    const auto before = at->levels.size();
    for (std::size_t turn = 0; turn < round; ++turn)
        for (const auto& wish : wishes) {
            if (turn >= wish.size() || words.size() >= round) continue;
            auto word = to_string(whole ? Value{static_cast<std::int64_t>(std::llround(wish[turn]))}
                                        : Value{wish[turn]});
            if (std::ranges::count(words, word) == 0) words.push_back(std::move(word));
        }
    if (words.empty()) return false;
    add_levels(*at, unwrap(sweep_axis(catalog, plan.base, at->name + "=" + joined(words, ","))).levels);
    const auto added = static_cast<std::int64_t>(at->levels.size() - before);
    plan.active->add = std::max<std::int64_t>(0, plan.active->add - added);
    return added > 0;
}

} // namespace descent::cli

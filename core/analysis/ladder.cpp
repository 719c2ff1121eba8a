#include "core/analysis/ladder.h"

#include "core/analysis/comparison.h"
#include "core/base/format.h"
#include "core/base/json_text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <map>

namespace descent {

namespace {

constexpr std::array<std::string_view, 8> kRungs{"sgd-baseline",
                                                 "sgd-no-shuffle",
                                                 "full-batch",
                                                 "full-batch-long",
                                                 "full-batch-clipped",
                                                 "full-batch-regularized",
                                                 "full-batch-regularized-strong",
                                                 "full-batch-regularized-reshuffled"};
constexpr std::string_view kTag = "ladder", kPlan = "ladder plan: ";

std::optional<Group> group_of(const std::string& path) {
    return group_named(std::string_view(path).substr(0, path.find('.')));
}

bool has(const Catalog& catalog, const RunSpec& spec, const std::string& path) {
    const auto group = group_of(path);
    if (!group || path.find('.') == std::string::npos) return false;
    const Part& part = *group == Group::task        ? spec.task
                       : *group == Group::model     ? spec.model
                       : *group == Group::optimizer ? spec.optimizer
                                                    : spec.regime;
    return catalog.find_param(*group, part.id, std::string_view(path).substr(path.find('.') + 1)) != nullptr;
}

std::string listed(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

/// How good a run is as the one of its rung and seed.
std::pair<int, std::int64_t> rank(const RunRecord& run) {
    const int state = run.state == RunState::finished ? 2 : run.state == RunState::diverged ? 1 : 0;
    return {state, run.created_ms};
}

std::size_t place(const std::string& regime) {
    return static_cast<std::size_t>(std::ranges::find(kRungs, regime) - kRungs.begin());
}

using Seeds = std::map<std::uint64_t, const RunRecord*>;
using Values = std::map<std::uint64_t, double>;

Values values(const Seeds& runs, const LadderMeasure& measure) {
    Values found;
    for (const auto& [seed, run] : runs) {
        const auto at = run->summary.find(measure.metric);
        if (run->state == RunState::finished && at != run->summary.end())
            found[seed] = measure.best ? at->second.best : at->second.last;
    }
    return found;
}

std::vector<double> numbers(const Values& values) {
    std::vector<double> all;
    for (const auto& [seed, value] : values) all.push_back(value);
    return all;
}

Difference gap(const Values& before, const Values& after) {
    const auto replicates = [](const Values& values) {
        std::vector<Replicate> all;
        for (const auto& [seed, value] : values) all.push_back({seed, value});
        return all;
    };
    const auto [a, b, paired] = match_seeds(replicates(before), replicates(after));
    return paired ? paired_difference(a, b) : welch_difference(a, b);
}

template<class Get>
Moments over_finished(const Seeds& runs, Get get) {
    std::vector<double> all;
    for (const auto& [seed, run] : runs)
        if (run->state == RunState::finished) all.push_back(get(*run));
    return moments(all);
}

} // namespace

std::vector<std::string> ladder_regimes(const Catalog& catalog, std::string_view task) {
    std::vector<std::string> all;
    for (const auto rung : kRungs) {
        const Entry* entry = catalog.find(Group::regime, rung);
        if (entry && (entry->tasks.empty() || std::ranges::count(entry->tasks, task) > 0))
            all.emplace_back(rung);
    }
    return all;
}

Result<LadderPlan> ladder_plan(const Catalog& catalog, const Request& base,
                               const std::vector<std::uint64_t>& seeds,
                               const std::vector<std::string>& only) {
    return guarded([&] {
        unwrap(catalog.get(Group::task, base.task));
        if (seeds.empty()) throw InputError("a ladder needs at least one seed");
        LadderPlan plan{.base = base, .regimes = ladder_regimes(catalog, base.task), .seeds = seeds};
        plan.base.regime.clear();
        plan.base.seed = 0;
        if (plan.regimes.empty()) throw InputError("no rung of the ladder can run task '" + base.task + "'");
        for (const auto& rung : only)
            if (std::ranges::count(plan.regimes, rung) == 0) {
                const auto meant = nearest(rung, plan.regimes);
                throw InputError(
                    "'" + rung + "' is not a rung of the ladder" +
                    (meant ? "; did you mean '" + *meant + "'?" : "; the rungs are " + listed(plan.regimes)));
            }
        if (!only.empty())
            std::erase_if(plan.regimes,
                          [&](const auto& rung) { return std::ranges::count(only, rung) == 0; });
        return plan;
    });
}

Result<std::vector<Request>> ladder_requests(const Catalog& catalog, const LadderPlan& plan) {
    return guarded([&] {
        std::vector<Request> rungs;
        std::map<std::string, std::string> seen; // key → rung
        std::map<std::string, int> taken;        // setting → rungs that have it
        for (const auto& regime : plan.regimes) {
            Request request = plan.base;
            request.regime = regime;
            request.seed = 0;
            const RunSpec bare = unwrap(catalog.preset(request));
            std::erase_if(request.settings, [&](const auto& setting) {
                const bool here = has(catalog, bare, setting.first);
                taken[setting.first] += here;
                return !here;
            });
            const auto key = catalog.key(unwrap(catalog.resolve(request)));
            if (const auto [same, added] = seen.emplace(key, regime); !added)
                throw InputError("with these settings '" + regime + "' is the same run as '" + same->second +
                                 "'; leave one of them out");
            rungs.push_back(std::move(request));
        }
        for (const auto& [path, times] : taken)
            if (times == 0) { // the catalog says what is wrong with it
                Request request = plan.base;
                request.regime = plan.regimes.front();
                unwrap(catalog.resolve(request));
            }
        std::vector<Request> all;
        for (const auto seed : plan.seeds)
            for (Request request : rungs) {
                request.seed = seed;
                all.push_back(std::move(request));
            }
        return all;
    });
}

Result<std::vector<Request>> ladder_requests(const Catalog& catalog, const Request& base,
                                             const std::vector<std::uint64_t>& seeds) {
    const auto plan = ladder_plan(catalog, base, seeds);
    if (!plan) return std::unexpected(plan.error());
    return ladder_requests(catalog, *plan);
}

std::string new_ladder_group() {
    return RunId::random().uuid.substr(0, 8);
}

std::vector<std::string> ladder_tags(std::string_view group) {
    return {std::string(kTag), std::string(kTag) + "-" + std::string(group)};
}

std::string ladder_group(const std::vector<std::string>& tags) {
    for (const auto& tag : tags)
        if (tag.size() == kTag.size() + 9 && tag.starts_with(std::string(kTag) + "-") &&
            tag.find_first_not_of("0123456789abcdef", kTag.size() + 1) == std::string::npos)
            return tag.substr(kTag.size() + 1);
    return {};
}

std::string to_log_line(const LadderPlan& plan) {
    const auto& base = plan.base;
    nlohmann::ordered_json json{{"task", base.task},           {"model", base.model},
                                {"optimizer", base.optimizer}, {"settings", base.settings},
                                {"regimes", plan.regimes},     {"seeds", plan.seeds}};
    if (base.epochs) json["epochs"] = *base.epochs;
    if (base.updates) json["updates"] = *base.updates;
    return std::string(kPlan) + json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::optional<LadderPlan> plan_from_log_line(std::string_view line) {
    if (!line.starts_with(kPlan)) return std::nullopt;
    try {
        const auto json = foreign_json(line.substr(kPlan.size()));
        LadderPlan plan;
        json.at("task").get_to(plan.base.task);
        json.at("model").get_to(plan.base.model);
        json.at("optimizer").get_to(plan.base.optimizer);
        json.at("settings").get_to(plan.base.settings);
        json.at("regimes").get_to(plan.regimes);
        json.at("seeds").get_to(plan.seeds);
        if (json.contains("epochs")) plan.base.epochs = json["epochs"].get<std::int64_t>();
        if (json.contains("updates")) plan.base.updates = json["updates"].get<std::int64_t>();
        return plan;
    } catch (const nlohmann::json::exception&) { // somebody else's line
        return std::nullopt;
    }
}

LadderTable ladder_table(const std::vector<RunRecord>& runs) {
    std::map<std::string, Seeds> rungs;
    std::vector<std::string> tasks, models, optimizers;
    bool detects = false;
    const auto note = [](std::vector<std::string>& into, const std::string& id) {
        if (std::ranges::count(into, id) == 0) into.push_back(id);
    };
    for (const auto& run : runs) {
        if (run.trashed_ms) continue;
        const RunRecord*& chosen = rungs[run.spec.regime.id][run.spec.seed];
        if (!chosen || rank(*chosen) < rank(run)) chosen = &run;
        note(tasks, run.spec.task.id);
        note(models, run.spec.model.id);
        note(optimizers, run.spec.optimizer.id);
        detects = detects || run.summary.contains("validation/auroc");
    }
    for (auto* ids : {&tasks, &models, &optimizers}) std::ranges::sort(*ids);

    LadderTable table{.task = listed(tasks), .model = listed(models), .optimizer = listed(optimizers)};
    table.measures = {{"train/loss", false, "train loss"},
                      {"validation/loss", false, "validation loss"},
                      {"validation/accuracy", false, "validation accuracy, %", 100},
                      {"validation/accuracy", true, "best accuracy, %", 100}};
    if (detects) table.measures.push_back({"validation/auroc", false, "AUROC"});
    table.headline = detects ? 4 : 2;

    std::vector<std::string> order;
    for (const auto& [regime, seeds] : rungs) order.push_back(regime);
    std::ranges::stable_sort(order, {}, place);
    for (const auto& regime : order) {
        const Seeds& seeds = rungs[regime];
        LadderRung rung{.regime = regime, .runs = std::ssize(seeds)};
        for (const auto& [seed, run] : seeds) {
            rung.finished += run->state == RunState::finished;
            rung.diverged += run->state == RunState::diverged;
        }
        rung.updates =
            over_finished(seeds, [](const auto& r) { return static_cast<double>(r.updates.count); });
        rung.seconds = over_finished(seeds, [](const auto& r) { return r.seconds; });
        for (const auto& measure : table.measures) {
            const auto here = values(seeds, measure);
            LadderCell cell{.value = moments(numbers(here))};
            if (regime != order.front()) cell.gap = gap(values(rungs[order.front()], measure), here);
            rung.cells.push_back(std::move(cell));
        }
        table.rungs.push_back(std::move(rung));
    }
    return table;
}

} // namespace descent

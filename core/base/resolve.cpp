#include "core/base/catalog.h"

#include "core/base/change.h"
#include "core/base/format.h"
#include "core/base/loss_rules.h"
#include "core/base/pruning.h"
#include "core/base/schedule.h"

#include <algorithm>
#include <array>

namespace descent {

namespace {

// What is run where neither request nor catalog says how long.
constexpr std::int64_t kDefaultEpochs = 10;
// Far beyond any use, and small enough that updates can be counted in 64 bits.
constexpr std::int64_t kMostSteps = 1'000'000'000;

struct Path {
    Group group;
    std::string_view name;
};

std::optional<Path> parse_path(std::string_view path) {
    const auto dot = path.find('.');
    if (dot == std::string_view::npos) return std::nullopt;
    const auto group = group_named(path.substr(0, dot));
    if (!group) return std::nullopt;
    return Path{*group, path.substr(dot + 1)};
}

Part& part(RunSpec& spec, Group group) {
    switch (group) {
    case Group::task:
        return spec.task;
    case Group::model:
        return spec.model;
    case Group::optimizer:
        return spec.optimizer;
    case Group::regime:
        break;
    }
    return spec.regime;
}

const Part& part(const RunSpec& spec, Group group) {
    return part(const_cast<RunSpec&>(spec), group);
}

bool runs_on(const Entry& entry, std::string_view task) {
    return entry.tasks.empty() || std::ranges::count(entry.tasks, task) > 0;
}

void require_runs_on(const Entry& entry, Group group, const std::string& task) {
    if (group == Group::task || runs_on(entry, task)) return;
    std::string message =
        std::string(to_string(group)) + " '" + entry.id + "' cannot run task '" + task + "', only ";
    for (std::size_t i = 0; i < entry.tasks.size(); ++i)
        message += (i == 0 ? "'" : ", '") + entry.tasks[i] + "'";
    throw InputError(message);
}

// `only_for` names an id of the delta's group; where the path has no group, of any.
bool holds(const Delta& delta, const RunSpec& spec) {
    if (!delta.tasks.empty() && std::ranges::count(delta.tasks, spec.task.id) == 0) return false;
    if (delta.only_for.empty()) return true;
    if (const auto path = parse_path(delta.path)) return part(spec, path->group).id == delta.only_for;
    return std::ranges::any_of(kGroups, [&](Group group) { return part(spec, group).id == delta.only_for; });
}

std::string preferred(const Entry& entry, Group group, const RunSpec& so_far) {
    for (const Delta& delta : entry.deltas)
        if (delta.path == to_string(group) && holds(delta, so_far)) return to_string(delta.value);
    return {};
}

std::string full(Group group, std::string_view name) {
    return std::string(to_string(group)) + "." + std::string(name);
}

[[noreturn]] void broken(const Entry& entry, const Delta& delta, const std::string& why) {
    throw std::logic_error("the catalog's entry '" + entry.id + "' sets " + delta.path + ": " + why);
}

/// Parameters whose text has a form of its own. Planned changes are written the one way, so that spelling
/// makes no other run of it.
void read_texts(const Catalog& catalog, RunSpec& spec) {
    auto& regime = spec.regime.params.values;
    const auto text = [&](const char* name) -> std::string* {
        const auto at = regime.find(name);
        return at == regime.end() ? nullptr : std::get_if<std::string>(&at->second);
    };
    if (const auto* kind = text("schedule"), *milestones = text("milestones");
        kind && milestones && *kind == "multi-step")
        parse_milestones(*milestones);
    auto* const planned = text("changes");
    if (!planned || planned->empty()) return;
    const auto changes = parse_changes(*planned, catalog, spec);
    if (!changes) {
        const std::string& why = changes.error().message;
        throw InputError(why.starts_with("regime.changes") ? why : "regime.changes: " + why);
    }
    *planned = to_text(*changes);
}

/// One resolution. Throws InputError, and std::logic_error where the catalog contradicts itself.
class Resolver {
public:
    Resolver(const Catalog& catalog, const Request& request) : catalog_(catalog), request_(request) {}

    RunSpec run() {
        choose_entries();
        for (const Group group : kGroups)
            for (const ParamSpec& param : catalog_.params(group, part(spec_, group).id))
                part(spec_, group).params.values[param.name] = param.fallback;
        spec_.budget.epochs = kDefaultEpochs;
        for (const Group group : kGroups)
            for (const Delta& delta : chosen(group).deltas) apply(chosen(group), delta);
        for (const auto& [path, text] : request_.settings) set(path, text);
        read_texts(catalog_, spec_);
        if (auto why = loss_refusal(spec_)) throw InputError(std::move(*why));
        set_budget();
        check_pruning(spec_);
        spec_.seed = request_.seed;
        return std::move(spec_);
    }

private:
    const Entry& chosen(Group group) const { return *entries_[static_cast<std::size_t>(group)]; }

    void choose(Group group, std::string id) {
        const Entry* entry = unwrap(catalog_.get(group, id));
        entries_[static_cast<std::size_t>(group)] = entry;
        part(spec_, group).id = std::move(id);
        require_runs_on(*entry, group, spec_.task.id);
    }

    std::string first_that_runs(Group group) const {
        for (const Entry& entry : catalog_.entries(group))
            if (runs_on(entry, spec_.task.id)) return entry.id;
        throw InputError("no " + std::string(to_string(group)) + " can run task '" + spec_.task.id + "'");
    }

    std::string default_task() const {
        if (!request_.regime.empty()) {
            const Entry* regime = unwrap(catalog_.get(Group::regime, request_.regime));
            if (std::string task = preferred(*regime, Group::task, spec_); !task.empty()) return task;
            if (!regime->tasks.empty()) return regime->tasks.front();
        }
        if (!request_.model.empty()) {
            const Entry* model = unwrap(catalog_.get(Group::model, request_.model));
            if (!model->tasks.empty()) return model->tasks.front();
        }
        return first_that_runs(Group::task);
    }

    // What was asked for, else what the latest of the entries chosen so far prefers, else the first that can.
    void choose_entries() {
        const auto pick = [&](Group group, std::initializer_list<Group> preferring) {
            std::string id = request_.id(group);
            for (const Group by : preferring)
                if (id.empty()) id = preferred(chosen(by), group, spec_);
            choose(group, id.empty() ? first_that_runs(group) : std::move(id));
        };
        choose(Group::task, request_.task.empty() ? default_task() : request_.task);
        pick(Group::regime, {Group::task});
        pick(Group::model, {Group::regime, Group::task});
        pick(Group::optimizer, {Group::regime, Group::model, Group::task});
    }

    void apply(const Entry& entry, const Delta& delta) {
        if (group_named(delta.path) || !holds(delta, spec_)) return; // a preference has been followed already
        if (delta.path == "epochs") {
            const auto* epochs = std::get_if<std::int64_t>(&delta.value);
            if (!epochs || *epochs < 1) broken(entry, delta, "expected a whole number ≥ 1");
            spec_.budget.epochs = *epochs;
            return;
        }
        const auto path = parse_path(delta.path);
        if (!path) broken(entry, delta, "no such group");
        const ParamSpec* param = catalog_.find_param(path->group, part(spec_, path->group).id, path->name);
        if (!param) {
            // A setting for those that have it: an optimizer without momentum is not an error, a typo is.
            const auto known = [&](const Entry& e) {
                return catalog_.find_param(path->group, e.id, path->name);
            };
            if (!std::ranges::any_of(catalog_.entries(path->group), known))
                broken(entry, delta, "no such parameter");
            return;
        }
        const auto value = check_value(*param, delta.value, delta.path);
        if (!value) broken(entry, delta, value.error().message);
        part(spec_, path->group).params.values[param->name] = *value;
    }

    void set(const std::string& path, const std::string& text) {
        const auto dot = path.find('.');
        const auto group = group_named(path.substr(0, dot));
        if (dot == std::string::npos || !group) throw InputError(unknown_path(path));
        const std::string name = path.substr(dot + 1);
        const ParamSpec* param = catalog_.find_param(*group, part(spec_, *group).id, name);
        if (!param) throw InputError(unknown_parameter(*group, name));
        part(spec_, *group).params.values[param->name] = unwrap(parse_value(*param, text, path));
    }

    std::string unknown_path(const std::string& path) const {
        const auto dot = path.find('.');
        const std::string name = dot == std::string::npos ? path : path.substr(dot + 1);
        std::string message = dot == std::string::npos
                                  ? "'" + path + "' is not of the form group.parameter"
                                  : "unknown group '" + path.substr(0, dot) + "' in '" + path + "'";
        message += "; the groups are task, model, optimizer and regime";
        for (const Group group : kGroups)
            if (catalog_.find_param(group, part(spec_, group).id, name))
                return message + "; did you mean '" + full(group, name) + "'?";
        return message;
    }

    std::string unknown_parameter(Group group, const std::string& name) const {
        std::string message = "unknown parameter '" + full(group, name) + "'";
        std::vector<std::string> known;
        for (const ParamSpec& param : catalog_.params(group, part(spec_, group).id))
            known.push_back(param.name);
        if (const auto meant = nearest(name, known))
            return message + "; did you mean '" + full(group, *meant) + "'?";
        for (const Group other : kGroups)
            if (catalog_.find_param(other, part(spec_, other).id, name))
                return message + "; did you mean '" + full(other, name) + "'?";
        message += "; " + std::string(to_string(group)) + " '" + part(spec_, group).id + "' has ";
        if (known.empty()) return message + "no parameters";
        for (std::size_t i = 0; i < known.size(); ++i)
            message += (i == 0 ? "" : i + 1 == known.size() ? " and " : ", ") + known[i];
        return message;
    }

    void set_budget() {
        if (request_.epochs && request_.updates)
            throw InputError("epochs and updates are both given: expected one of them");
        if (request_.epochs || request_.updates) spec_.budget = {request_.epochs, request_.updates};
        check_budget(spec_.budget);
    }

public:
    static void check_budget(const Budget& budget) {
        if (budget.epochs.has_value() == budget.updates.has_value())
            throw InputError("expected either epochs or updates");
        const std::string name = budget.epochs ? "epochs" : "updates";
        const std::int64_t count = budget.epochs ? *budget.epochs : *budget.updates;
        if (count < 1)
            throw InputError(name + " = " + std::to_string(count) + ": expected a whole number ≥ 1");
        if (count > kMostSteps)
            throw InputError(name + " = " + std::to_string(count) + ": expected a whole number ≤ " +
                             format_count(kMostSteps));
    }

private:
    const Catalog& catalog_;
    const Request& request_;
    RunSpec spec_;
    std::array<const Entry*, kGroups.size()> entries_{};
};

} // namespace

Result<RunSpec> Catalog::resolve(const Request& request) const {
    return guarded([&] { return Resolver(*this, request).run(); });
}

Result<RunSpec> Catalog::preset(const Request& request) const {
    Request bare = request;
    bare.settings.clear();
    bare.epochs.reset();
    bare.updates.reset();
    return resolve(bare);
}

Request Catalog::request_for(const RunSpec& spec) const {
    Request request;
    for (const Group group : kGroups) request.id(group) = part(spec, group).id;
    request.seed = spec.seed;
    // A spec whose entries are gone has no preset: then everything is said.
    const RunSpec base = preset(request).value_or(RunSpec{});
    for (const Group group : kGroups) {
        const auto& usual = part(base, group).params.values;
        for (const auto& [name, value] : part(spec, group).params.values) {
            const auto found = usual.find(name);
            if (found == usual.end() || found->second != value)
                request.set(full(group, name), to_string(value));
        }
    }
    if (spec.budget != base.budget) {
        request.epochs = spec.budget.epochs;
        request.updates = spec.budget.updates;
    }
    return request;
}

Result<RunSpec> Catalog::check(const RunSpec& spec) const {
    return guarded([&] {
        RunSpec checked = spec;
        for (const Group group : kGroups) {
            Part& into = part(checked, group);
            const Entry* entry = unwrap(get(group, into.id));
            require_runs_on(*entry, group, spec.task.id);
            for (auto& [name, value] : into.params.values) {
                const ParamSpec* param = find_param(group, into.id, name);
                if (!param) throw InputError("unknown parameter '" + full(group, name) + "'");
                value = unwrap(check_value(*param, value, full(group, name)));
            }
            for (const ParamSpec& param : params(group, into.id))
                into.params.values.try_emplace(param.name, param.fallback);
        }
        read_texts(*this, checked);
        Resolver::check_budget(checked.budget);
        check_pruning(checked);
        return checked;
    });
}

} // namespace descent

#include "core/base/catalog.h"

#include "core/base/hash.h"
#include "core/base/pruning.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace descent {

namespace {

std::vector<std::string> ids(const std::vector<Entry>& entries) {
    std::vector<std::string> result;
    for (const Entry& entry : entries) result.push_back(entry.id);
    return result;
}

// Two specs are the same run when this text is the same, so its form must never change.
void write_part(std::string& out, std::string_view group, const std::string* id, const ParamTable& table,
                const ParamSet& params) {
    const auto quoted = [](std::string_view text) { return nlohmann::json(text).dump(); };
    out += quoted(group) + ":{";
    if (id) out += "\"id\":" + quoted(*id) + ",";
    out += "\"params\":{";
    bool first = true;
    for (const auto& [name, value] : params.values) { // the map sorts them
        Value exact = value;
        const auto spec = std::ranges::find(table, name, &ParamSpec::name);
        if (spec != table.end()) {
            if (spec->observes) continue;
            if (const auto checked = check_value(*spec, value, name)) exact = *checked;
            if (exact == spec->fallback) continue;
        }
        const bool text = std::holds_alternative<std::string>(exact);
        out += (first ? "" : ",") + quoted(name) + ":" +
               (text ? quoted(std::get<std::string>(exact)) : to_string(exact));
        first = false;
    }
    out += "}}";
}

} // namespace

std::string_view to_string(Group group) {
    switch (group) {
    case Group::task:
        return "task";
    case Group::model:
        return "model";
    case Group::optimizer:
        return "optimizer";
    case Group::regime:
        return "regime";
    }
    return "";
}

std::optional<Group> group_named(std::string_view word) {
    for (const Group group : kGroups)
        if (to_string(group) == word) return group;
    return std::nullopt;
}

const std::vector<Entry>& Catalog::entries(Group group) const {
    switch (group) {
    case Group::task:
        return tasks;
    case Group::model:
        return models;
    case Group::optimizer:
        return optimizers;
    case Group::regime:
        break;
    }
    return regimes;
}

const ParamTable& Catalog::params(Group group, std::string_view id) const {
    static const ParamTable none;
    if (group == Group::regime) return regime_params;
    const Entry* entry = find(group, id);
    return entry ? entry->params : none;
}

const Entry* Catalog::find(Group group, std::string_view id) const {
    const auto& all = entries(group);
    const auto found = std::ranges::find(all, id, &Entry::id);
    return found == all.end() ? nullptr : &*found;
}

Result<const Entry*> Catalog::get(Group group, std::string_view id) const {
    if (const Entry* entry = find(group, id)) return entry;
    const std::vector<std::string> known = ids(entries(group));
    std::string message = "unknown " + std::string(to_string(group)) + " '" + std::string(id) + "'";
    if (const auto meant = nearest(id, known)) return fail(message + "; did you mean '" + *meant + "'?");
    message += "; there " + std::string(known.size() == 1 ? "is " : "are ");
    for (std::size_t i = 0; i < known.size(); ++i)
        message += (i == 0 ? "" : i + 1 == known.size() ? " and " : ", ") + known[i];
    return fail(known.empty() ? message + "none" : message);
}

const ParamSpec* Catalog::find_param(Group group, std::string_view id, std::string_view name) const {
    const ParamTable& table = params(group, id);
    const auto found = std::ranges::find(table, name, &ParamSpec::name);
    return found == table.end() ? nullptr : &*found;
}

std::string Catalog::canonical(const RunSpec& spec) const {
    std::string out = "{\"budget\":{";
    if (spec.budget.epochs) out += "\"epochs\":" + std::to_string(*spec.budget.epochs);
    if (spec.budget.updates) out += "\"updates\":" + std::to_string(*spec.budget.updates);
    out += "},";
    write_part(out, "model", &spec.model.id, params(Group::model, spec.model.id), spec.model.params);
    out += ",";
    write_part(out, "optimizer", &spec.optimizer.id, params(Group::optimizer, spec.optimizer.id),
               spec.optimizer.params);
    out += ",";
    write_part(out, "regime", nullptr, regime_params, without_idle_pruning(spec.regime.params));
    out += ",\"seed\":" + std::to_string(spec.seed) + ",";
    write_part(out, "task", &spec.task.id, params(Group::task, spec.task.id), spec.task.params);
    return out + "}";
}

std::string Catalog::key(const RunSpec& spec) const {
    return sha256_hex(canonical(spec)).substr(0, 16);
}

} // namespace descent

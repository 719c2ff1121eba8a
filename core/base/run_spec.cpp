#include "core/base/run_spec.h"

#include <nlohmann/json.hpp>

namespace descent {

namespace {

nlohmann::json part_json(const Part& part) {
    nlohmann::json params = nlohmann::json::object();
    for (const auto& [name, value] : part.params.values) params[name] = to_json(value);
    return {{"id", part.id}, {"params", std::move(params)}};
}

const nlohmann::json& member(const nlohmann::json& json, const char* name, const std::string& where) {
    if (!json.is_object()) throw InputError(where + ": expected an object, found " + json.type_name());
    const auto found = json.find(name);
    if (found == json.end()) throw InputError(where + ": '" + name + "' is missing");
    return *found;
}

Part part_from_json(const nlohmann::json& spec, const char* group) {
    const std::string where = std::string("spec: ") + group;
    const nlohmann::json& json = member(spec, group, "spec");
    const nlohmann::json& id = member(json, "id", where);
    if (!id.is_string()) throw InputError(where + ".id: expected a text, found " + id.type_name());
    Part part{id.get<std::string>(), {}};
    const nlohmann::json& params = member(json, "params", where);
    if (!params.is_object())
        throw InputError(where + ".params: expected an object, found " + params.type_name());
    for (const auto& [name, value] : params.items()) {
        try {
            part.params.values[name] = value_from_json(value);
        } catch (const InputError& e) {
            throw InputError(where + "." + name + ": " + e.what());
        }
    }
    return part;
}

} // namespace

nlohmann::json to_json(const RunSpec& spec) {
    nlohmann::json budget = nlohmann::json::object();
    if (spec.budget.epochs) budget["epochs"] = *spec.budget.epochs;
    if (spec.budget.updates) budget["updates"] = *spec.budget.updates;
    return {{"task", part_json(spec.task)},
            {"model", part_json(spec.model)},
            {"optimizer", part_json(spec.optimizer)},
            {"regime", part_json(spec.regime)},
            {"budget", std::move(budget)},
            {"seed", spec.seed}};
}

RunSpec spec_from_json(const nlohmann::json& json) {
    RunSpec spec;
    spec.task = part_from_json(json, "task");
    spec.model = part_from_json(json, "model");
    spec.optimizer = part_from_json(json, "optimizer");
    spec.regime = part_from_json(json, "regime");
    const nlohmann::json& budget = member(json, "budget", "spec");
    const auto steps = [&](const char* name) -> std::optional<std::int64_t> {
        if (!budget.is_object() || !budget.contains(name)) return std::nullopt;
        const Value value = value_from_json(budget[name]);
        if (const auto* count = std::get_if<std::int64_t>(&value)) return *count;
        throw InputError(std::string("spec: budget.") + name + ": expected a whole number");
    };
    spec.budget = {steps("epochs"), steps("updates")};
    if (spec.budget.epochs.has_value() == spec.budget.updates.has_value())
        throw InputError("spec: budget: expected either epochs or updates");
    const nlohmann::json& seed = member(json, "seed", "spec");
    const bool whole =
        seed.is_number_unsigned() || (seed.is_number_integer() && seed.get<std::int64_t>() >= 0);
    if (!whole) throw InputError("spec: seed: expected a whole number ≥ 0, found " + seed.dump());
    spec.seed = seed.get<std::uint64_t>();
    return spec;
}

} // namespace descent

#include "core/base/catalog.h"

#include <nlohmann/json.hpp>

namespace descent {

namespace {

nlohmann::json param_json(const ParamSpec& spec) {
    nlohmann::json json{{"name", spec.name},
                        {"type", to_string(spec.type)},
                        {"default", to_json(spec.fallback)},
                        {"range", range_text(spec)},
                        {"unit", spec.unit},
                        {"help", spec.help}};
    if (spec.min) {
        json["min"] = *spec.min;
        json["min_open"] = spec.min_open;
    }
    if (spec.max) {
        json["max"] = *spec.max;
        json["max_open"] = spec.max_open;
    }
    if (spec.type == ParamType::integer || spec.type == ParamType::real)
        json["scale"] = spec.scale == Scale::log ? "log" : "linear";
    if (spec.type == ParamType::choice) json["choices"] = spec.choices;
    if (!spec.section.empty()) json["section"] = spec.section;
    return json;
}

nlohmann::json table_json(const ParamTable& table) {
    nlohmann::json json = nlohmann::json::array();
    for (const ParamSpec& spec : table) json.push_back(param_json(spec));
    return json;
}

} // namespace

nlohmann::json to_json(const Entry& entry, const ParamTable& params) {
    nlohmann::json json{
        {"id", entry.id}, {"title", entry.title}, {"summary", entry.summary}, {"params", table_json(params)}};
    if (!entry.formula.empty()) json["formula"] = entry.formula;
    if (!entry.tasks.empty()) json["tasks"] = entry.tasks;
    if (!entry.deltas.empty()) {
        nlohmann::json& deltas = json["deltas"] = nlohmann::json::array();
        for (const Delta& delta : entry.deltas) {
            nlohmann::json row{{"path", delta.path}, {"value", to_json(delta.value)}};
            if (!delta.only_for.empty()) row["only_for"] = delta.only_for;
            if (!delta.tasks.empty()) row["tasks"] = delta.tasks;
            deltas.push_back(std::move(row));
        }
    }
    return json;
}

nlohmann::json to_json(const ProbeInfo& probe) {
    return {{"id", probe.id}, {"help", probe.help}, {"instrument", probe.instrument}};
}

nlohmann::json to_json(const Catalog& catalog) {
    nlohmann::json json = nlohmann::json::object();
    for (const Group group : kGroups) {
        nlohmann::json& list = json[std::string(to_string(group)) + "s"] = nlohmann::json::array();
        for (const Entry& entry : catalog.entries(group))
            list.push_back(to_json(entry, catalog.params(group, entry.id)));
    }
    nlohmann::json& probes = json["probes"] = nlohmann::json::array();
    for (const ProbeInfo& probe : catalog.probes) probes.push_back(to_json(probe));
    return json;
}

} // namespace descent

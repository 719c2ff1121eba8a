#include "core/analysis/sweep.h"

#include <nlohmann/json.hpp>

namespace descent {

namespace {

using nlohmann::json;

json request_json(const Request& request) {
    json out = json::object();
    for (const Group group : kGroups)
        if (!request.id(group).empty()) out[std::string(to_string(group))] = request.id(group);
    if (!request.settings.empty()) out["settings"] = request.settings;
    if (request.epochs) out["epochs"] = *request.epochs;
    if (request.updates) out["updates"] = *request.updates;
    if (request.seed != 0) out["seed"] = request.seed;
    return out;
}

Request request_in(const json& in) {
    Request request;
    for (const Group group : kGroups)
        if (const auto at = in.find(to_string(group)); at != in.end()) at->get_to(request.id(group));
    if (const auto at = in.find("settings"); at != in.end()) at->get_to(request.settings);
    if (const auto at = in.find("epochs"); at != in.end()) request.epochs = at->get<std::int64_t>();
    if (const auto at = in.find("updates"); at != in.end()) request.updates = at->get<std::int64_t>();
    request.seed = in.value("seed", std::uint64_t{0});
    return request;
}

/// A level of a plain axis is its label alone.
json level_json(const SweepAxis& axis, const SweepLevel& level) {
    if (level.settings == decltype(level.settings){{axis.name, level.label}}) return level.label;
    return {{"label", level.label}, {"settings", level.settings}};
}

SweepAxis axis_in(const json& in) {
    SweepAxis axis{.name = in.at("name").get<std::string>(), .log = in.value("log", false)};
    for (const auto& level : in.at("levels")) {
        if (level.is_string()) {
            const auto label = level.get<std::string>();
            axis.levels.push_back({label, {{axis.name, label}}});
        } else {
            auto& added = axis.levels.emplace_back();
            level.at("label").get_to(added.label);
            level.at("settings").get_to(added.settings);
        }
    }
    return axis;
}

} // namespace

json to_json(const SweepPlan& plan) {
    json out{{"base", request_json(plan.base)}, {"axes", json::array()}, {"seeds", plan.seeds}};
    for (const auto& axis : plan.axes) {
        json levels = json::array();
        for (const auto& level : axis.levels) levels.push_back(level_json(axis, level));
        out["axes"].push_back({{"name", axis.name}, {"log", axis.log}, {"levels", std::move(levels)}});
    }
    if (!plan.title.empty()) out["title"] = plan.title;
    if (!plan.summary.empty()) out["summary"] = plan.summary;
    if (!plan.view.empty()) out["view"] = plan.view;
    if (plan.draw_data) out["draw_data"] = true;
    out["threshold_error"] = plan.threshold_error;
    if (plan.active)
        out["active"] = {{"axis", plan.active->axis},
                         {"metric", plan.active->metric},
                         {"add", plan.active->add},
                         {"round", plan.active->round}};
    return out;
}

SweepPlan sweep_plan_from_json(const json& in) {
    try {
        SweepPlan plan{.title = in.value("title", ""),
                       .summary = in.value("summary", ""),
                       .base = request_in(in.at("base"))};
        for (const auto& axis : in.at("axes")) plan.axes.push_back(axis_in(axis));
        in.at("seeds").get_to(plan.seeds);
        plan.draw_data = in.value("draw_data", false);
        plan.view = in.value("view", "");
        plan.threshold_error = in.value("threshold_error", plan.threshold_error);
        if (const auto at = in.find("active"); at != in.end())
            plan.active = ActivePlan{.axis = at->at("axis").get<std::string>(),
                                     .metric = at->at("metric").get<std::string>(),
                                     .add = at->at("add").get<std::int64_t>(),
                                     .round = at->at("round").get<std::int64_t>()};
        return plan;
    } catch (const json::exception& e) {
        throw InputError(std::string("this is not the plan of a sweep: ") + e.what());
    }
}

} // namespace descent

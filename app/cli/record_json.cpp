#include "app/cli/record_json.h"

#include "core/base/run_spec.h"
#include "core/exchange/run_json.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace descent::cli {

using nlohmann::json;
using nlohmann::ordered_json;

namespace {

json ended_at(const std::optional<std::int64_t>& ms) {
    return ms ? json(*ms) : json(nullptr);
}

} // namespace

void put_number(ordered_json& object, double value) {
    object["value"] = finite_json(value);
    if (std::isfinite(value)) return;
    object["nonfinite"] = std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

ordered_json to_json(const RunRecord& run) {
    ordered_json metrics = ordered_json::object();
    for (const auto& [name, summary] : run.summary)
        metrics[name] = {{"last", finite_json(summary.last)},
                         {"best", finite_json(summary.best)},
                         {"best_update", summary.best_update.count}};
    return {{"run", run.name},
            {"id", run.id.uuid},
            {"key", run.key},
            {"parent", parent_json(run)},
            {"state", to_string(run.state)},
            {"reason", run.reason},
            {"spec", descent::to_json(run.spec)},
            {"created_ms", run.created_ms},
            {"started_ms", run.started_ms},
            {"ended_ms", ended_at(run.ended_ms)},
            {"updates", run.updates.count},
            {"planned_updates", run.planned.count},
            {"epoch", run.epoch.passes},
            {"seconds", run.seconds},
            {"starred", run.starred},
            {"note", run.note},
            {"tags", run.tags},
            {"trashed", run.trashed_ms.has_value()},
            {"changes", changes_json(run.changes)},
            {"provenance", provenance_json(run.provenance)},
            {"metrics", std::move(metrics)}};
}

} // namespace descent::cli

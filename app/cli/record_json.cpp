#include "app/cli/record_json.h"

#include "core/base/run_spec.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace descent::cli {

using nlohmann::json;
using nlohmann::ordered_json;

namespace {

json number(double value) {
    return std::isfinite(value) ? json(value) : json(nullptr);
}

json ended_at(const std::optional<std::int64_t>& ms) {
    return ms ? json(*ms) : json(nullptr);
}

} // namespace

json parsed(const std::string& text) {
    if (text.empty()) return nullptr;
    json value = json::parse(text, nullptr, false);
    return value.is_discarded() ? json(text) : value;
}

void put_number(ordered_json& object, double value) {
    object["value"] = number(value);
    if (std::isfinite(value)) return;
    object["nonfinite"] = std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

ordered_json to_json(const Provenance& p) {
    return {{"studio_version", p.studio_version},
            {"torch_version", p.torch_version},
            {"blas", p.blas},
            {"threads", p.threads},
            {"data_hash", p.data_hash},
            {"data_source", p.data_source},
            {"data_report", parsed(p.data_report)},
            {"parameters", p.parameters},
            {"classes", p.classes},
            {"train_examples", p.train_examples},
            {"validation_examples", p.validation_examples},
            {"test_examples", p.test_examples},
            {"majority_baseline", number(p.majority_baseline)},
            {"host", p.host}};
}

ordered_json to_json(const std::vector<Change>& changes) {
    auto all = ordered_json::array();
    for (const auto& change : changes)
        all.push_back({{"update", change.at.count}, {"parameter", change.path}, {"value", change.value}});
    return all;
}

ordered_json to_json(const RunRecord& run) {
    ordered_json metrics = ordered_json::object();
    for (const auto& [name, summary] : run.summary)
        metrics[name] = {{"last", number(summary.last)},
                         {"best", number(summary.best)},
                         {"best_update", summary.best_update.count}};
    return {{"run", run.name},
            {"id", run.id.uuid},
            {"key", run.key},
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
            {"changes", to_json(run.changes)},
            {"provenance", to_json(run.provenance)},
            {"metrics", std::move(metrics)}};
}

} // namespace descent::cli

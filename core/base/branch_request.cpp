#include "core/base/branch_request.h"

#include "core/base/length.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace descent {

RunRecord new_branch(const RunSpec& spec, const RunRecord::Parent& parent, std::string name) {
    RunRecord run;
    run.spec = spec;
    run.parent = parent;
    run.name = std::move(name);
    return run;
}

RunSpec spec_in_force(const Catalog& catalog, RunSpec spec, const std::vector<Change>& made, Update at) {
    auto& regime = spec.regime.params.values;
    std::vector<Change> planned;
    if (const auto text = regime.find("changes"); text != regime.end())
        planned = unwrap(parse_changes(to_string(text->second), catalog, spec));
    std::vector<Change> later;
    std::ranges::copy_if(planned, std::back_inserter(later), [&](const Change& c) { return c.at >= at; });
    for (const auto& change : joined_changes(std::move(planned), made)) {
        if (change.at >= at) break;
        const auto checked = unwrap(check_change(change, catalog, spec));
        if (const auto length = budget_of(checked)) {
            // What grows over a share of the run has grown as it was planned to.
            const auto kind = regime.find("batch_schedule"), growth = regime.find("batch_growth");
            if (kind != regime.end() && kind->second != Value(std::string("constant")) &&
                growth != regime.end() && spec.budget.epochs && length->epochs)
                if (auto* share = std::get_if<double>(&growth->second))
                    *share = std::min(1.0, *share * static_cast<double>(*spec.budget.epochs) /
                                               static_cast<double>(*length->epochs));
            spec.budget = *length;
            continue;
        }
        const bool of_optimizer = checked.path.starts_with("optimizer.");
        auto& part = of_optimizer ? spec.optimizer : spec.regime;
        const auto name = checked.path.substr(checked.path.find('.') + 1);
        const auto* param =
            catalog.find_param(of_optimizer ? Group::optimizer : Group::regime, part.id, name);
        part.params.values[name] = unwrap(parse_value(*param, checked.value, checked.path));
        // A batch size that was chosen holds over a schedule.
        if (name == "batch_size" && regime.contains("batch_schedule"))
            regime["batch_schedule"] = std::string("constant");
    }
    if (regime.contains("changes")) regime["changes"] = to_text(later);
    return spec;
}

Request branch_request(const Catalog& catalog, const RunRecord& parent, const CheckpointInfo& from) {
    const auto now =
        spec_in_force(catalog, catalog.check(parent.spec).value_or(parent.spec), parent.changes, from.update);
    auto request = catalog.request_for(now);
    request.epochs = now.budget.epochs;
    request.updates = now.budget.updates;
    // An earlier version's checkpoint does not say how many passes there were.
    const double passes = from.epoch                      ? from.epoch->passes
                          : from.update == parent.updates ? parent.epoch.passes
                                                          : 0;
    if (request.epochs && passes >= static_cast<double>(*request.epochs))
        *request.epochs += static_cast<std::int64_t>(std::ceil(passes));
    if (request.updates && from.update.count >= *request.updates) *request.updates += from.update.count;
    return request;
}

} // namespace descent

#include "core/engine/registry.h"

#include <algorithm>

namespace descent {

#define DESCENT_REGISTERED(name) TaskDefinition task_##name();
#include "registered_task.inc"
#undef DESCENT_REGISTERED
#define DESCENT_REGISTERED(name) ModelDefinition model_##name();
#include "registered_model.inc"
#undef DESCENT_REGISTERED
#define DESCENT_REGISTERED(name) OptimizerDefinition optimizer_##name();
#include "registered_optimizer.inc"
#undef DESCENT_REGISTERED
#define DESCENT_REGISTERED(name) RegimeDefinition regime_##name();
#include "registered_regime.inc"
#undef DESCENT_REGISTERED
#define DESCENT_REGISTERED(name) ProbeDefinition probe_##name();
#include "registered_probe.inc"
#undef DESCENT_REGISTERED
#define DESCENT_REGISTERED(name) InstrumentDefinition instrument_##name();
#include "registered_instrument.inc"
#undef DESCENT_REGISTERED

namespace {

Registry build() {
    Registry r;
#define DESCENT_REGISTERED(name) r.tasks.push_back(task_##name());
#include "registered_task.inc"
#undef DESCENT_REGISTERED
#define DESCENT_REGISTERED(name) r.models.push_back(model_##name());
#include "registered_model.inc"
#undef DESCENT_REGISTERED
#define DESCENT_REGISTERED(name) r.optimizers.push_back(optimizer_##name());
#include "registered_optimizer.inc"
#undef DESCENT_REGISTERED
#define DESCENT_REGISTERED(name) r.regimes.push_back(regime_##name());
#include "registered_regime.inc"
#undef DESCENT_REGISTERED
#define DESCENT_REGISTERED(name) r.probes.push_back(probe_##name());
#include "registered_probe.inc"
#undef DESCENT_REGISTERED
#define DESCENT_REGISTERED(name) r.instruments.push_back(instrument_##name());
#include "registered_instrument.inc"
#undef DESCENT_REGISTERED
    for (const auto& d : r.tasks) r.catalog.tasks.push_back(d.entry);
    for (const auto& d : r.models) r.catalog.models.push_back(d.entry);
    for (const auto& d : r.optimizers) r.catalog.optimizers.push_back(d.entry);
    for (const auto& d : r.regimes) r.catalog.regimes.push_back(d.entry);
    r.catalog.regime_params = regime_params();
    for (const auto& d : r.probes) r.catalog.probes.push_back({d.id, d.help});
    for (const auto& d : r.instruments) r.catalog.probes.push_back({d.id, d.help, true});
    return r;
}

template<class Definition>
const Definition& find(const std::vector<Definition>& all, std::string_view id) {
    const auto found =
        std::ranges::find(all, id, [](const Definition& d) -> std::string_view { return d.entry.id; });
    if (found == all.end()) throw InputError("'" + std::string(id) + "' is not in the catalog");
    return *found;
}

} // namespace

const TaskDefinition& Registry::task(std::string_view id) const {
    return find(tasks, id);
}
const ModelDefinition& Registry::model(std::string_view id) const {
    return find(models, id);
}
const OptimizerDefinition& Registry::optimizer(std::string_view id) const {
    return find(optimizers, id);
}

const Registry& registry() {
    static const Registry all = build();
    return all;
}

} // namespace descent

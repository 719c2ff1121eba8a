#pragma once

#include "core/models/model.h"
#include "core/optimizers/optimizer.h"
#include "core/probes/probe.h"
#include "core/regimes/regime.h"
#include "core/tasks/task.h"

#include <memory>
#include <string_view>
#include <vector>

namespace descent {

/// All that descent_register lists in core/CMakeLists.txt, in that order. Built once; immutable.
struct Registry {
    std::vector<TaskDefinition> tasks;
    std::vector<ModelDefinition> models;
    std::vector<OptimizerDefinition> optimizers;
    std::vector<RegimeDefinition> regimes;
    std::vector<ProbeDefinition> probes;
    std::vector<InstrumentDefinition> instruments;
    Catalog catalog;

    const TaskDefinition& task(std::string_view id) const;
    const ModelDefinition& model(std::string_view id) const;
    const OptimizerDefinition& optimizer(std::string_view id) const;
};

const Registry& registry();

} // namespace descent

#pragma once

#include "core/base/catalog.h"
#include "core/engine/engine.h"
#include "core/engine/examples.h"

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace descent {

/// A task's data, read and split. `inspection.provenance` holds what concerns the data (hash, manifest,
/// report, classes, counts, majority baseline); the engine adds the rest.
struct TaskData {
    Examples train, validation, test; ///< test may be empty
    TaskShape shape;
    Inspection inspection;
};

struct TaskDefinition {
    Entry entry;
    /// Throws InputError where the data cannot be used. Thread: any.
    std::function<TaskData(const ParamSet&, std::stop_token)> load;
};

} // namespace descent

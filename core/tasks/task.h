#pragma once

#include "core/base/catalog.h"
#include "core/engine/engine.h"
#include "core/engine/examples.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace descent {

/// A detection task: class 0 is what is not to be found.
struct Detection {
    double seconds_per_example = 1; ///< of sound
    double target_rate = 0.01;      ///< share of class 0 that may be accepted, for "false rejects at …"
};

/// A task's data, read and split. `inspection.provenance` holds what concerns the data (hash, manifest,
/// report, classes, counts, majority baseline); the engine adds the rest.
struct TaskData {
    Examples train, validation, test; ///< as they are, unvaried; test may be empty
    TaskShape shape;
    std::shared_ptr<const Variation> variation{}; ///< of `train`; null where the task has none
    std::optional<Detection> detection{};         ///< where the task is to find something among the rest
    Inspection inspection;
};

struct TaskDefinition {
    Entry entry;
    /// Throws InputError where the data cannot be used. Thread: any.
    std::function<TaskData(const ParamSet&, const Loading&)> load;
};

} // namespace descent

#pragma once

#include "core/engine/experiment.h"

#include <filesystem>

namespace descent {

/// See Engine::evaluate: reads data, puts the checkpoint's weights into the network and passes over the sets,
/// as a run does at its end. Throws InputError where data and weights do not go together. Thread: any, with
/// the threads that the figures are to be made with.
EvaluationReport evaluate_run(const RunRecord& run, const std::filesystem::path& store,
                              const CheckpointInfo& checkpoint, const EvaluateOptions& options);

} // namespace descent

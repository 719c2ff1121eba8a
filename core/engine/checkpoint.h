#pragma once

#include "core/engine/experiment.h"

#include <filesystem>

namespace descent {

/// Where a run stands beside its weights.
struct Standing {
    Update update{};
    double seconds = 0; ///< training time
};

/// Everything that decides how a run goes on: weights ("model/…"), optimizer state ("optimizer/…") and, as
/// metadata, random streams, place in the epoch and the probes' counters. A safetensors file. Thread: the
/// trainer's.
std::int64_t save_checkpoint(const std::filesystem::path& file, const Standing& standing,
                             Experiment& experiment, const std::vector<std::unique_ptr<Probe>>& probes,
                             const RunId& run);

/// Throws InputError where the file is damaged or does not fit the experiment; the experiment may then be
/// half restored.
Standing load_checkpoint(const std::filesystem::path& file, Experiment& experiment,
                         const std::vector<std::unique_ptr<Probe>>& probes);

} // namespace descent

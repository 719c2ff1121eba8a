#pragma once

#include "core/base/run_record.h"
#include "core/base/run_spec.h"

#include <vector>

namespace descent::bench {

/// What the engine made of some specs, and what that took.
struct Trained {
    double seconds = 0;          ///< until the last sample was in the store
    double processor = 0;        ///< seconds of processor time, of all threads
    std::vector<RunRecord> runs; ///< in the order of the specs, with their metrics
};

/// Trains as `descent sweep` does: the engine's groups of them one after the other, each an ensemble on so
/// many threads, into a new store. Throws where a run does not finish.
Trained train_stored(const std::vector<RunSpec>& specs, int threads);

/// The run's last value of a metric; NaN where it has none.
double last_of(const RunRecord& run, const std::string& metric);

} // namespace descent::bench

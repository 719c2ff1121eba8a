#pragma once

#include "core/engine/experiment.h"

namespace descent {

/// What pruning has left of a network, as metrics: the share of its prunable weights that remain,
/// "weights/density", and of each layer's, "weights/density/<weight>". Nothing of a dense one. Thread: the
/// trainer's.
class DensityRecord {
public:
    DensityRecord(const Experiment& experiment, Recorder& recorder);
    /// Where training begins and where it ends.
    void record(Recorder& recorder) const;

private:
    const Experiment& experiment_;
    std::vector<std::uint32_t> metrics_; // of all, then of each layer
};

} // namespace descent

#include "core/engine/density.h"

namespace descent {

DensityRecord::DensityRecord(const Experiment& experiment, Recorder& recorder) : experiment_(experiment) {
    if (experiment.prunable().empty()) return;
    metrics_.push_back(recorder.declare("weights/density"));
    for (const auto& layer : experiment.prunable())
        metrics_.push_back(recorder.declare("weights/density/" + layer.name));
}

void DensityRecord::record(Recorder& recorder) const {
    if (metrics_.empty()) return;
    const auto& layers = experiment_.prunable();
    const auto& kept = experiment_.mask().kept();
    recorder.record(metrics_.front(), density(kept, layers));
    for (std::size_t i = 0; i < layers.size(); ++i)
        recorder.record(metrics_[i + 1], density(kept, layers[i]));
}

} // namespace descent

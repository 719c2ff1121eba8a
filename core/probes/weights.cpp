#include "core/engine/registry.h"

namespace descent {

namespace {

/// All weights in the order of Model::weights(), as one row, where the run begins and where it ends.
class WeightsProbe : public Probe {
public:
    void evaluated(const EvaluationFacts& facts, Recorder& r) override {
        if (!facts.first && !facts.last) return;
        const auto all = facts.weights.to(at::kDouble).contiguous();
        const auto* w = all.data_ptr<double>();
        r.matrix("weights", 1, all.numel(), {w, w + all.numel()});
    }
};

} // namespace

ProbeDefinition probe_weights() {
    return {"weights", "All weights at the start and at the end, where probe_weights asks for them",
            [](const ProbeSetup& setup, Recorder&) -> std::unique_ptr<Probe> {
                if (!setup.spec.regime.params.flag("probe_weights")) return nullptr;
                return std::make_unique<WeightsProbe>();
            }};
}

} // namespace descent

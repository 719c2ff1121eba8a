#include "core/engine/registry.h"

namespace descent {

namespace {

/// Norm of the gradient before and after the clip, the share of updates it was active in, and the length of
/// each step.
class Gradient : public Probe {
public:
    Gradient(double clip_norm, Recorder& r)
        : clip_(clip_norm)
        , norm_(r.declare("gradient/norm"))
        , clipped_norm_(clip_ > 0 ? r.declare("gradient/norm-clipped") : 0)
        , share_(clip_ > 0 ? r.declare("gradient/clip-share") : 0)
        , step_(r.declare("step/length")) {}

    void updated(const UpdateFacts& facts, Recorder& r) override {
        r.record(norm_, facts.gradient_norm);
        r.record(step_, facts.step_length);
        if (clip_ <= 0) return;
        r.record(clipped_norm_, facts.clipped_norm);
        ++updates_;
        clipped_ += facts.gradient_norm > clip_ ? 1 : 0;
    }
    void evaluated(const EvaluationFacts&, Recorder& r) override {
        if (updates_ > 0) r.record(share_, clipped_ / updates_);
    }
    std::vector<double> state() const override { return {updates_, clipped_}; }
    void restore(const std::vector<double>& state) override {
        updates_ = state.at(0);
        clipped_ = state.at(1);
    }

private:
    double clip_;
    std::uint32_t norm_, clipped_norm_, share_, step_;
    double updates_ = 0, clipped_ = 0; // since the run began
};

} // namespace

ProbeDefinition probe_gradient() {
    return {"gradient",
            "Gradient norm before and after the clip, share of updates clipped so far, length of each step",
            [](const ProbeSetup& setup, Recorder& r) {
                return std::make_unique<Gradient>(setup.spec.regime.params.real("clip_norm"), r);
            }};
}

} // namespace descent

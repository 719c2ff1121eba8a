#include "core/engine/registry.h"

namespace descent {

namespace {

/// Norm of the gradient before and after the clips, the share of updates they were active in, and the length
/// of each step.
class GradientNorm : public Probe {
public:
    explicit GradientNorm(Recorder& r)
        : norm_(r.declare("gradient/norm"))
        , clipped_norm_(r.declare("gradient/norm-clipped"))
        , share_(r.declare("gradient/clip-share"))
        , step_(r.declare("step/length")) {}

    void updated(const UpdateFacts& facts, Recorder& r) override {
        r.record(norm_, facts.gradient_norm);
        r.record(step_, facts.step_length);
        if (!facts.clips) return;
        r.record(clipped_norm_, facts.clipped_norm);
        ++updates_;
        // The two may differ in the last bits without a clip.
        clipped_ += facts.clipped_norm < facts.gradient_norm * (1 - 1e-6) ? 1 : 0;
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
    std::uint32_t norm_, clipped_norm_, share_, step_;
    double updates_ = 0, clipped_ = 0; // with a clip in force, since the run began
};

} // namespace

ProbeDefinition probe_gradient() {
    return {"gradient",
            "Gradient norm before and after the clips, share of updates clipped so far, length of each step",
            [](const ProbeSetup&, Recorder& r) { return std::make_unique<GradientNorm>(r); }};
}

} // namespace descent

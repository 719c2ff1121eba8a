#include "core/engine/registry.h"

namespace descent {

namespace {

/// The validation set under averaged weights.
class Averaged : public Probe {
public:
    Averaged(bool answers, Recorder& r) : loss_(r.declare("validation/averaged-loss", {}, Direction::lower)) {
        if (answers) accuracy_ = r.declare("validation/averaged-accuracy", {}, Direction::higher);
    }

    void evaluated(const EvaluationFacts& facts, Recorder& r) override {
        if (!facts.averaged) return;
        r.record(loss_, facts.averaged->loss());
        if (accuracy_) r.record(*accuracy_, facts.averaged->confusion.accuracy());
    }

private:
    std::uint32_t loss_;
    std::optional<std::uint32_t> accuracy_; // none for a regression
};

} // namespace

ProbeDefinition probe_averaged() {
    return {"averaged", "Loss and accuracy on the validation set under averaged weights (EMA, SWA)",
            [](const ProbeSetup& setup, Recorder& r) -> std::unique_ptr<Probe> {
                if (setup.spec.regime.params.text("averaging") == "none") return nullptr;
                return std::make_unique<Averaged>(!setup.classes.empty(), r);
            }};
}

} // namespace descent

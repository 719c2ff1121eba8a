#include "core/engine/registry.h"

namespace descent {

namespace {

/// Mean loss over each set, and of each mini-batch as it is trained on.
class Loss : public Probe {
public:
    Loss(const std::string& unit, Recorder& r)
        : train_(r.declare("train/loss", unit, Direction::lower))
        , validation_(r.declare("validation/loss", unit, Direction::lower))
        , test_(r.declare("test/loss", unit, Direction::lower))
        , batch_(r.declare("batch/loss", unit, Direction::lower)) {}

    void updated(const UpdateFacts& facts, Recorder& r) override {
        if (!facts.whole_set) r.record(batch_, facts.loss);
    }
    void evaluated(const EvaluationFacts& facts, Recorder& r) override {
        r.record(train_, facts.train.loss());
        r.record(validation_, facts.validation.loss());
        if (facts.test) r.record(test_, facts.test->loss());
    }

private:
    std::uint32_t train_, validation_, test_, batch_;
};

} // namespace

ProbeDefinition probe_loss() {
    return {"loss", "Mean loss over training, validation and test set, and of every mini-batch",
            [](const ProbeSetup& setup, Recorder& r) {
                const auto& loss = setup.spec.regime.params.text("loss");
                const bool nats = loss == "cross-entropy" || loss == "nll";
                return std::make_unique<Loss>(nats ? "nats" : "", r);
            }};
}

} // namespace descent

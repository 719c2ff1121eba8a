#include "core/engine/registry.h"

namespace descent {

namespace {

/// Share of right answers, beside what always answering the commonest training class would give.
class Accuracy : public Probe {
public:
    Accuracy(double majority_baseline, Recorder& r)
        : majority_(majority_baseline)
        , train_(r.declare("train/accuracy", {}, Direction::higher))
        , validation_(r.declare("validation/accuracy", {}, Direction::higher))
        , test_(r.declare("test/accuracy", {}, Direction::higher))
        , baseline_(r.declare("validation/majority-baseline")) {}

    void evaluated(const EvaluationFacts& facts, Recorder& r) override {
        r.record(train_, facts.train.confusion.accuracy());
        r.record(validation_, facts.validation.confusion.accuracy());
        r.record(baseline_, majority_);
        if (facts.test) r.record(test_, facts.test->confusion.accuracy());
    }

private:
    double majority_;
    std::uint32_t train_, validation_, test_, baseline_;
};

} // namespace

ProbeDefinition probe_accuracy() {
    return {"accuracy", "Share of right answers, beside the majority baseline",
            [](const ProbeSetup& setup, Recorder& r) -> std::unique_ptr<Probe> {
                if (setup.classes.empty()) return nullptr;
                return std::make_unique<Accuracy>(setup.majority_baseline, r);
            }};
}

} // namespace descent

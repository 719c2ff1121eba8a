#include "core/engine/registry.h"

#include <limits>

namespace descent {

namespace {

/// Learning rate wherever it changes, and how many examples a second are trained on.
class Pace : public Probe {
public:
    explicit Pace(Recorder& r)
        : lr_(r.declare("lr"))
        , throughput_(r.declare("throughput", "examples/s", Direction::higher)) {}

    void updated(const UpdateFacts& facts, Recorder& r) override {
        if (facts.lr != last_) r.record(lr_, facts.lr);
        last_ = facts.lr;
    }
    void evaluated(const EvaluationFacts& facts, Recorder& r) override {
        if (facts.examples_per_second > 0) r.record(throughput_, facts.examples_per_second);
    }
    std::vector<double> state() const override { return {last_}; }
    void restore(const std::vector<double>& state) override { last_ = state.at(0); }

private:
    std::uint32_t lr_, throughput_;
    double last_ = std::numeric_limits<double>::quiet_NaN();
};

} // namespace

ProbeDefinition probe_pace() {
    return {"pace", "Learning rate at each change, and examples trained on per second",
            [](const ProbeSetup&, Recorder& r) { return std::make_unique<Pace>(r); }};
}

} // namespace descent

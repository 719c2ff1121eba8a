#include "core/engine/registry.h"

#include <limits>

namespace descent {

namespace {

/// Learning rate and batch size wherever they change, and how many examples a second are trained on.
class Pace : public Probe {
public:
    explicit Pace(Recorder& r)
        : lr_(r.declare("lr"))
        , batch_(r.declare("batch/size", "examples"))
        , throughput_(r.declare("throughput", "examples/s", Direction::higher)) {}

    void updated(const UpdateFacts& facts, Recorder& r) override {
        if (facts.lr != last_) r.record(lr_, facts.lr);
        last_ = facts.lr;
        const auto batch = static_cast<double>(facts.batch_size);
        if (batch != last_batch_) r.record(batch_, batch);
        last_batch_ = batch;
    }
    void evaluated(const EvaluationFacts& facts, Recorder& r) override {
        if (facts.examples_per_second > 0) r.record(throughput_, facts.examples_per_second);
    }
    std::vector<double> state() const override { return {last_, last_batch_}; }
    void restore(const std::vector<double>& state) override {
        last_ = state.at(0);
        if (state.size() > 1) last_batch_ = state[1]; // earlier versions did not watch it
    }

private:
    std::uint32_t lr_, batch_, throughput_;
    double last_ = std::numeric_limits<double>::quiet_NaN(), last_batch_ = 0;
};

} // namespace

ProbeDefinition probe_pace() {
    return {"pace", "Learning rate and batch size at each change, and examples trained on per second",
            [](const ProbeSetup&, Recorder& r) { return std::make_unique<Pace>(r); }};
}

} // namespace descent

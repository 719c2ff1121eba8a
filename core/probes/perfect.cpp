#include "core/engine/registry.h"

namespace descent {

namespace {

/// When the training set was learnt: once, as a value, the first update count whose weights answered all of
/// it rightly. Of runs whose updates each see the whole set; declared when there is something to say, so that
/// other runs do not list it.
class Perfect : public Probe {
public:
    void updated(const UpdateFacts& facts, Recorder& r) override { record(facts.perfect_at, r); }
    void evaluated(const EvaluationFacts& facts, Recorder& r) override { record(facts.perfect_at, r); }
    std::vector<double> state() const override { return {recorded_ ? 1.0 : 0.0}; }
    void restore(const std::vector<double>& state) override { recorded_ = state.at(0) != 0; }

private:
    void record(const std::optional<Update>& at, Recorder& r) {
        if (!at || std::exchange(recorded_, true)) return;
        r.record(r.declare("train/perfect-at", "updates", Direction::lower), static_cast<double>(at->count));
    }

    bool recorded_ = false;
};

} // namespace

ProbeDefinition probe_perfect() {
    return {"perfect", "Full batch: the first update whose weights answer all training examples rightly",
            [](const ProbeSetup& setup, Recorder&) -> std::unique_ptr<Probe> {
                if (setup.classes.empty()) return nullptr;
                return std::make_unique<Perfect>();
            }};
}

} // namespace descent

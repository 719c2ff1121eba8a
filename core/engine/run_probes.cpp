#include "core/engine/run_probes.h"

#include "core/base/format.h"
#include "core/engine/failure.h"
#include "core/engine/registry.h"

#include <bit>
#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>

namespace descent {

namespace {

constexpr std::int64_t kKeptMatrices = 200;

/// Where one throws, the run ends with the sentence of it: unlike an instrument's, its numbers are what the
/// run is known by.
class Named : public Probe {
public:
    Named(std::string id, std::unique_ptr<Probe> probe) : id_(std::move(id)), probe_(std::move(probe)) {}

    void updated(const UpdateFacts& facts, Recorder& recorder) override {
        guard([&] { probe_->updated(facts, recorder); });
    }
    void evaluated(const EvaluationFacts& facts, Recorder& recorder) override {
        guard([&] { probe_->evaluated(facts, recorder); });
    }
    std::vector<double> state() const override { return probe_->state(); }
    void restore(const std::vector<double>& state) override { probe_->restore(state); }

private:
    template<class F>
    void guard(F&& look) const {
        if (const auto why = failure_of(look, kOutOfMemory))
            throw std::runtime_error("the probe '" + id_ + "' failed: " + *why);
    }

    std::string id_;
    std::unique_ptr<Probe> probe_;
};

} // namespace

std::vector<std::unique_ptr<Probe>> make_probes(const ProbeSetup& setup, Recorder& recorder) {
    std::vector<std::unique_ptr<Probe>> probes;
    for (const auto& definition : registry().probes)
        if (auto probe = definition.make(setup, recorder))
            probes.push_back(std::make_unique<Named>(definition.id, std::move(probe)));
    return probes;
}

std::int64_t matrix_interval(std::int64_t evaluate_every, std::int64_t planned_epochs) {
    const auto evaluations = planned_epochs / evaluate_every + 1;
    return evaluate_every * ((evaluations + kKeptMatrices - 1) / kKeptMatrices);
}

bool scores_due(Epoch epoch, std::int64_t evaluate_every) {
    const auto before =
        static_cast<std::uint64_t>(std::llround(epoch.passes)) / static_cast<std::uint64_t>(evaluate_every);
    return before == 0 || std::has_single_bit(before);
}

ConstantAnswer constant_answer(const RunSpec& spec, const std::vector<std::string>& classes) {
    const auto& loss = spec.regime.params.text("loss");
    return {classes, loss == "cross-entropy" || loss == "nll"};
}

StateChange divergence(Update update, const UpdateFacts& facts) {
    const bool loss = !std::isfinite(facts.loss);
    const double value = loss ? facts.loss : facts.gradient_norm;
    return {RunState::diverged, "diverged at update " + format_count(update.count) + ": " +
                                    (loss ? "loss" : "gradient norm") + " is " +
                                    (std::isnan(value) ? "not a number" : "infinite")};
}

StateChange ended(RunState as) {
    return {as, as == RunState::stopped ? "" : "the program was ended"};
}

} // namespace descent

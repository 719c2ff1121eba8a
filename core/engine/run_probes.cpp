#include "core/engine/run_probes.h"

#include "core/base/format.h"
#include "core/engine/registry.h"

namespace descent {

namespace {

constexpr std::int64_t kKeptMatrices = 200;

} // namespace

std::vector<std::unique_ptr<Probe>> make_probes(const ProbeSetup& setup, Recorder& recorder) {
    std::vector<std::unique_ptr<Probe>> probes;
    for (const auto& definition : registry().probes)
        if (auto probe = definition.make(setup, recorder)) probes.push_back(std::move(probe));
    return probes;
}

std::int64_t matrix_interval(std::int64_t evaluate_every, std::int64_t planned_epochs) {
    const auto evaluations = planned_epochs / evaluate_every + 1;
    return evaluate_every * ((evaluations + kKeptMatrices - 1) / kKeptMatrices);
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

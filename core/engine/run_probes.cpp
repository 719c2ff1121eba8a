#include "core/engine/run_probes.h"

#include "core/base/format.h"
#include "core/engine/registry.h"

#include <bit>
#include <cmath>

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

#pragma once

#include "core/analysis/constant_answer.h"
#include "core/probes/probe.h"

#include <memory>
#include <vector>

namespace descent {

/// The probes of a run, each with its metrics declared: the same ones in the same order however it is
/// trained. What one throws says which one it was.
std::vector<std::unique_ptr<Probe>> make_probes(const ProbeSetup& setup, Recorder& recorder);

/// Epochs between evaluations whose matrices are kept: long runs keep a few hundred.
std::int64_t matrix_interval(std::int64_t evaluate_every, std::int64_t planned_epochs);

/// Whether an evaluation after so many epochs also scores each example of the validation set, which costs
/// sorting them class by class: the 1st, 2nd, 3rd, 5th, 9th … of those between epochs.
bool scores_due(Epoch epoch, std::int64_t evaluate_every);

/// What tells of a run that learns nothing.
ConstantAnswer constant_answer(const RunSpec& spec, const std::vector<std::string>& classes);

/// How a run ends whose loss or gradient is not finite.
StateChange divergence(Update update, const UpdateFacts& facts);

/// How a run ends that was asked to.
StateChange ended(RunState as);

} // namespace descent

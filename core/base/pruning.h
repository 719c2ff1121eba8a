#pragma once

#include "core/base/run_spec.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Pruning as a run's spec asks for it (the regime's section "Pruning"): which networks there are and which
/// one each is made from. Level 0 is the dense network; level L takes the trained weights of its parent, cuts
/// some, goes back to earlier weights and trains again: Frankle & Carbin 2019 (arXiv 1803.03635), late
/// rewinding: Frankle et al. 2020 (arXiv 1912.05671). Torch-free; what is cut is core/engine/pruning.h's.
/// Thread: any. What throws, throws InputError.
namespace descent {

inline constexpr const char* kPruneLevel = "regime.prune_level";

/// 0: dense.
std::int64_t prune_level(const ParamSet& regime);

/// Share of the prunable weights that is cut at a level, 0 ≤ s < 1: what prune_sparsities says, else
/// 1 − (1 − prune_share)^level. Of n weights n − llround(n·s) stay: the same number however they are chosen
/// and in however many steps.
double planned_sparsity(const ParamSet& regime, std::int64_t level);

/// The update that training begins at: k where the weights of update k are gone back to and kept (the
/// ticket and the random masks), else 0.
std::int64_t prune_begin(const ParamSet& regime);

/// The network whose trained weights decide what is cut: level − 1 of branch `ticket`, or level 0 where the
/// cut is made in one step. None: the network is dense.
std::optional<RunSpec> pruning_parent(const RunSpec& spec);
/// The parent, its parent and so on, level 0 first.
std::vector<RunSpec> pruning_ancestors(const RunSpec& spec);

/// Throws where the parameters contradict each other. Writes prune_sparsities the one way, so that spelling
/// makes no other run of it.
void check_pruning(RunSpec& spec);

/// The regime without those parameters of pruning that decide nothing about this run: all of them at level
/// 0, so that a dense network is one run whatever is pruned from it later.
ParamSet without_idle_pruning(const ParamSet& regime);

} // namespace descent

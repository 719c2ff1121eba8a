#pragma once

#include "core/engine/ensemble_member.h"

namespace descent {

/// Of each member, in order: the scores (LossFunction::scores) of the set's examples under its weights
/// [own P]. Members whose weights have the same shapes go through the model together where they come one
/// after the other. The set is of a task with classes. Thread: the trainer's.
std::vector<ClassScores> ensemble_scores(const std::vector<const EnsembleMember*>& members,
                                         const std::vector<Tensor>& weights, const Examples& set);

} // namespace descent

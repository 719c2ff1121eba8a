#pragma once

#include "core/engine/ensemble_gradient.h"
#include "core/engine/lanes.h"

namespace descent {

/// As make_lane_ensemble(problem), with an instruction set of lanes::instruction_sets(); that one takes the
/// best.
///
/// Members of like width share a block of lanes, or a member has them for its examples (lanes::in_lanes);
/// what they need is copied there. buffer() is [K, P] with strides 1, K, or P, 1 where most weights are of
/// such members; what an optimizer does to it is one pass over memory either way.
/// Results do not depend on a member's neighbours.
std::unique_ptr<EnsembleGradient> make_lane_ensemble(const EnsembleProblem& problem,
                                                     lanes::InstructionSet set);

} // namespace descent

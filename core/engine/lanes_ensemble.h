#pragma once

#include "core/engine/ensemble_gradient.h"
#include "core/engine/lanes.h"

namespace descent {

/// As make_lane_ensemble(problem), with an instruction set of lanes::instruction_sets(); that one takes the
/// best.
///
/// The members' weights are kept parameter after parameter (buffer() is [K, P] with strides 1, K), so that
/// what an optimizer does to them is one pass over memory. Inside, members of like width share a block of
/// lanes, and what they need is copied into it. Blocks are shared out to torch's threads; results depend
/// neither on those nor on a member's neighbours.
std::unique_ptr<EnsembleGradient> make_lane_ensemble(const EnsembleProblem& problem,
                                                     lanes::InstructionSet set);

} // namespace descent

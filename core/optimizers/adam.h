#pragma once

#include "core/base/param.h"
#include "core/optimizers/optimizer.h"

namespace descent {

/// How weight decay acts: as an L2 penalty through the gradient and the moments (Adam), or straight on the
/// weights (AdamW).
enum class Decay { l2, decoupled };

/// What Adam and AdamW share. `weight_decay` is the default of that parameter.
ParamTable adam_params(double weight_decay, std::string weight_decay_help);
std::unique_ptr<Optimizer> make_adam(const ParamSet& p, const WeightLayout& layout, Decay decay);

} // namespace descent

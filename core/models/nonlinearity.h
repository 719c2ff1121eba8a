#pragma once

#include "core/engine/torch.h"

#include <string>
#include <string_view>
#include <vector>

namespace descent {

/// What a unit does to its sum, elementwise; as torch.nn's modules of these names compute with their defaults
/// (hard-sigmoid is relu6(z + 3)/6, softplus ln(1 + eᶻ), gelu z·Φ(z)).
///
/// `threshold` is the step (z > 0), 0 or 1, whose gradient is passed straight through as that of hard-tanh:
/// 1 for |z| ≤ 1, else 0 (Bengio et al. 2013, Hubara et al. 2016).
struct Nonlinearity {
    const char* name;
    Tensor (*apply)(const Tensor&); ///< of any shape; differentiable, twice too
    double least, largest;          ///< at which a unit can stay whatever it is given; NaN for none
};

/// Throws InputError for a name that is none.
const Nonlinearity& nonlinearity(std::string_view name);
/// All of them: the choices of a parameter.
std::vector<std::string> nonlinearity_names();
/// What a layer of outputs does to its sums, the outputs being the last dimension: an elementwise one, or
/// softmax or log-softmax over them. Throws InputError for a name that is none.
Tensor (*output_layer(std::string_view name))(const Tensor&);

} // namespace descent

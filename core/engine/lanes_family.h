#pragma once

#include "core/engine/ensemble_gradient.h"
#include "core/engine/lanes.h"

#include <optional>

namespace descent {

/// What the members have in common.
struct LaneFamily {
    lanes::Shape shape; ///< of the widest
    lanes::Nonlinearity hidden, output;
    lanes::Loss loss;
    bool mean = true;
    bool regression = false;
    std::int64_t classes = 0;
};

/// Widths of a perceptron with these weights; empty if it is none of `inputs` and `outputs`.
lanes::Shape shape_of(const std::vector<std::vector<std::int64_t>>& weights, std::int64_t inputs,
                      std::int64_t outputs);

/// None where the problem is not one of the lanes.
std::optional<LaneFamily> lane_family(const EnsembleProblem& problem);

} // namespace descent

#pragma once

#include "core/engine/lanes_family.h"

namespace descent {

/// A set in the order of lanes::Pass.
struct LaneExamples {
    std::int64_t size = 0, spacing = 1;
    Tensor inputs;  ///< with biases with an input of ones
    Tensor labels;  ///< as they come, the same for all networks; undefined of a regression
    Tensor targets; ///< of a regression
};
LaneExamples lane_examples(const Examples& set, const LaneFamily& family, lanes::InLanes in_lanes,
                           std::int64_t lanes, at::ScalarType type);

/// Numbers of examples, and zeros up to a whole register.
Tensor filled(const Tensor& numbers, std::int64_t lanes);

} // namespace descent

#include "core/engine/lanes_examples.h"

namespace descent {

Tensor filled(const Tensor& numbers, std::int64_t lanes) {
    return at::constant_pad_nd(numbers, {0, (lanes - numbers.size(0) % lanes) % lanes}).contiguous();
}

LaneExamples lane_examples(const Examples& set, const LaneFamily& family, lanes::InLanes in_lanes,
                           std::int64_t lanes, at::ScalarType type) {
    LaneExamples made{.size = set.size()};
    if (made.size == 0) return made;
    auto inputs = set.inputs.to(type).flatten(1);
    if (family.shape.bias) inputs = at::cat({inputs, at::ones({made.size, 1}, type)}, 1);
    if (in_lanes == lanes::InLanes::networks) {
        made.inputs = inputs.contiguous();
        if (family.regression)
            made.targets = set.targets.to(type).contiguous();
        else
            made.labels = set.labels.to(type).unsqueeze(1).expand({-1, lanes}).contiguous();
        return made;
    }
    const auto rows = (made.size + lanes - 1) / lanes;
    made.spacing = (rows | 1) * lanes; // no power of two: inputs would share the sets of a cache
    made.inputs = at::constant_pad_nd(inputs.t(), {0, made.spacing - made.size}).contiguous();
    if (family.regression)
        made.targets = at::constant_pad_nd(set.targets.to(type), {0, 0, 0, rows * lanes - made.size})
                           .view({rows, lanes, -1})
                           .transpose(1, 2)
                           .contiguous();
    else
        made.labels = filled(set.labels.to(type), lanes);
    return made;
}

} // namespace descent

#include "core/engine/examples.h"

namespace descent {

Examples Examples::at(const Tensor& indices) const {
    Examples part{.inputs = inputs.index_select(0, indices), .labels = labels.index_select(0, indices)};
    if (targets.defined()) part.targets = targets.index_select(0, indices);
    if (masks.defined()) part.masks = masks.index_select(0, indices);
    if (lengths.defined()) {
        part.lengths = lengths.index_select(0, indices);
        if (part.size() > 0) part.inputs = part.inputs.narrow(1, 0, part.lengths.max().item<std::int64_t>());
    }
    return part;
}

Examples Examples::slice(std::int64_t begin, std::int64_t end) const {
    return at(at::arange(begin, end, at::kLong));
}

} // namespace descent

#pragma once

#include "core/engine/torch.h"

#include <memory>
#include <vector>

namespace descent {

/// Whatever a model worked out about a fixed set of examples, to be reused at every pass over it.
struct Prepared {
    virtual ~Prepared() = default;
};

/// Labelled examples as tensors. Immutable once built; cheap to copy.
struct Examples {
    Tensor inputs;  ///< sequences: uint8 [n, T], padded with 0; vectors: float [n, …]
    Tensor lengths; ///< sequences: int64 [n], 1 … T; undefined otherwise
    Tensor labels;  ///< int64 [n], 0 … classes − 1
    std::shared_ptr<const Prepared> prepared; ///< made by the model that will be given it, or null

    std::int64_t size() const { return labels.defined() ? labels.size(0) : 0; }
    /// The examples at `indices` (int64 [m]), in that order. Padding is cut to the longest chosen.
    Examples at(const Tensor& indices) const;
    Examples slice(std::int64_t begin, std::int64_t end) const;
};

/// What a model must know of a task to be built for it.
struct TaskShape {
    std::int64_t symbols = 0;           ///< sequences: size of the alphabet; 0 otherwise
    std::vector<std::int64_t> features; ///< vectors: shape of one example
    std::int64_t classes = 0;
};

} // namespace descent

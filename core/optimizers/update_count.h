#pragma once

#include "core/engine/torch.h"

namespace descent {

/// The number of updates made, in a tensor so that a checkpoint holds it.
class UpdateCount {
public:
    /// Counts this update and returns its number, from 1.
    double next() {
        tensor_.add_(1);
        return static_cast<double>(value());
    }
    std::int64_t value() const { return tensor_.item<std::int64_t>(); }
    const Tensor& tensor() const { return tensor_; } ///< int64 [1]

private:
    Tensor tensor_ = at::zeros({1}, at::kLong);
};

} // namespace descent

#pragma once

#include "core/engine/examples.h"

#include <memory>
#include <vector>

namespace descent {

/// Which rows of a table each example adds up.
struct Bags : Prepared {
    std::int64_t rows = 0;            ///< of the table
    std::vector<std::int32_t> places; ///< of all examples, one after the other
    std::vector<std::int64_t> begins; ///< [examples + 1]: where each one's places begin
    std::int64_t size() const { return std::ssize(begins) - 1; }
};

/// Sums [examples, columns] of rows of `table` [rows, columns], float or double. Differentiable as often as
/// one likes. Thread: any.
Tensor sum_bags(const Tensor& table, const std::shared_ptr<const Bags>& bags);

} // namespace descent

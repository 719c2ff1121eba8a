#pragma once

#include <cstdint>

namespace descent {

/// A matrix of a product as it lies in memory, row after row.
template<class T>
struct Factor {
    const T* data;
    std::int64_t stride; ///< numbers from a row to the next
    bool turned = false; ///< its transpose is meant
};

/// C [m, n] ← A·B + beta·C with A [m, k] and B [k, n], after their transposition; `stride` is C's. Called
/// without what a tensor operation costs, a few microseconds, as much as a small product: floats by oneDNN,
/// which torch has loaded and which makes its kernels for the processor it runs on (OpenBLAS knows a list of
/// processors, and is a third or more slower on small and narrow matrices); doubles by torch's BLAS.
/// Thread: any.
template<class T>
void multiply(std::int64_t m, std::int64_t n, std::int64_t k, Factor<T> a, Factor<T> b, double beta, T* c,
              std::int64_t stride);

} // namespace descent

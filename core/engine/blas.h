#pragma once

#include <cstdint>

namespace descent {

/// A matrix in memory: rows of numbers side by side, `stride` from one row to the next.
template<class T>
struct Rows {
    T* data;
    std::int64_t stride;
};

/// C [m, n] ← op(A)·op(B) + beta·C, where op(A) [m, k] and op(B) [k, n] are the matrices or, where `turned`,
/// their transposes. torch's own BLAS, called without what a tensor operation costs: a few microseconds, as
/// much as a small product. Thread: any.
template<class T>
struct Factor {
    Rows<const T> rows;
    bool turned = false;
};
template<class T>
void multiply(std::int64_t m, std::int64_t n, std::int64_t k, Factor<T> a, Factor<T> b, double beta,
              Rows<T> c);

} // namespace descent

#pragma once

#include "core/engine/blas.h"

#include <cstdint>

namespace descent {

/// Whether this processor multiplies bfloat16 numbers (AVX-512 BF16): the upper half of a float, 8 bits of
/// mantissa. Thread: any.
bool has_bfloat16();

/// While one lives that is on, multiply() of floats rounds both factors to bfloat16, to nearest, and sums
/// their products in float: one to two times as fast as floats, with 2 to 3 right digits. Asks for
/// has_bfloat16(). Thread: it holds for the one that made it and no other, on whose stack it lies.
class Bfloat16Products {
public:
    explicit Bfloat16Products(bool on);
    ~Bfloat16Products();
    Bfloat16Products(const Bfloat16Products&) = delete;
    Bfloat16Products& operator=(const Bfloat16Products&) = delete;

    /// Whether it holds for the calling thread: to hand on to others that work for it.
    static bool on();

private:
    bool before_;
};

/// As multiply(), of factors so rounded; `beta` 0 or 1, else false, and nothing was done.
bool multiply_bfloat16(std::int64_t m, std::int64_t n, std::int64_t k, Factor<float> a, Factor<float> b,
                       double beta, float* c, std::int64_t stride);

} // namespace descent

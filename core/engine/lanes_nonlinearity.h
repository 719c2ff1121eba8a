#pragma once

// Nonlinearities of rows of registers; part of the kernel that is compiled for each instruction set.

#include "core/engine/lanes.h"
#include "core/engine/lanes_math.h"

#include <cstddef>

namespace descent::lanes {

/// f(z) in place of z, and f'(z) beside it where `slopes` is given, of `count` registers in a row.
template<class V, class T, class F>
[[gnu::always_inline]] inline void each(T* values, T* slopes, std::ptrdiff_t count,
                                        const F& value_and_slope) {
    constexpr std::ptrdiff_t width = V::size;
    if (slopes)
        for (std::ptrdiff_t i = 0; i < count; ++i) {
            V slope(T(1));
            const V value = value_and_slope(V::load_aligned(values + i * width), slope);
            value.store_aligned(values + i * width);
            slope.store_aligned(slopes + i * width);
        }
    else
        for (std::ptrdiff_t i = 0; i < count; ++i) {
            V slope(T(1));
            value_and_slope(V::load_aligned(values + i * width), slope).store_aligned(values + i * width);
        }
}

/// As core/models/nonlinearity.h defines them; the slopes are autograd's.
template<class V, class T>
void apply(Nonlinearity f, T* values, T* slopes, std::ptrdiff_t count) {
    const V zero(T(0)), one(T(1)), half(T(0.5));
    const auto inside = [&](const V& z, T low, T high, T slope) {
        return xsimd::select((z > V(low)) & (z < V(high)), V(slope), zero);
    };
    switch (f) {
    case Nonlinearity::identity:
        return each<V>(values, slopes, count, [](const V& z, V&) { return z; });
    case Nonlinearity::tanh:
        return each<V>(values, slopes, count, [&](const V& z, V& slope) {
            const V y = lanes::tanh(z);
            slope = multiply_add(-y, y, one);
            return y;
        });
    case Nonlinearity::relu:
        return each<V>(values, slopes, count, [&](const V& z, V& slope) {
            slope = xsimd::select(z > zero, one, zero);
            return at_least(zero, z);
        });
    case Nonlinearity::sigmoid:
        return each<V>(values, slopes, count, [&](const V& z, V& slope) {
            const V y = sigmoid(z);
            slope = multiply_add(-y, y, y);
            return y;
        });
    case Nonlinearity::silu:
        return each<V>(values, slopes, count, [&](const V& z, V& slope) {
            const V s = sigmoid(z);
            slope = s * multiply_add(z, one - s, one);
            return z * s;
        });
    case Nonlinearity::gelu:
        return each<V>(values, slopes, count, [&](const V& z, V& slope) {
            const V below = half * (one + xsimd::erf(z * V(T(0.70710678118654752440)))); // Φ(z)
            slope = multiply_add(z * lanes::exp(-half * z * z), V(T(0.39894228040143267794)), below);
            return z * below;
        });
    case Nonlinearity::softplus:
        return each<V>(values, slopes, count, [&](const V& z, V& slope) {
            const auto straight = z > V(T(20));
            slope = xsimd::select(straight, one, sigmoid(z));
            return xsimd::select(straight, z, softplus(z));
        });
    case Nonlinearity::hard_sigmoid:
        return each<V>(values, slopes, count, [&](const V& z, V& slope) {
            slope = inside(z, T(-3), T(3), T(1) / T(6));
            return at_most(V(T(6)), at_least(zero, z + V(T(3)))) / V(T(6));
        });
    case Nonlinearity::hard_tanh:
        return each<V>(values, slopes, count, [&](const V& z, V& slope) {
            slope = inside(z, T(-1), T(1), T(1));
            return at_most(one, at_least(-one, z));
        });
    case Nonlinearity::threshold:
        return each<V>(values, slopes, count, [&](const V& z, V& slope) {
            slope = xsimd::select(xsimd::abs(z) <= one, one, zero);
            return xsimd::select(z > zero, one, zero);
        });
    }
}

} // namespace descent::lanes

#pragma once

// Elementary functions on a register of lanes; part of the kernel that is compiled for each instruction set,
// so nothing here may be shared between those: templates of the batch type only.

#include "core/base/baseline_arch.h"

#include <cstdint>
#include <type_traits>

namespace descent::lanes {

using descent::BaselineArch;

/// a·b + c, rounded once where the instruction set can. (xsimd 8 has no such operation for AVX-512.)
template<class V>
[[gnu::always_inline]] inline V multiply_add(const V& a, const V& b, const V& c) {
#ifdef __AVX512F__
    if constexpr (V::size * sizeof(typename V::value_type) == 64) {
        if constexpr (std::is_same_v<typename V::value_type, float>)
            return _mm512_fmadd_ps(a, b, c);
        else
            return _mm512_fmadd_pd(a, b, c);
    } else
#endif
        return xsimd::fma(a, b, c);
}

/// The second where either is NaN: with the lanes' number second it comes through.
template<class V>
[[gnu::always_inline]] inline V at_least(const V& bound, const V& x) {
    return xsimd::max(bound, x);
}
template<class V>
[[gnu::always_inline]] inline V at_most(const V& bound, const V& x) {
    return xsimd::min(bound, x);
}

template<class V>
struct Power {
    V two;      ///< 2ⁿ
    V fraction; ///< eʳ − 1, where x = n·ln 2 + r and |r| ≤ ½·ln 2
};

/// eˣ in two parts, x within what T holds. Coefficients: float, Chebyshev interpolation of (eʳ − 1 − r)/r²
/// (error of eʳ below 2e-9); double, Taylor's to r¹³ (4e-18).
template<class V>
[[gnu::always_inline]] inline Power<V> power(const V& any) {
    using T = typename V::value_type;
    if constexpr (std::is_same_v<T, float>) {
        const V x = at_most(V(88.0F), at_least(V(-87.0F), any));
        // Adding 1.5·2²³ rounds to an integer, which then stands in the lowest bits, here with the exponent's
        // bias.
        const V shifted = multiply_add(x, V(1.44269504F), V(12582912.0F + 127.0F));
        const V n = shifted - V(12582912.0F + 127.0F);
        V r = multiply_add(n, V(-0.693359375F), x);
        r = multiply_add(n, V(2.12194440e-4F), r);
        V p = V(0.0013926184037700295F);
        p = multiply_add(p, r, V(0.008363178931176662F));
        p = multiply_add(p, r, V(0.041666556149721146F));
        p = multiply_add(p, r, V(0.16666576266288757F));
        p = multiply_add(p, r, V(0.5F));
        const auto bits = xsimd::bitwise_cast<xsimd::batch<std::int32_t, typename V::arch_type>>(shifted)
                          << 23;
        return {xsimd::bitwise_cast<V>(bits), multiply_add(p * r, r, r)};
    } else {
        const V x = at_most(V(709.0), at_least(V(-708.0), any));
        const V shifted = multiply_add(x, V(1.4426950408889634), V(6755399441055744.0 + 1023.0));
        const V n = shifted - V(6755399441055744.0 + 1023.0);
        V r = multiply_add(n, V(-0.693145751953125), x);
        r = multiply_add(n, V(-1.42860682030941723212e-6), r);
        V p = V(1.0 / 6227020800.0);
        p = multiply_add(p, r, V(1.0 / 479001600.0));
        p = multiply_add(p, r, V(1.0 / 39916800.0));
        p = multiply_add(p, r, V(1.0 / 3628800.0));
        p = multiply_add(p, r, V(1.0 / 362880.0));
        p = multiply_add(p, r, V(1.0 / 40320.0));
        p = multiply_add(p, r, V(1.0 / 5040.0));
        p = multiply_add(p, r, V(1.0 / 720.0));
        p = multiply_add(p, r, V(1.0 / 120.0));
        p = multiply_add(p, r, V(1.0 / 24.0));
        p = multiply_add(p, r, V(1.0 / 6.0));
        p = multiply_add(p, r, V(0.5));
        const auto bits = xsimd::bitwise_cast<xsimd::batch<std::int64_t, typename V::arch_type>>(shifted)
                          << 52;
        return {xsimd::bitwise_cast<V>(bits), multiply_add(p * r, r, r)};
    }
}

template<class V>
[[gnu::always_inline]] inline V exp(const V& x) {
    const auto [two, fraction] = power(x);
    return multiply_add(two, fraction, two);
}
/// eˣ − 1, exact to rounding also near 0.
template<class V>
[[gnu::always_inline]] inline V expm1(const V& x) {
    const auto [two, fraction] = power(x);
    return multiply_add(two, fraction, two - V(1));
}
// Named in full, or xsimd's functions of the same names would be found, whose eˣ − 1 is NaN for large x.

template<class V>
[[gnu::always_inline]] inline V sigmoid(const V& x) {
    return V(1) / (V(1) + lanes::exp(-x));
}
template<class V>
[[gnu::always_inline]] inline V tanh(const V& x) {
    const V e = lanes::expm1(x + x);
    return e / (e + V(2));
}
/// ln(1 + eˣ)
template<class V>
[[gnu::always_inline]] inline V softplus(const V& x) {
    return at_least(V(0), x) + xsimd::log1p(lanes::exp(-xsimd::abs(x)));
}

} // namespace descent::lanes

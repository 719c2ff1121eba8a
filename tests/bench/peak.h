#pragma once

#include <algorithm>
#include <chrono>
#include <limits>

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace descent::bench {

/// Multiply-adds of float32 numbers that one core does a second, in the widest registers that it has and the
/// kernel is compiled for; 0 where nobody has written how to ask.
#ifdef __x86_64__

constexpr long kRounds = 1'000'000;

[[gnu::target("avx512f")]] inline float multiply_add_512() {
    __m512 sums[12];
    const __m512 factor = _mm512_set1_ps(0.999F);
    for (auto& sum : sums) sum = _mm512_set1_ps(1e-9F);
    for (long i = 0; i < kRounds; ++i)
#pragma GCC unroll 12
        for (auto& sum : sums) sum = _mm512_fmadd_ps(sum, factor, factor);
    __m512 all = sums[0];
    for (const auto& sum : sums) all = _mm512_add_ps(all, sum);
    return _mm512_cvtss_f32(all);
}

[[gnu::target("avx2,fma")]] inline float multiply_add_256() {
    __m256 sums[12];
    const __m256 factor = _mm256_set1_ps(0.999F);
    for (auto& sum : sums) sum = _mm256_set1_ps(1e-9F);
    for (long i = 0; i < kRounds; ++i)
#pragma GCC unroll 12
        for (auto& sum : sums) sum = _mm256_fmadd_ps(sum, factor, factor);
    __m256 all = sums[0];
    for (const auto& sum : sums) all = _mm256_add_ps(all, sum);
    return _mm256_cvtss_f32(all);
}

inline double multiply_adds_a_second() {
    const bool wide = __builtin_cpu_supports("avx512f");
    if (!wide && !(__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))) return 0;
    volatile float kept = 0;
    double best = std::numeric_limits<double>::infinity();
    for (int pass = 0; pass < 20; ++pass) {
        const auto start = std::chrono::steady_clock::now();
        kept = wide ? multiply_add_512() : multiply_add_256();
        best =
            std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    (void)kept;
    return 12.0 * (wide ? 16 : 8) * static_cast<double>(kRounds) / best;
}

#else
inline double multiply_adds_a_second() {
    return 0;
}
#endif

} // namespace descent::bench

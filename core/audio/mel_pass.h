#pragma once

// Part of kernels that are compiled for each instruction set, so nothing here may be shared between those:
// templates of the batch type only.

#include "core/audio/mel_kernels.h"

#include <xsimd/xsimd.hpp>

#include <cstdint>

namespace descent::mel {

template<class V>
struct Complex {
    V re, im;
    friend Complex operator+(const Complex& a, const Complex& b) { return {a.re + b.re, a.im + b.im}; }
    friend Complex operator-(const Complex& a, const Complex& b) { return {a.re - b.re, a.im - b.im}; }
};

/// Discrete Fourier transforms in place.
template<class V>
[[gnu::always_inline]] inline void dft4(Complex<V> (&x)[4]) {
    const auto a = x[0] + x[2], b = x[0] - x[2], c = x[1] + x[3], d = x[1] - x[3];
    x[0] = a + c;
    x[1] = {b.re + d.im, b.im - d.re};
    x[2] = a - c;
    x[3] = {b.re - d.im, b.im + d.re};
}
template<class V>
[[gnu::always_inline]] inline void dft5(Complex<V> (&x)[5]) {
    const V cos1(0.309016994F), cos2(-0.809016994F), sin1(0.951056516F), sin2(0.587785252F); // of 2π/5, 4π/5
    const auto a = x[1] + x[4], b = x[2] + x[3], c = x[1] - x[4], d = x[2] - x[3];
    const Complex<V> even1{x[0].re + cos1 * a.re + cos2 * b.re, x[0].im + cos1 * a.im + cos2 * b.im};
    const Complex<V> even2{x[0].re + cos2 * a.re + cos1 * b.re, x[0].im + cos2 * a.im + cos1 * b.im};
    const Complex<V> odd1{sin1 * c.re + sin2 * d.re, sin1 * c.im + sin2 * d.im};
    const Complex<V> odd2{sin2 * c.re - sin1 * d.re, sin2 * c.im - sin1 * d.im};
    x[0] = x[0] + a + b;
    x[1] = {even1.re + odd1.im, even1.im - odd1.re};
    x[2] = {even2.re + odd2.im, even2.im - odd2.re};
    x[3] = {even2.re - odd2.im, even2.im + odd2.re};
    x[4] = {even1.re - odd1.im, even1.im + odd1.re};
}

/// Of 20 = 4 · 5, which have no common factor, so that there is nothing to turn in between (Good 1958). Calls
/// in(n) and out(k, value) once for each.
template<class V, class In, class Out>
[[gnu::always_inline]] inline void dft20(const In& in, const Out& out) {
    Complex<V> rows[4][5];
#pragma GCC unroll 5
    for (std::size_t j = 0; j < 5; ++j) {
        Complex<V> x[4] = {in(4 * j), in((4 * j + 5) % 20), in((4 * j + 10) % 20), in((4 * j + 15) % 20)};
        dft4(x);
        for (std::size_t i = 0; i < 4; ++i) rows[i][j] = x[i];
    }
#pragma GCC unroll 4
    for (std::size_t i = 0; i < 4; ++i) {
        Complex<V> x[5] = {rows[i][0], rows[i][1], rows[i][2], rows[i][3], rows[i][4]};
        dft5(x);
#pragma GCC unroll 5
        for (std::size_t j = 0; j < 5; ++j) out((5 * i + 16 * j) % 20, x[j]);
    }
}

/// V::size pairs of neighbouring frames.
template<class V>
class Frames {
public:
    Frames(const Pass& pass, std::size_t pair) : pass_(pass), tables_(*pass.tables), pair_(pair) {}

    void transform() {
        columns();
        for (std::size_t k = 0; k <= kSide / 2; ++k) spectra(k);
    }
    void bands() const;

private:
    // The frames of a pair are the real and the imaginary part of one transform, of kSide² = kWindow numbers,
    // as kSide transforms down the columns and then kSide along the rows of a square. The two spectra come
    // apart by their symmetry.
    void columns() {
        for (std::size_t c = 0; c < kSide; ++c) {
            const float *samples = pass_.samples + c * pass_.stride + pair_, *window = tables_.window + c;
            dft20<V>(
                [&](std::size_t j) __attribute__((always_inline)) {
                    // kPeriod is 16 rows of the square, kHop is 8.
                    const auto at = [&](std::size_t row) __attribute__((always_inline)) {
                        return V::load_unaligned(samples + row % 16 * kSide * pass_.stride + row / 16);
                    };
                    const V w(window[kSide * j]);
                    return Complex<V>{w * at(j), w * at(j + 8)};
                },
                [&](std::size_t k, const Complex<V>& x) __attribute__((always_inline)) {
                    const V re(tables_.turn_re[c][k]), im(tables_.turn_im[c][k]);
                    square_[k][c] = {x.re * re - x.im * im, x.re * im + x.im * re};
                });
        }
    }
    void row(std::size_t k, Complex<V>* out) const {
        const auto* in = square_[k];
        dft20<V>(
            [&](std::size_t n) __attribute__((always_inline)) { return in[n]; },
            [&](std::size_t j, const Complex<V>& x) __attribute__((always_inline)) { out[j] = x; });
    }
    /// Row k has frequencies k, k + 20, …; row 20 − k those that mirror them.
    void spectra(std::size_t k) {
        Complex<V> here[kSide], there[kSide];
        row(k, here);
        const bool own = k % (kSide / 2) == 0; // mirrored in itself
        if (!own) row(kSide - k, there);
        const auto* const mirror = own ? here : there;
        const std::size_t end = k == 0 ? kSide : kSide - 1;
        for (std::size_t j = 0; j < kSide / 2; ++j) {
            store(kSide * j + k, here[j], mirror[(end - j) % kSide]);
            if (!own) store(kSide * (j + 1) - k, there[j], here[end - j]);
        }
        if (k == 0) store(kHalf, here[kSide / 2], here[kSide / 2]);
    }
    void store(std::size_t k, const Complex<V>& z, const Complex<V>& mirrored) {
        const V a = z.re + mirrored.re, b = z.im - mirrored.im;
        const V c = z.im + mirrored.im, d = z.re - mirrored.re;
        powers_[k] = {a * a + b * b, c * c + d * d};
    }

    /// Of the two frames.
    struct Both {
        V even, odd;
        friend Both operator+(const Both& a, const Both& b) { return {a.even + b.even, a.odd + b.odd}; }
        friend Both operator*(const Both& a, float b) { return {a.even * V(b), a.odd * V(b)}; }
    };

    const Pass& pass_;
    const Tables& tables_;
    std::size_t pair_;
    Complex<V> square_[kSide][kSide];
    Both powers_[kHalf + 1]; // times 4
};

template<class V>
void Frames<V>::bands() const {
    const std::size_t begin = 2 * pair_, left = pass_.frames - begin;
    const Both none{V(0), V(0)};
    Both rising = none;
    for (std::size_t c = 0; c <= kBands; ++c) {
        Both rise = none, fall = none;
        for (std::size_t k = tables_.first[c]; k < tables_.first[c + 1]; ++k) {
            Both power = powers_[k];
            if (pass_.sources != nullptr) {
                const auto [below, share] = pass_.sources[k];
                power = powers_[below] * (1 - share) + powers_[below + 1] * share;
            }
            rise = rise + power * tables_.rise[k];
            fall = fall + power * tables_.fall[k];
        }
        if (c > 0) {
            const Both band = rising + fall;
            float* const out = pass_.power + (c - 1) * pass_.frames + begin;
            float even[V::size], odd[V::size], all[2 * V::size];
            band.even.store_unaligned(even);
            band.odd.store_unaligned(odd);
            for (std::size_t i = 0; i < V::size; ++i) {
                all[2 * i] = even[i];
                all[2 * i + 1] = odd[i];
            }
            if (left >= 2 * V::size)
                __builtin_memcpy(out, all, sizeof all);
            else
                for (std::size_t i = 0; i < left; ++i) out[i] = all[i];
        }
        rising = rise;
    }
}

template<class V>
void spectrogram(const Pass& pass) {
    for (std::size_t pair = 0; 2 * pair < pass.frames; pair += V::size) {
        Frames<V> frames(pass, pair);
        frames.transform();
        frames.bands();
    }
}

/// With x = m · 2^e and m in [√½, √2): log x = e log 2 + 2 artanh((m − 1) / (m + 1)), by its series, whose
/// next term is under 1e-8 of the sum.
template<class V>
[[gnu::always_inline]] inline V log(const V& power) {
    using Bits = xsimd::batch<std::int32_t, typename V::arch_type>;
    constexpr std::int32_t kRootHalf = 0x3F3504F3; // bits of √½
    const Bits bits = xsimd::bitwise_cast<Bits>(xsimd::min(xsimd::max(power, V(1e-9F)), V(1e9F)));
    const Bits e = (bits - Bits(kRootHalf)) >> 23;
    const V m = xsimd::bitwise_cast<V>(bits - (e << 23));
    const V s = (m - V(1)) / (m + V(1)), q = s * s;
    const V series = V(2) + q * (V(2.0F / 3) + q * (V(2.0F / 5) + q * (V(2.0F / 7) + q * V(2.0F / 9))));
    return s * series + xsimd::to_float(e) * V(0.693147181F);
}

template<class V>
void log(float* power, std::size_t count) {
    std::size_t i = 0;
    for (; i + V::size <= count; i += V::size)
        mel::log(V::load_unaligned(power + i)).store_unaligned(power + i);
    float rest[V::size] = {};
    for (std::size_t k = i; k < count; ++k) rest[k - i] = power[k];
    mel::log(V::load_unaligned(rest)).store_unaligned(rest);
    for (std::size_t k = i; k < count; ++k) power[k] = rest[k - i];
}

template<class Arch>
consteval Kernels kernels_for() {
    using V = xsimd::batch<float, Arch>;
    static_assert(V::size <= kMostLanes);
    return {&spectrogram<V>, &log<V>};
}

} // namespace descent::mel

#pragma once

// The passes for one instruction set: included by crnn_<instruction set>.cpp only.

#include "core/engine/lanes_rows.h"
#include "core/models/crnn_sets.h"

#include <algorithm>

namespace descent::crnn {

template<class V>
constexpr std::int64_t width = static_cast<std::int64_t>(V::size);

/// The sum of a register's numbers.
template<class V>
[[gnu::always_inline]] inline typename V::value_type total(const V& v) {
    using T = typename V::value_type;
#ifdef __AVX512F__
    if constexpr (V::size * sizeof(T) == 64) {
        if constexpr (std::is_same_v<T, float>)
            return _mm512_reduce_add_ps(v);
        else
            return _mm512_reduce_add_pd(v);
    }
#endif
    T all[V::size];
    v.store_unaligned(all);
    for (std::size_t half = V::size / 2; half > 0; half /= 2)
        for (std::size_t i = 0; i < half; ++i) all[i] += all[half + i];
    return all[0];
}

/// A square of numbers, transposed: `from` has rows `apart` numbers from each other, `to` rows of W.
template<class T, std::int64_t W>
[[gnu::always_inline]] inline void transpose_square(const T* from, std::int64_t apart, T* to) {
#ifdef __SSE2__
    using Q = xsimd::batch<T, xsimd::sse2>;
    const auto row = [&](std::int64_t i) { return Q::load_unaligned(from + i * apart); };
    const auto put = [&](std::int64_t i, const Q& q) { q.store_unaligned(to + i * W); };
    if constexpr (Q::size == 4) {
        const Q a = xsimd::zip_lo(row(0), row(2)), b = xsimd::zip_lo(row(1), row(3));
        const Q c = xsimd::zip_hi(row(0), row(2)), d = xsimd::zip_hi(row(1), row(3));
        put(0, xsimd::zip_lo(a, b)), put(1, xsimd::zip_hi(a, b));
        put(2, xsimd::zip_lo(c, d)), put(3, xsimd::zip_hi(c, d));
    } else {
        put(0, xsimd::zip_lo(row(0), row(1))), put(1, xsimd::zip_hi(row(0), row(1)));
    }
#else
    for (std::int64_t i = 0; i < 2; ++i)
        for (std::int64_t k = 0; k < 2; ++k) to[k * W + i] = from[i * apart + k];
#endif
}
#ifdef __SSE2__
template<class T>
constexpr std::int64_t square = 16 / sizeof(T);
#else
template<class T>
constexpr std::int64_t square = 2;
#endif

/// `from` [examples, pixels] → `to` [pixels, W], filled up with zeros.
template<class T, class V>
void interleave(const T* from, std::int64_t examples, std::int64_t pixels, T* to) {
    constexpr auto w = width<V>, side = square<T>;
    std::int64_t p = 0;
    if (examples < w)
        std::fill(to, to + pixels * w, T(0));
    else if constexpr (w % side == 0)
        for (; p + side <= pixels; p += side)
            for (std::int64_t i = 0; i < w; i += side)
                transpose_square<T, w>(from + i * pixels + p, pixels, to + p * w + i);
    for (; p < pixels; ++p)
        for (std::int64_t i = 0; i < examples; ++i) to[p * w + i] = from[i * pixels + p];
}

/// Registers of a tile of the convolution: channels × places, and × taps on the way back.
template<class V>
struct Tile {
    static constexpr bool wide = sizeof(typename V::value_type) * V::size == 64; // 32 registers
    static constexpr int channels = wide ? 8 : 4, places = wide ? 3 : 2;
    static_assert(kChannels % channels == 0);
};

/// Maps of C channels at P places of one group. `weights` [taps, kChannels]; `inputs` of the first place;
/// places are `apart` numbers from each other in the input, `out_apart` in a map; maps are `maps_apart`.
template<class V, int C, int P>
[[gnu::always_inline]] inline void
tile_forward(const Convolution& shape, const typename V::value_type* inputs, std::int64_t apart,
             const typename V::value_type* weights, const typename V::value_type* bias, std::int64_t channels,
             typename V::value_type* maps, std::int64_t out_apart, std::int64_t maps_apart) {
    constexpr auto w = width<V>;
    V sum[C][P];
#pragma GCC unroll 8
    for (int c = 0; c < C; ++c) {
#pragma GCC unroll 4
        for (int p = 0; p < P; ++p) sum[c][p] = V(c < channels ? bias[c] : 0);
    }
    for (std::int64_t kb = 0; kb < shape.kernel_bands; ++kb) {
        const auto* x = inputs + kb * shape.frames * w;
        for (std::int64_t kf = 0; kf < shape.kernel_frames; ++kf, x += w, weights += kChannels) {
            V at[P];
#pragma GCC unroll 4
            for (int p = 0; p < P; ++p) at[p] = V::load_aligned(x + p * apart);
#pragma GCC unroll 8
            for (int c = 0; c < C; ++c) {
                const V factor(weights[c]);
#pragma GCC unroll 4
                for (int p = 0; p < P; ++p) sum[c][p] = lanes::multiply_add(factor, at[p], sum[c][p]);
            }
        }
    }
#pragma GCC unroll 8
    for (int c = 0; c < C; ++c) {
        if (c >= channels) break;
#pragma GCC unroll 4
        for (int p = 0; p < P; ++p) sum[c][p].store_aligned(maps + c * maps_apart + p * out_apart);
    }
}

template<class T, class V>
void convolve(const ConvolutionPass<T>& pass) {
    constexpr auto w = width<V>;
    using Size = Tile<V>;
    const auto& s = pass.shape;
    const auto taps = s.taps(), bands = s.bands_out(), steps = s.steps();
    const auto groups = (pass.examples + w - 1) / w, row = groups * w;
    for (std::int64_t c = 0; c < padded(s.channels); ++c) // [channels / kChannels, taps, kChannels]
        for (std::int64_t k = 0; k < taps; ++k)
            pass.space[(c / kChannels * taps + k) * kChannels + c % kChannels] =
                c < s.channels ? pass.weight[c * taps + k] : T(0);
    const auto apart = s.stride_bands * s.frames * w, out_apart = steps * row, maps_apart = bands * out_apart;
    for (std::int64_t group = 0; group < groups; ++group) {
        T* inputs = pass.inputs + group * s.pixels() * w;
        interleave<T, V>(pass.clips + group * w * s.pixels(), std::min(w, pass.examples - group * w),
                         s.pixels(), inputs);
        for (std::int64_t first = 0; first < s.channels; first += Size::channels) {
            const T* weights = pass.space + first / kChannels * taps * kChannels + first % kChannels;
            for (std::int64_t t = 0; t < steps; ++t) {
                const T* x = inputs + t * s.stride_frames * w;
                T* maps = pass.maps + first * maps_apart + t * row + group * w;
                std::int64_t b = 0;
                for (; b + Size::places <= bands; b += Size::places)
                    tile_forward<V, Size::channels, Size::places>(
                        s, x + b * apart, apart, weights, pass.bias + first, s.channels - first,
                        maps + b * out_apart, out_apart, maps_apart);
                for (; b < bands; ++b)
                    tile_forward<V, Size::channels, 1>(s, x + b * apart, apart, weights, pass.bias + first,
                                                       s.channels - first, maps + b * out_apart, out_apart,
                                                       maps_apart);
            }
        }
    }
}

/// The gradient of C channels' weights at P neighbouring taps, from one group. `d_maps` [steps, bands,
/// kChannels, W].
template<class V, int C, int P>
[[gnu::always_inline]] inline void
tile_backward(const Convolution& shape, const typename V::value_type* inputs,
              const typename V::value_type* d_maps, std::int64_t channels, typename V::value_type* d_weight) {
    constexpr auto w = width<V>;
    V sum[C][P];
#pragma GCC unroll 8
    for (int c = 0; c < C; ++c) {
#pragma GCC unroll 4
        for (int p = 0; p < P; ++p) sum[c][p] = V(0);
    }
    const auto bands = shape.bands_out(), steps = shape.steps();
    for (std::int64_t t = 0; t < steps; ++t) {
        const auto* x = inputs + t * shape.stride_frames * w;
        for (std::int64_t b = 0; b < bands;
             ++b, x += shape.stride_bands * shape.frames * w, d_maps += kChannels * w) {
            V at[P];
#pragma GCC unroll 4
            for (int p = 0; p < P; ++p) at[p] = V::load_aligned(x + p * w);
#pragma GCC unroll 8
            for (int c = 0; c < C; ++c) {
                const V d = V::load_aligned(d_maps + c * w);
#pragma GCC unroll 4
                for (int p = 0; p < P; ++p) sum[c][p] = lanes::multiply_add(d, at[p], sum[c][p]);
            }
        }
    }
#pragma GCC unroll 8
    for (int c = 0; c < C; ++c) {
        if (c >= channels) break;
#pragma GCC unroll 4
        for (int p = 0; p < P; ++p) d_weight[c * shape.taps() + p] += total(sum[c][p]);
    }
}

template<class T, class V>
void convolve_back(const ConvolutionGradient<T>& pass) {
    constexpr auto w = width<V>;
    using Size = Tile<V>;
    const auto& s = pass.shape;
    const auto bands = s.bands_out(), steps = s.steps();
    const auto groups = (pass.examples + w - 1) / w, row = groups * w;
    for (std::int64_t group = 0; group < groups; ++group) {
        const T* inputs = pass.inputs + group * s.pixels() * w;
        for (std::int64_t block = 0; block < s.channels; block += kChannels) {
            // What the tiles pass over again and again, side by side.
            for (std::int64_t c = 0; c < kChannels; ++c) {
                V sum(0);
                for (std::int64_t b = 0; b < bands; ++b) {
                    const T* d = pass.d_maps + ((block + c) * bands + b) * steps * row + group * w;
                    for (std::int64_t t = 0; t < steps; ++t) {
                        const V at = block + c < s.channels ? V::load_aligned(d + t * row) : V(0);
                        sum += at;
                        at.store_aligned(pass.space + ((t * bands + b) * kChannels + c) * w);
                    }
                }
                if (block + c < s.channels) pass.d_bias[block + c] += total(sum);
            }
            for (std::int64_t first = 0; first < kChannels && block + first < s.channels;
                 first += Size::channels) {
                const T* d_maps = pass.space + first * w;
                const auto left = s.channels - block - first;
                for (std::int64_t kb = 0; kb < s.kernel_bands; ++kb) {
                    const T* x = inputs + kb * s.frames * w;
                    T* d_weight = pass.d_weight + (block + first) * s.taps() + kb * s.kernel_frames;
                    std::int64_t kf = 0;
                    for (; kf + Size::places <= s.kernel_frames; kf += Size::places)
                        tile_backward<V, Size::channels, Size::places>(s, x + kf * w, d_maps, left,
                                                                       d_weight + kf);
                    for (; kf + 2 <= s.kernel_frames; kf += 2)
                        tile_backward<V, Size::channels, 2>(s, x + kf * w, d_maps, left, d_weight + kf);
                    for (; kf < s.kernel_frames; ++kf)
                        tile_backward<V, Size::channels, 1>(s, x + kf * w, d_maps, left, d_weight + kf);
                }
            }
        }
    }
}

template<class T, class V>
void gru_forward(const GruStep<T>& s) {
    const auto h = s.hidden, gates = 3 * h;
    for (std::int64_t i = 0; i < s.rows; ++i) {
        const T *a = s.input + i * gates, *u = s.recurrent ? s.recurrent + i * gates : nullptr;
        const T* before = s.recurrent ? s.before + i * h : nullptr;
        T *after = s.after + i * h, *kept = s.kept + i * 4 * h;
        const auto row = [&](auto load, auto store) __attribute__((always_inline)) {
            const auto past = [&](const T* numbers, const T* bias) {
                return u ? load(numbers) + load(bias) : load(bias);
            };
            const V r = lanes::sigmoid(load(a) + load(s.bias_input) + past(u, s.bias_recurrent));
            const V z =
                lanes::sigmoid(load(a + h) + load(s.bias_input + h) + past(u + h, s.bias_recurrent + h));
            const V un = past(u + 2 * h, s.bias_recurrent + 2 * h);
            const V n = lanes::tanh(lanes::multiply_add(r, un, load(a + 2 * h) + load(s.bias_input + 2 * h)));
            store(u ? lanes::multiply_add(z, load(before) - n, n) : n - z * n, after);
            store(r, kept);
            store(z, kept + h);
            store(n, kept + 2 * h);
            store(un, kept + 3 * h);
        };
        lanes::over<V>(h, row);
    }
}

template<class T, class V>
void gru_backward(const GruGradient<T>& s) {
    const auto h = s.hidden;
    for (std::int64_t i = 0; i < s.rows; ++i) {
        const T *kept = s.kept + i * 4 * h, *d_after = s.d_after + i * h;
        const T* before = s.before ? s.before + i * h : nullptr;
        T *d = s.d_gates + i * 4 * h, *d_before = s.before ? s.d_before + i * h : nullptr;
        lanes::over<V>(
            h, [&](auto load, auto store) __attribute__((always_inline)) {
                const V r = load(kept), z = load(kept + h), n = load(kept + 2 * h), of_after = load(d_after);
                const V dn = of_after * (V(1) - z) * (V(1) - n * n);
                store(dn, d);
                store(dn * load(kept + 3 * h) * r * (V(1) - r), d + h);
                store(of_after * (before ? load(before) - n : -n) * z * (V(1) - z), d + 2 * h);
                store(dn * r, d + 3 * h);
                if (before) store(load(d_before) + of_after * z, d_before);
            });
    }
}

template<class T, class V>
void attend(const Attention<T>& a) {
    const auto step = a.rows * a.hidden;
    for (std::int64_t i = 0; i < a.rows; ++i) {
        T* shares = a.shares + i * a.steps;
        for (std::int64_t t = 0; t < a.steps; ++t) {
            T* units = a.units + t * step + i * a.hidden;
            V energy(0);
            lanes::over<V>(
                a.hidden, [&](auto load, auto store) __attribute__((always_inline)) {
                    const V u = lanes::tanh(load(units) + load(a.bias));
                    store(u, units);
                    energy = lanes::multiply_add(u, load(a.query), energy);
                });
            shares[t] = total(energy);
        }
        const T largest = *std::max_element(shares, shares + a.steps);
        V sum(0);
        lanes::over<V>(
            a.steps, [&](auto load, auto store)
                         __attribute__((always_inline)) { store(load(shares) - V(largest), shares); });
        lanes::over<V>(
            a.steps, [&](auto load, auto store)
                         __attribute__((always_inline)) { store(lanes::exp(load(shares)), shares); });
        lanes::over<V>(
            a.steps, [&](auto load, auto) __attribute__((always_inline)) { sum += load(shares); });
        const V whole(total(sum));
        lanes::over<V>(
            a.steps, [&](auto load, auto store)
                         __attribute__((always_inline)) { store(load(shares) / whole, shares); });
        lanes::over<V>(
            a.hidden, [&](auto load, auto store) __attribute__((always_inline)) {
                V result(0);
                for (std::int64_t t = 0; t < a.steps; ++t)
                    result =
                        lanes::multiply_add(V(shares[t]), load(a.states + t * step + i * a.hidden), result);
                store(result, a.result + i * a.hidden);
            });
    }
}

template<class T, class V>
void attend_back(const AttentionGradient<T>& a) {
    const auto step = a.rows * a.hidden;
    for (std::int64_t i = 0; i < a.rows; ++i) {
        const T *d_result = a.d_result + i * a.hidden, *shares = a.shares + i * a.steps;
        // The energy of step t: shares[t] · (d_result·state[t] − Σ shares · those).
        T mean = 0;
        for (std::int64_t t = 0; t < a.steps; ++t) {
            const T* state = a.states + t * step + i * a.hidden;
            T* d_state = a.d_states + t * step + i * a.hidden;
            V dot(0);
            lanes::over<V>(
                a.hidden, [&](auto load, auto store) __attribute__((always_inline)) {
                    const V d = load(d_result);
                    dot = lanes::multiply_add(d, load(state), dot);
                    store(d * V(shares[t]), d_state);
                });
            // In a place that is written below.
            a.d_units[t * step + i * a.hidden] = total(dot);
            mean += shares[t] * a.d_units[t * step + i * a.hidden];
        }
        for (std::int64_t t = 0; t < a.steps; ++t) {
            const T* units = a.units + t * step + i * a.hidden;
            T* d_units = a.d_units + t * step + i * a.hidden;
            const V d_energy(shares[t] * (d_units[0] - mean));
            lanes::over<V>(
                a.hidden, [&](auto load, auto store) __attribute__((always_inline)) {
                    const V u = load(units), du = d_energy * load(a.query) * (V(1) - u * u);
                    store(du, d_units);
                    store(load(a.d_bias) + du, a.d_bias);
                    store(lanes::multiply_add(d_energy, u, load(a.d_query)), a.d_query);
                });
        }
    }
}

template<class T, class V>
void add_rows(const T* from, std::int64_t rows, std::int64_t columns, std::int64_t apart, T* to) {
    constexpr auto w = width<V>;
    std::int64_t k = 0;
    for (; k + 4 * w <= columns; k += 4 * w) {
        V sum[4] = {V(0), V(0), V(0), V(0)};
        for (std::int64_t i = 0; i < rows; ++i)
#pragma GCC unroll 4
            for (int j = 0; j < 4; ++j) sum[j] += V::load_unaligned(from + i * apart + k + j * w);
        for (int j = 0; j < 4; ++j)
            (V::load_unaligned(to + k + j * w) + sum[j]).store_unaligned(to + k + j * w);
    }
    lanes::over<V>(
        columns - k, [&](auto load, auto store) __attribute__((always_inline)) {
            V sum(0);
            for (std::int64_t i = 0; i < rows; ++i) sum += load(from + i * apart + k);
            store(load(to + k) + sum, to + k);
        });
}

template<class T, class Arch>
constexpr Kernels<T> kernels_for() {
    using V = xsimd::batch<T, Arch>;
    return {width<V>,      &convolve<T, V>,    &convolve_back<T, V>, &gru_forward<T, V>, &gru_backward<T, V>,
            &attend<T, V>, &attend_back<T, V>, &add_rows<T, V>};
}

} // namespace descent::crnn

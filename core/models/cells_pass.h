#pragma once

// A step over rows, for one instruction set: included by cells_<instruction set>.cpp only.

#include "core/engine/lanes_rows.h"
#include "core/models/cells_sets.h"

namespace descent::cells {

// A cell's step over one row. `a`, `u`, `before` … point to the row; h is H.

template<class V>
struct Linear {
    static constexpr Cell cell = Cell::linear;
    using T = typename V::value_type;
    static void forward(std::int64_t h, const T* a, const T* u, const T*, T*, T* after) {
        lanes::over<V>(
            h, [&](auto load, auto store)
                   __attribute__((always_inline)) { store(load(a) + load(u), after); });
    }
    static void backward(std::int64_t h, const T*, const T*, const T*, const T* d_after, T* da, T* du, T*) {
        lanes::over<V>(
            h, [&](auto load, auto store) __attribute__((always_inline)) {
                const V d = load(d_after);
                store(load(da) + d, da);
                store(load(du) + d, du);
            });
    }
};

template<class V>
struct Elman {
    static constexpr Cell cell = Cell::elman;
    using T = typename V::value_type;
    static void forward(std::int64_t h, const T* a, const T* u, const T*, T*, T* after) {
        lanes::over<V>(
            h, [&](auto load, auto store)
                   __attribute__((always_inline)) { store(lanes::tanh(load(a) + load(u)), after); });
    }
    static void backward(std::int64_t h, const T*, const T*, const T* after, const T* d_after, T* da, T* du,
                         T*) {
        lanes::over<V>(
            h, [&](auto load, auto store) __attribute__((always_inline)) {
                const V y = load(after), d = load(d_after) * (V(1) - y * y);
                store(load(da) + d, da);
                store(load(du) + d, du);
            });
    }
};

template<class V>
struct Gru {
    static constexpr Cell cell = Cell::gru;
    using T = typename V::value_type;
    /// Kept: r, z, n and u of n.
    static void forward(std::int64_t h, const T* a, const T* u, const T* before, T* kept, T* after) {
        lanes::over<V>(
            h, [&](auto load, auto store) __attribute__((always_inline)) {
                const V r = lanes::sigmoid(load(a) + load(u));
                const V z = lanes::sigmoid(load(a + h) + load(u + h));
                const V un = load(u + 2 * h);
                const V n = lanes::tanh(lanes::multiply_add(r, un, load(a + 2 * h)));
                store(lanes::multiply_add(z, load(before) - n, n), after);
                if (!kept) return;
                store(r, kept);
                store(z, kept + h);
                store(n, kept + 2 * h);
                store(un, kept + 3 * h);
            });
    }
    static void backward(std::int64_t h, const T* before, const T* kept, const T*, const T* d_after, T* da,
                         T* du, T* d_before) {
        lanes::over<V>(
            h, [&](auto load, auto store) __attribute__((always_inline)) {
                const V r = load(kept), z = load(kept + h), n = load(kept + 2 * h);
                const V d = load(d_after);
                const V dn = d * (V(1) - z) * (V(1) - n * n);
                const V dz = d * (load(before) - n) * z * (V(1) - z);
                const V dr = dn * load(kept + 3 * h) * r * (V(1) - r);
                store(load(d_before) + d * z, d_before);
                store(load(da) + dr, da);
                store(load(da + h) + dz, da + h);
                store(load(da + 2 * h) + dn, da + 2 * h);
                store(load(du) + dr, du);
                store(load(du + h) + dz, du + h);
                store(load(du + 2 * h) + dn * r, du + 2 * h);
            });
    }
};

template<class V>
struct Lstm {
    static constexpr Cell cell = Cell::lstm;
    using T = typename V::value_type;
    /// Kept: i, f, g, o.
    static void forward(std::int64_t h, const T* a, const T* u, const T* before, T* kept, T* after) {
        lanes::over<V>(
            h, [&](auto load, auto store) __attribute__((always_inline)) {
                const V i = lanes::sigmoid(load(a) + load(u));
                const V f = lanes::sigmoid(load(a + h) + load(u + h));
                const V g = lanes::tanh(load(a + 2 * h) + load(u + 2 * h));
                const V o = lanes::sigmoid(load(a + 3 * h) + load(u + 3 * h));
                const V c = lanes::multiply_add(f, load(before + h), i * g);
                store(o * lanes::tanh(c), after);
                store(c, after + h);
                if (!kept) return;
                store(i, kept);
                store(f, kept + h);
                store(g, kept + 2 * h);
                store(o, kept + 3 * h);
            });
    }
    static void backward(std::int64_t h, const T* before, const T* kept, const T* after, const T* d_after,
                         T* da, T* du, T* d_before) {
        lanes::over<V>(
            h, [&](auto load, auto store) __attribute__((always_inline)) {
                const V i = load(kept), f = load(kept + h), g = load(kept + 2 * h);
                const V o = load(kept + 3 * h), t = lanes::tanh(load(after + h));
                const V d = load(d_after);
                const V dc = lanes::multiply_add(d * o, V(1) - t * t, load(d_after + h));
                const V slopes[] = {dc * g * i * (V(1) - i), dc * load(before + h) * f * (V(1) - f),
                                    dc * i * (V(1) - g * g), d * t * o * (V(1) - o)};
                store(load(d_before + h) + dc * f, d_before + h);
                for (std::int64_t gate = 0; gate < 4; ++gate) {
                    const auto at = gate * h;
                    store(load(da + at) + slopes[gate], da + at);
                    store(load(du + at) + slopes[gate], du + at);
                }
            });
    }
};

template<class Row>
void forward(const Step<typename Row::T>& s) {
    const std::int64_t h = s.hidden, g = gates(Row::cell) * h, state = states(Row::cell) * h;
    for (std::int64_t i = 0; i < s.rows; ++i) {
        const std::int64_t input = s.inputs ? s.inputs[i] : i, past = s.pasts ? s.pasts[i] : i;
        Row::forward(h, s.input + input * g, s.recurrent + (past - s.first_past) * g, s.before + past * state,
                     s.kept ? s.kept + i * kept(Row::cell) * h : nullptr, s.after + i * state);
    }
}

template<class Row>
void backward(const StepGradient<typename Row::T>& s) {
    const std::int64_t h = s.hidden, g = gates(Row::cell) * h, state = states(Row::cell) * h;
    for (std::int64_t i = 0; i < s.rows; ++i) {
        const std::int64_t input = s.inputs ? s.inputs[i] : i, past = s.pasts ? s.pasts[i] : i;
        Row::backward(h, s.before + past * state, s.kept + i * kept(Row::cell) * h, s.after + i * state,
                      s.d_after + i * state, s.d_input + input * g, s.d_recurrent + (past - s.first_past) * g,
                      s.d_before + past * state);
    }
}

template<class T, class Arch>
constexpr Set<T> set_for() {
    using V = xsimd::batch<T, Arch>;
    return {{{&forward<Linear<V>>, &backward<Linear<V>>},
             {&forward<Elman<V>>, &backward<Elman<V>>},
             {&forward<Gru<V>>, &backward<Gru<V>>},
             {&forward<Lstm<V>>, &backward<Lstm<V>>}}};
}

} // namespace descent::cells

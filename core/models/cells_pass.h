#pragma once

// A step over rows, for one instruction set: included by cells_<instruction set>.cpp only.

#include "core/engine/lanes_math.h"
#include "core/models/cells_sets.h"

namespace descent::cells {

/// How a register's numbers are read and written: all of them, or at the end of a row what is left.
template<class V>
struct Whole {
    using T = typename V::value_type;
    V load(const T* at) const { return V::load_unaligned(at); }
    void store(const V& v, T* at) const { v.store_unaligned(at); }
};
template<class V>
struct Part {
    using T = typename V::value_type;
    std::int64_t count;
    V load(const T* at) const {
        T all[V::size] = {};
        for (std::int64_t i = 0; i < count; ++i) all[i] = at[i];
        return V::load_unaligned(all);
    }
    void store(const V& v, T* at) const {
        T all[V::size];
        v.store_unaligned(all);
        for (std::int64_t i = 0; i < count; ++i) at[i] = all[i];
    }
};

template<class V, class F>
[[gnu::always_inline]] inline void over(std::int64_t hidden, const F& f) {
    constexpr auto width = static_cast<std::int64_t>(V::size);
    std::int64_t k = 0;
    for (; k + width <= hidden; k += width) f(k, Whole<V>{});
    if (k < hidden) f(k, Part<V>{hidden - k});
}

// A cell's step over one row. `a`, `u`, `before` … point to the row; h is H.

template<class V>
struct Linear {
    static constexpr Cell cell = Cell::linear;
    using T = typename V::value_type;
    static void forward(std::int64_t h, const T* a, const T* u, const T*, T*, T* after) {
        over<V>(h, [&](auto k, auto io) { io.store(io.load(a + k) + io.load(u + k), after + k); });
    }
    static void backward(std::int64_t h, const T*, const T*, const T*, const T* d_after, T* da, T* du, T*) {
        over<V>(h, [&](auto k, auto io) {
            const V d = io.load(d_after + k);
            io.store(io.load(da + k) + d, da + k);
            io.store(io.load(du + k) + d, du + k);
        });
    }
};

template<class V>
struct Elman {
    static constexpr Cell cell = Cell::elman;
    using T = typename V::value_type;
    static void forward(std::int64_t h, const T* a, const T* u, const T*, T*, T* after) {
        over<V>(h,
                [&](auto k, auto io) { io.store(lanes::tanh(io.load(a + k) + io.load(u + k)), after + k); });
    }
    static void backward(std::int64_t h, const T*, const T*, const T* after, const T* d_after, T* da, T* du,
                         T*) {
        over<V>(h, [&](auto k, auto io) {
            const V y = io.load(after + k), d = io.load(d_after + k) * (V(1) - y * y);
            io.store(io.load(da + k) + d, da + k);
            io.store(io.load(du + k) + d, du + k);
        });
    }
};

template<class V>
struct Gru {
    static constexpr Cell cell = Cell::gru;
    using T = typename V::value_type;
    /// Kept: r, z, n and u of n.
    static void forward(std::int64_t h, const T* a, const T* u, const T* before, T* kept, T* after) {
        over<V>(h, [&](auto k, auto io) {
            const V r = lanes::sigmoid(io.load(a + k) + io.load(u + k));
            const V z = lanes::sigmoid(io.load(a + h + k) + io.load(u + h + k));
            const V un = io.load(u + 2 * h + k);
            const V n = lanes::tanh(lanes::multiply_add(r, un, io.load(a + 2 * h + k)));
            io.store(lanes::multiply_add(z, io.load(before + k) - n, n), after + k);
            if (!kept) return;
            io.store(r, kept + k);
            io.store(z, kept + h + k);
            io.store(n, kept + 2 * h + k);
            io.store(un, kept + 3 * h + k);
        });
    }
    static void backward(std::int64_t h, const T* before, const T* kept, const T*, const T* d_after, T* da,
                         T* du, T* d_before) {
        over<V>(h, [&](auto k, auto io) {
            const V r = io.load(kept + k), z = io.load(kept + h + k), n = io.load(kept + 2 * h + k);
            const V d = io.load(d_after + k);
            const V dn = d * (V(1) - z) * (V(1) - n * n);
            const V dz = d * (io.load(before + k) - n) * z * (V(1) - z);
            const V dr = dn * io.load(kept + 3 * h + k) * r * (V(1) - r);
            io.store(io.load(d_before + k) + d * z, d_before + k);
            io.store(io.load(da + k) + dr, da + k);
            io.store(io.load(da + h + k) + dz, da + h + k);
            io.store(io.load(da + 2 * h + k) + dn, da + 2 * h + k);
            io.store(io.load(du + k) + dr, du + k);
            io.store(io.load(du + h + k) + dz, du + h + k);
            io.store(io.load(du + 2 * h + k) + dn * r, du + 2 * h + k);
        });
    }
};

template<class V>
struct Lstm {
    static constexpr Cell cell = Cell::lstm;
    using T = typename V::value_type;
    /// Kept: i, f, g, o.
    static void forward(std::int64_t h, const T* a, const T* u, const T* before, T* kept, T* after) {
        over<V>(h, [&](auto k, auto io) {
            const V i = lanes::sigmoid(io.load(a + k) + io.load(u + k));
            const V f = lanes::sigmoid(io.load(a + h + k) + io.load(u + h + k));
            const V g = lanes::tanh(io.load(a + 2 * h + k) + io.load(u + 2 * h + k));
            const V o = lanes::sigmoid(io.load(a + 3 * h + k) + io.load(u + 3 * h + k));
            const V c = lanes::multiply_add(f, io.load(before + h + k), i * g);
            io.store(o * lanes::tanh(c), after + k);
            io.store(c, after + h + k);
            if (!kept) return;
            io.store(i, kept + k);
            io.store(f, kept + h + k);
            io.store(g, kept + 2 * h + k);
            io.store(o, kept + 3 * h + k);
        });
    }
    static void backward(std::int64_t h, const T* before, const T* kept, const T* after, const T* d_after,
                         T* da, T* du, T* d_before) {
        over<V>(h, [&](auto k, auto io) {
            const V i = io.load(kept + k), f = io.load(kept + h + k), g = io.load(kept + 2 * h + k);
            const V o = io.load(kept + 3 * h + k), t = lanes::tanh(io.load(after + h + k));
            const V d = io.load(d_after + k);
            const V dc = lanes::multiply_add(d * o, V(1) - t * t, io.load(d_after + h + k));
            const V slopes[] = {dc * g * i * (V(1) - i), dc * io.load(before + h + k) * f * (V(1) - f),
                                dc * i * (V(1) - g * g), d * t * o * (V(1) - o)};
            io.store(io.load(d_before + h + k) + dc * f, d_before + h + k);
            for (std::int64_t gate = 0; gate < 4; ++gate) {
                const auto at = gate * h + k;
                io.store(io.load(da + at) + slopes[gate], da + at);
                io.store(io.load(du + at) + slopes[gate], du + at);
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

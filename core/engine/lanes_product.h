#pragma once

// The products of a pass, all of one form: c(i, j) = Σ_k a(i, k)·b(j, k), where each element is a register of
// lanes. Tiles of them are summed up in registers.

#include "core/engine/lanes_math.h"

#include <cstddef>
#include <type_traits>

namespace descent::lanes {

/// Where elements lie, in numbers: (i, k) at data + i·row + k·step.
template<class T>
struct Operand {
    const T* data;
    std::ptrdiff_t row, step;
};
template<class T>
struct Target {
    T* data;
    std::ptrdiff_t row, column;
};

// What becomes of a sum; `from_target`: it is begun at what is there.

struct Set {
    static constexpr bool from_target = false;
    template<class V, class T>
    static void store(const V& sum, T* at) {
        sum.store_aligned(at);
    }
};
struct Add : Set {
    static constexpr bool from_target = true;
};
struct SetPositive { ///< 0 in place of what is below
    static constexpr bool from_target = false;
    template<class V, class T>
    static void store(const V& sum, T* at) {
        at_least(V(T(0)), sum).store_aligned(at);
    }
};
/// The sum times a function of what is there.
template<class F>
struct Multiply {
    static constexpr bool from_target = false;
    template<class V, class T>
    static void store(const V& sum, T* at) {
        (sum * F::of(V::load_aligned(at))).store_aligned(at);
    }
};

// Of a nonlinearity's slope, from the slope itself or from the value.

struct Itself {
    template<class V>
    static V of(const V& slope) {
        return slope;
    }
};
struct SlopeOfRelu {
    template<class V>
    static V of(const V& y) {
        return xsimd::select(y > V(0), V(1), V(0));
    }
};
struct SlopeOfSigmoid {
    template<class V>
    static V of(const V& y) {
        return multiply_add(-y, y, y);
    }
};
struct SlopeOfTanh {
    template<class V>
    static V of(const V& y) {
        return multiply_add(-y, y, V(1));
    }
};

/// `spread`: b is one number for all lanes.
template<class V, class Store, bool spread, int rows, int columns, class T>
inline void tile(const T* a, const Operand<T>& as, const T* b, const Operand<T>& bs, T* c,
                 const Target<T>& cs, std::ptrdiff_t terms) {
    V sums[rows][columns];
#pragma GCC unroll 8
    for (int i = 0; i < rows; ++i)
#pragma GCC unroll 8
        for (int j = 0; j < columns; ++j) {
            if constexpr (Store::from_target)
                sums[i][j] = V::load_aligned(c + i * cs.row + j * cs.column);
            else
                sums[i][j] = V(T(0));
        }
    for (std::ptrdiff_t k = 0; k < terms; ++k) {
        V right[columns];
#pragma GCC unroll 8
        for (int j = 0; j < columns; ++j) {
            const T* at = b + j * bs.row;
            if constexpr (spread)
                right[j] = V(*at);
            else
                right[j] = V::load_aligned(at);
        }
#pragma GCC unroll 8
        for (int i = 0; i < rows; ++i) {
            const V left = V::load_aligned(a + i * as.row);
#pragma GCC unroll 8
            for (int j = 0; j < columns; ++j) sums[i][j] = multiply_add(left, right[j], sums[i][j]);
        }
        a += as.step;
        b += bs.step;
    }
#pragma GCC unroll 8
    for (int i = 0; i < rows; ++i)
#pragma GCC unroll 8
        for (int j = 0; j < columns; ++j) {
            T* at = c + i * cs.row + j * cs.column;
            Store::store(sums[i][j], at);
        }
}

/// As large as the registers hold with the operands of one term.
template<class V>
constexpr int kTileRows = V::size * sizeof(typename V::value_type) == 64 ? 4 : 2;
constexpr int kTileColumns = 4;

template<class V, class Store, bool spread, int rows, class T>
inline void strip(const T* a, const Operand<T>& as, const Operand<T>& bs, T* c, const Target<T>& cs,
                  std::ptrdiff_t columns, std::ptrdiff_t terms) {
    const T* b = bs.data;
    for (; columns >= kTileColumns; columns -= kTileColumns) {
        tile<V, Store, spread, rows, kTileColumns>(a, as, b, bs, c, cs, terms);
        b += kTileColumns * bs.row;
        c += kTileColumns * cs.column;
    }
    switch (columns) {
    case 3:
        return tile<V, Store, spread, rows, 3>(a, as, b, bs, c, cs, terms);
    case 2:
        return tile<V, Store, spread, rows, 2>(a, as, b, bs, c, cs, terms);
    case 1:
        return tile<V, Store, spread, rows, 1>(a, as, b, bs, c, cs, terms);
    default:
        return;
    }
}

/// a is [rows × terms], b [columns × terms], c [rows × columns].
template<class V, class Store, bool spread, class T = typename V::value_type>
void product(const std::type_identity_t<Operand<T>>& a, const std::type_identity_t<Operand<T>>& b,
             const std::type_identity_t<Target<T>>& c, std::ptrdiff_t rows, std::ptrdiff_t columns,
             std::ptrdiff_t terms) {
    constexpr int most = kTileRows<V>;
    const T* from = a.data;
    T* to = c.data;
    for (; rows >= most; rows -= most) {
        strip<V, Store, spread, most>(from, a, b, to, c, columns, terms);
        from += most * a.row;
        to += most * c.row;
    }
    if constexpr (most > 3)
        if (rows == 3) return strip<V, Store, spread, 3>(from, a, b, to, c, columns, terms);
    if constexpr (most > 2)
        if (rows == 2) return strip<V, Store, spread, 2>(from, a, b, to, c, columns, terms);
    if (rows == 1) strip<V, Store, spread, 1>(from, a, b, to, c, columns, terms);
}

} // namespace descent::lanes

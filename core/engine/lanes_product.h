#pragma once

// The products of a pass, all of one form: c(i, j) = Σ_k a(i, k)·b(j, k), where each element is a register of
// lanes or, of what is the same in all lanes, a number. Tiles of them are summed up in registers.

#include "core/engine/lanes_math.h"

#include <bit>
#include <cstddef>
#include <type_traits>
#include <utility>

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
struct Continue : Set { ///< the sum that is there
    static constexpr bool from_target = true;
};
struct Add { ///< to what is there
    static constexpr bool from_target = false;
    template<class V, class T>
    static void store(const V& sum, T* at) {
        (V::load_aligned(at) + sum).store_aligned(at);
    }
};
struct AddLanes { ///< the sum over all lanes to the number that is there, the columns side by side
    static constexpr bool from_target = false;
};
struct SetPositive { ///< 0 in place of what is below
    static constexpr bool from_target = false;
    template<class V, class T>
    static void store(const V& sum, T* at) {
        at_least(V(T(0)), sum).store_aligned(at);
    }
};
/// The sum times the slope of a nonlinearity, by what is there.
template<class Slope>
struct Multiply {
    static constexpr bool from_target = false;
    template<class V, class T>
    static void store(const V& sum, T* at) {
        Slope::times(sum, V::load_aligned(at)).store_aligned(at);
    }
};

// Of the slope itself or of the value.

struct Itself {
    template<class V>
    static V times(const V& sum, const V& slope) {
        return sum * slope;
    }
};
struct SlopeOfRelu {
    template<class V>
    static V times(const V& sum, const V& y) {
        return xsimd::select(y > V(0), sum, V(0));
    }
};
struct SlopeOfSigmoid {
    template<class V>
    static V times(const V& sum, const V& y) {
        return sum * multiply_add(-y, y, y);
    }
};
struct SlopeOfTanh {
    template<class V>
    static V times(const V& sum, const V& y) {
        return sum * multiply_add(-y, y, V(1));
    }
};

/// Which operand is one number for all lanes.
enum class Spread { none, a, b };

template<class V, bool spread, class T>
[[gnu::always_inline]] inline V element(const T* at) {
    if constexpr (spread)
        return V(*at);
    else
        return V::load_aligned(at);
}

/// Of pairs of lanes that are `apart`, the sum in a's where that bit of the lane is 0, and in b's where it is
/// 1.
template<int apart, class V, int... lane>
[[gnu::always_inline]] inline V sum_pairs(const V& a, const V& b, std::integer_sequence<int, lane...>) {
    constexpr int width = V::size;
    const typename V::register_type x = a, y = b;
    return V(__builtin_shufflevector(x, y, (lane & apart ? width + lane : lane)...)) +
           V(__builtin_shufflevector(x, y, (lane & apart ? width + lane - apart : lane + apart)...));
}
/// The sum of all lanes of each register, `count` a power of two: of register k in lane k·W/count.
template<class V, int apart = V::size / 2, int count>
[[gnu::always_inline]] inline V sums_of_lanes(const V (&of)[count]) {
    if constexpr (apart == 0) {
        return of[0];
    } else {
        constexpr int half = count > 1 ? count / 2 : 1;
        V halved[half];
#pragma GCC unroll 16
        for (int i = 0; i < half; ++i)
            halved[i] = sum_pairs<apart>(of[i], of[count - half + i],
                                         std::make_integer_sequence<int, static_cast<int>(V::size)>());
        return sums_of_lanes<V, apart / 2>(halved);
    }
}

/// To each number of `c` the sum of a register's lanes, from the `first` register on.
template<int first = 0, class V, int rows, int columns, class T>
[[gnu::always_inline]] inline void add_lanes(const V (&sums)[rows][columns], T* c, const Target<T>& cs) {
    constexpr int width = V::size, left = rows * columns - first;
    constexpr int now = static_cast<int>(std::bit_floor(static_cast<unsigned>(left < width ? left : width)));
    V some[now];
#pragma GCC unroll 16
    for (int k = 0; k < now; ++k) some[k] = sums[(first + k) / columns][(first + k) % columns];
    alignas(64) T totals[width];
    sums_of_lanes(some).store_aligned(totals);
#pragma GCC unroll 16
    for (int k = 0; k < now; ++k) {
        T* at = c + (first + k) / columns * cs.row;
        at[(first + k) % columns] += totals[k * (width / now)];
    }
    if constexpr (left > now) add_lanes<first + now>(sums, c, cs);
}

template<class V, class Store, Spread spread, int rows, int columns, class T>
[[gnu::noinline]] void tile(const T* a, const Operand<T>& as, const T* b, const Operand<T>& bs, T* c,
                            const Target<T>& cs, std::ptrdiff_t terms) {
    V sums[rows][columns];
#pragma GCC unroll 16
    for (int i = 0; i < rows; ++i)
#pragma GCC unroll 16
        for (int j = 0; j < columns; ++j) {
            if constexpr (Store::from_target)
                sums[i][j] = V::load_aligned(c + i * cs.row + j * cs.column);
            else
                sums[i][j] = V(T(0));
        }
    for (std::ptrdiff_t k = 0; k < terms; ++k) {
        V right[columns];
#pragma GCC unroll 16
        for (int j = 0; j < columns; ++j) right[j] = element<V, spread == Spread::b>(b + j * bs.row);
#pragma GCC unroll 16
        for (int i = 0; i < rows; ++i) {
            const V left = element<V, spread == Spread::a>(a + i * as.row);
#pragma GCC unroll 16
            for (int j = 0; j < columns; ++j) sums[i][j] = multiply_add(left, right[j], sums[i][j]);
        }
        a += as.step;
        b += bs.step;
    }
    if constexpr (std::is_same_v<Store, AddLanes>) {
        add_lanes(sums, c, cs);
    } else {
#pragma GCC unroll 16
        for (int i = 0; i < rows; ++i)
#pragma GCC unroll 16
            for (int j = 0; j < columns; ++j) Store::store(sums[i][j], c + i * cs.row + j * cs.column);
    }
}

/// As many sums as the registers hold with the operands of one term.
template<class V>
constexpr int kTile = V::size * sizeof(typename V::value_type) == 64 ? 16 : 8;
constexpr int kTileRows = 4;

template<class V, class Store, Spread spread, int rows, int columns, class T>
inline void strip(const T* a, const Operand<T>& as, const T* b, const Operand<T>& bs, T* c,
                  const Target<T>& cs, std::ptrdiff_t left, std::ptrdiff_t terms) {
    for (; left >= columns; left -= columns) {
        tile<V, Store, spread, rows, columns>(a, as, b, bs, c, cs, terms);
        b += columns * bs.row;
        c += columns * cs.column;
    }
    if constexpr (columns > 1)
        if (left > 0) strip<V, Store, spread, rows, columns / 2>(a, as, b, bs, c, cs, left, terms);
}

template<class V, class Store, Spread spread, int rows, class T>
void strips(const T* a, const Operand<T>& as, const Operand<T>& bs, T* c, const Target<T>& cs,
            std::ptrdiff_t left, std::ptrdiff_t columns, std::ptrdiff_t terms) {
    for (; left >= rows; left -= rows) {
        strip<V, Store, spread, rows, kTile<V> / rows>(a, as, bs.data, bs, c, cs, columns, terms);
        a += rows * as.row;
        c += rows * cs.row;
    }
    if constexpr (rows > 1)
        if (left > 0) strips<V, Store, spread, rows / 2>(a, as, bs, c, cs, left, columns, terms);
}

/// a is [rows × terms], b [columns × terms], c [rows × columns].
template<class V, class Store, Spread spread, class T = typename V::value_type>
void product(const std::type_identity_t<Operand<T>>& a, const std::type_identity_t<Operand<T>>& b,
             const std::type_identity_t<Target<T>>& c, std::ptrdiff_t rows, std::ptrdiff_t columns,
             std::ptrdiff_t terms) {
    strips<V, Store, spread, kTileRows>(a.data, a, b, c.data, c, rows, columns, terms);
}

} // namespace descent::lanes

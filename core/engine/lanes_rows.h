#pragma once

// A row of numbers by way of registers; part of kernels that are compiled for each instruction set, so, as in
// lanes_math.h, templates of the batch type only.

#include "core/engine/lanes_math.h"

namespace descent::lanes {

/// f(load, store) for each register of a row of any length: load(row) and store(value, row) are of the same
/// place in every row they are given. The last numbers go by a register filled with zeros.
template<class V, class F>
[[gnu::always_inline]] inline void over(std::int64_t count, const F& f) {
    using T = typename V::value_type;
    constexpr auto width = static_cast<std::int64_t>(V::size);
    std::int64_t k = 0;
    for (; k + width <= count; k += width)
        f([&](const T* row) { return V::load_unaligned(row + k); },
          [&](const V& v, T* row) { v.store_unaligned(row + k); });
    if (k == count) return;
    f(
        [&](const T* row) {
            T all[V::size] = {};
            for (std::int64_t i = 0; k + i < count; ++i) all[i] = row[k + i];
            return V::load_unaligned(all);
        },
        [&](const V& v, T* row) {
            T all[V::size];
            v.store_unaligned(all);
            for (std::int64_t i = 0; k + i < count; ++i) row[k + i] = all[i];
        });
}

} // namespace descent::lanes

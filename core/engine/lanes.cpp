#include "core/engine/lanes.h"

#include "core/engine/lanes_sets.h"

#include <algorithm>
#include <array>
#include <utility>

namespace descent::lanes {

std::optional<Nonlinearity> nonlinearity(std::string_view name) {
    using enum Nonlinearity;
    static constexpr std::array<std::pair<std::string_view, Nonlinearity>, 10> names{
        {{"identity", identity},
         {"tanh", tanh},
         {"relu", relu},
         {"sigmoid", sigmoid},
         {"silu", silu},
         {"gelu", gelu},
         {"softplus", softplus},
         {"hard-sigmoid", hard_sigmoid},
         {"hard-tanh", hard_tanh},
         {"threshold", threshold}}};
    for (const auto& [word, f] : names)
        if (word == name) return f;
    return std::nullopt;
}

std::int64_t Shape::count() const {
    std::int64_t all = 0;
    for (std::int64_t l = 0; l < layers(); ++l) all += units(l) * row(l);
    return all;
}

InLanes in_lanes(const Shape& shape, std::int64_t examples, std::int64_t lanes) {
    constexpr std::int64_t least_units = 8, least_rows = 4;
    const auto widest = *std::max_element(shape.widths.begin() + 1, shape.widths.end());
    return widest >= least_units && examples >= least_rows * lanes ? InLanes::examples : InLanes::networks;
}

template<class T>
const Kernels<T>& kernels([[maybe_unused]] InstructionSet set) {
#ifdef __x86_64__
    if (set == InstructionSet::avx512) return for_type<T>(kAvx512Float, kAvx512Double);
    if (set == InstructionSet::avx2) return for_type<T>(kAvx2Float, kAvx2Double);
#endif
    return for_type<T>(kBaselineFloat, kBaselineDouble);
}
template const Kernels<float>& kernels<float>(InstructionSet);
template const Kernels<double>& kernels<double>(InstructionSet);

namespace {

/// Registers for the values and slopes of a row in all layers, with the ones.
std::int64_t registers(const Shape& shape, Nonlinearity hidden) {
    std::int64_t all = 0;
    for (std::int64_t l = 0; l < shape.layers(); ++l)
        all += (slope_from_value(hidden) && l + 1 < shape.layers() ? 1 : 2) * shape.units(l) + 1;
    return all;
}

constexpr std::int64_t kLeastRows = 8;
constexpr std::int64_t kMostBytes = 384 << 10; // beside weights and gradient in a second-level cache

} // namespace

std::int64_t rows_at_once(const Shape& shape, Nonlinearity hidden, std::int64_t lanes,
                          std::size_t size_of_number) {
    const auto bytes = registers(shape, hidden) * lanes * static_cast<std::int64_t>(size_of_number);
    std::int64_t count = kFold;
    while (count > kLeastRows && count * bytes > kMostBytes) count /= 2;
    return count;
}

std::size_t work_space(const Shape& shape, Nonlinearity hidden, std::int64_t lanes,
                       std::size_t size_of_number) {
    const auto size = static_cast<std::int64_t>(size_of_number),
               bytes = registers(shape, hidden) * lanes * size;
    // A block of narrower networks carries more rows, but no more bytes of them. One row is for the gap
    // between units.
    const auto all = (shape.count() + 3) * lanes * size + std::max(kMostBytes, kLeastRows * bytes) + bytes;
    return static_cast<std::size_t>((all + 63) / 64 * 64);
}

} // namespace descent::lanes

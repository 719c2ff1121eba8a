#include "core/models/cells_sets.h"

namespace descent::cells {

template<class T>
const Kernels<T>& kernels(Cell cell, [[maybe_unused]] lanes::InstructionSet set) {
    const auto index = static_cast<std::size_t>(cell);
#ifdef __x86_64__
    if (set == lanes::InstructionSet::avx512) return lanes::for_type<T>(kAvx512Float, kAvx512Double)[index];
    if (set == lanes::InstructionSet::avx2) return lanes::for_type<T>(kAvx2Float, kAvx2Double)[index];
#endif
    return lanes::for_type<T>(kBaselineFloat, kBaselineDouble)[index];
}

template<class T>
const Kernels<T>& kernels(Cell cell) {
    static const auto best = lanes::instruction_sets().back();
    return kernels<T>(cell, best);
}

template const Kernels<float>& kernels<float>(Cell, lanes::InstructionSet);
template const Kernels<double>& kernels<double>(Cell, lanes::InstructionSet);
template const Kernels<float>& kernels<float>(Cell);
template const Kernels<double>& kernels<double>(Cell);

} // namespace descent::cells

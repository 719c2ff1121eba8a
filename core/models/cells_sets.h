#pragma once

#include "core/models/cells.h"

#include <array>

namespace descent::cells {

template<class T>
using Set = std::array<Kernels<T>, 4>; ///< by Cell

// Each defined by the file of its name, which is compiled for that instruction set.
extern const Set<float> kBaselineFloat;
extern const Set<double> kBaselineDouble;
#ifdef __x86_64__
extern const Set<float> kAvx2Float, kAvx512Float;
extern const Set<double> kAvx2Double, kAvx512Double;
#endif

} // namespace descent::cells

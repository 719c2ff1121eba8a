#pragma once

#include "core/engine/lanes.h"

namespace descent::lanes {

// Each defined by the file of its name, which is compiled for that instruction set.
extern const Kernels<float> kBaselineFloat;
extern const Kernels<double> kBaselineDouble;
#ifdef __x86_64__
extern const Kernels<float> kAvx2Float, kAvx512Float;
extern const Kernels<double> kAvx2Double, kAvx512Double;
#endif

} // namespace descent::lanes

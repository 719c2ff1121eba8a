#include "core/engine/lanes_pass.h"
#include "core/engine/lanes_sets.h"

namespace descent::lanes {

using Arch = xsimd::avx512f;
constinit const Kernels<float> kAvx512Float = kernels_for<float, Arch>();
constinit const Kernels<double> kAvx512Double = kernels_for<double, Arch>();

} // namespace descent::lanes

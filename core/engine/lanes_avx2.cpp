#include "core/engine/lanes_pass.h"
#include "core/engine/lanes_sets.h"

namespace descent::lanes {

using Arch = xsimd::fma3<xsimd::avx2>;
constinit const Kernels<float> kAvx2Float = kernels_for<float, Arch>();
constinit const Kernels<double> kAvx2Double = kernels_for<double, Arch>();

} // namespace descent::lanes

#include "core/models/cells_pass.h"

namespace descent::cells {

using Arch = xsimd::fma3<xsimd::avx2>;
constinit const Set<float> kAvx2Float = set_for<float, Arch>();
constinit const Set<double> kAvx2Double = set_for<double, Arch>();

} // namespace descent::cells

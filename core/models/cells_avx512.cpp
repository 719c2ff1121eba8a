#include "core/models/cells_pass.h"

namespace descent::cells {

using Arch = xsimd::avx512f;
constinit const Set<float> kAvx512Float = set_for<float, Arch>();
constinit const Set<double> kAvx512Double = set_for<double, Arch>();

} // namespace descent::cells

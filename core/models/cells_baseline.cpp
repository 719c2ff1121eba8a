#include "core/models/cells_pass.h"

namespace descent::cells {

#ifdef __SSE2__
using Arch = xsimd::sse2;
#else
using Arch = xsimd::default_arch;
#endif
constinit const Set<float> kBaselineFloat = set_for<float, Arch>();
constinit const Set<double> kBaselineDouble = set_for<double, Arch>();

} // namespace descent::cells

#include "core/models/crnn_pass.h"

namespace descent::crnn {

#ifdef __SSE2__
using Arch = xsimd::sse2;
#else
using Arch = xsimd::default_arch;
#endif
constinit const Kernels<float> kBaselineFloat = kernels_for<float, Arch>();
constinit const Kernels<double> kBaselineDouble = kernels_for<double, Arch>();

} // namespace descent::crnn

#include "core/models/crnn_pass.h"

namespace descent::crnn {

using Arch = xsimd::avx512f;
constinit const Kernels<float> kAvx512Float = kernels_for<float, Arch>();
constinit const Kernels<double> kAvx512Double = kernels_for<double, Arch>();

} // namespace descent::crnn

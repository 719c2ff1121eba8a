#include "core/models/crnn_pass.h"

namespace descent::crnn {

using Arch = xsimd::fma3<xsimd::avx2>;
constinit const Kernels<float> kAvx2Float = kernels_for<float, Arch>();
constinit const Kernels<double> kAvx2Double = kernels_for<double, Arch>();

} // namespace descent::crnn

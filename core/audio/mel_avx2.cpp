#include "core/audio/mel_pass.h"

namespace descent::mel {

constinit const Kernels kAvx2 = kernels_for<xsimd::fma3<xsimd::avx2>>();

} // namespace descent::mel

#include "core/audio/mel_pass.h"

namespace descent::mel {

constinit const Kernels kAvx512 = kernels_for<xsimd::avx512f>();

} // namespace descent::mel

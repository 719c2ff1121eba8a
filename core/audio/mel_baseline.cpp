#include "core/audio/mel_pass.h"
#include "core/base/baseline_arch.h"

namespace descent::mel {

constinit const Kernels kBaseline = kernels_for<BaselineArch>();

} // namespace descent::mel

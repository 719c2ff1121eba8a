#include "core/engine/lanes_pass.h"
#include "core/engine/lanes_sets.h"

namespace descent::lanes {

constinit const Kernels<float> kBaselineFloat = kernels_for<float, BaselineArch>();
constinit const Kernels<double> kBaselineDouble = kernels_for<double, BaselineArch>();

} // namespace descent::lanes

#include "core/models/crnn_pass.h"

namespace descent::crnn {

constinit const Kernels<float> kBaselineFloat = kernels_for<float, lanes::BaselineArch>();
constinit const Kernels<double> kBaselineDouble = kernels_for<double, lanes::BaselineArch>();

} // namespace descent::crnn

#include "core/models/cells_pass.h"

namespace descent::cells {

constinit const Set<float> kBaselineFloat = set_for<float, lanes::BaselineArch>();
constinit const Set<double> kBaselineDouble = set_for<double, lanes::BaselineArch>();

} // namespace descent::cells

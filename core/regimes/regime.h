#pragma once

#include "core/base/catalog.h"

namespace descent {

/// What every regime may set: batching, reduction, clipping, evaluation. Each default does nothing special.
ParamTable regime_params();

/// A regime is a short list of deltas over the defaults, and no code.
struct RegimeDefinition {
    Entry entry;
};

} // namespace descent

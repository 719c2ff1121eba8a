#include "core/engine/registry.h"
#include "core/regimes/paper.h"

namespace descent {

RegimeDefinition regime_full_batch_regularized() {
    return {{.id = "full-batch-regularized",
             .title = "Full batch, regularized",
             .summary = "Clipped, with a penalty on the gradient norm of blocks of 128: the implicit bias of "
                        "SGD, put back by hand",
             .deltas = paper_regularized(128)}};
}

} // namespace descent

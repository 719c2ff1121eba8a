#include "core/engine/registry.h"
#include "core/regimes/paper.h"

namespace descent {

RegimeDefinition regime_full_batch_regularized_strong() {
    return {
        {.id = "full-batch-regularized-strong",
         .title = "Full batch, strongly regularized",
         .summary = "The penalty over blocks of 32: smaller blocks have larger gradients, so it weighs more",
         .deltas = paper_regularized(32)}};
}

} // namespace descent

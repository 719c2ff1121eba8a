#include "core/engine/registry.h"
#include "core/regimes/paper.h"

namespace descent {

RegimeDefinition regime_full_batch_long() {
    return {{.id = "full-batch-long",
             .title = "Full batch, longer",
             .summary = "The whole set per update, a larger step with warm-up and twice the updates: "
                        "is it only too few steps?",
             .deltas = paper_full_batch(0.4, 1200, 0.2, 120)}};
}

} // namespace descent

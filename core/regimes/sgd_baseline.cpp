#include "core/engine/registry.h"
#include "core/regimes/paper.h"

namespace descent {

RegimeDefinition regime_sgd_baseline() {
    return {{.id = "sgd-baseline",
             .title = "SGD, warm-up and cosine",
             .summary = "Mini-batches as the full-batch paper trains its baseline: what the other rungs are "
                        "held against",
             .deltas = paper_sgd("shuffled")}};
}

} // namespace descent

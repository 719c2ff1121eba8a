#include "core/engine/registry.h"
#include "core/regimes/paper.h"

namespace descent {

RegimeDefinition regime_full_batch_regularized_reshuffled() {
    auto deltas = paper_regularized(32);
    deltas.push_back({"regime.reshuffle_blocks", true});
    return {{.id = "full-batch-regularized-reshuffled",
             .title = "Full batch, reshuffled blocks",
             .summary = "The strong penalty over blocks drawn anew at each update: the paper's recipe for "
                        "practice, with a little chance in it again",
             .deltas = std::move(deltas)}};
}

} // namespace descent

#include "core/engine/registry.h"
#include "core/regimes/paper.h"

namespace descent {

RegimeDefinition regime_sgd_no_shuffle() {
    return {{.id = "sgd-no-shuffle",
             .title = "SGD, one order",
             .summary = "The baseline with the same mini-batches every epoch: does the shuffling matter?",
             .deltas = paper_sgd("once")}};
}

} // namespace descent

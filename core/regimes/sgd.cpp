#include "core/engine/registry.h"

namespace descent {

RegimeDefinition regime_sgd() {
    return {{.id = "sgd",
             .title = "SGD",
             .summary = "Mini-batches of 32 in a new order each epoch: the usual way, and the yardstick",
             .deltas = {{"optimizer.lr", 0.1, "sgd"},
                        {"optimizer.momentum", 0.9, "sgd"},
                        {"epochs", std::int64_t{20}}}}};
}

} // namespace descent

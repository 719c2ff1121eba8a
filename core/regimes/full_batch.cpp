#include "core/engine/registry.h"

namespace descent {

RegimeDefinition regime_full_batch() {
    return {{.id = "full-batch",
             .title = "Full batch",
             .summary = "The whole set per update: gradient descent without any noise",
             .deltas = {{"regime.batch_size", std::int64_t{0}},
                        {"optimizer.lr", 0.1, "sgd"},
                        {"optimizer.momentum", 0.9, "sgd"},
                        {"epochs", std::int64_t{600}}}}};
}

} // namespace descent

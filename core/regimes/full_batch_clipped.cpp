#include "core/engine/registry.h"

namespace descent {

RegimeDefinition regime_full_batch_clipped() {
    return {{.id = "full-batch-clipped",
             .title = "Full batch, clipped",
             .summary = "The whole set per update, gradient clipped to 0.25: keeps a large step stable",
             .deltas = {{"regime.batch_size", std::int64_t{0}},
                        {"regime.clip_norm", 0.25},
                        {"optimizer.lr", 0.4, "sgd"},
                        {"optimizer.momentum", 0.9, "sgd"},
                        {"epochs", std::int64_t{600}}}}};
}

} // namespace descent

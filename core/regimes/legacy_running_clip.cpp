#include "core/engine/registry.h"

namespace descent {

RegimeDefinition regime_legacy_running_clip() {
    const std::vector<std::string> binary{"kws-binary"}, three{"kws-3"};
    return {{.id = "legacy-running-clip",
             .title = "Keywords as in the source, running clip",
             .summary =
                 "One update a pass over a fresh, balanced, augmented draw; the running sum is clipped after "
                 "each 128 "
                 "examples, so their order matters: not full-batch descent, kept to test the source's claim",
             .deltas = {{"optimizer", std::string("sgd")},
                        {"regime.batch_size", std::int64_t{0}},
                        {"regime.micro_batch", std::int64_t{128}},
                        {"regime.reduction", std::string("sum-of-means")},
                        {"regime.clip_at", std::string("micro-batch")},
                        {"regime.balance", std::string("bootstrap")},
                        {"regime.clip_norm", 100.0, "", binary},
                        {"regime.clip_norm", 50.0, "", three},
                        {"optimizer.lr", 3e-4, "sgd", binary},
                        {"optimizer.lr", 3e-3, "sgd", three},
                        {"optimizer.momentum", 0.9, "sgd"},
                        {"optimizer.nesterov", true, "sgd"},
                        {"optimizer.weight_decay", 1e-5, "sgd"},
                        {"task.augment", std::string("source")},
                        {"task.frequency_mask", std::int64_t{15}},
                        {"task.time_mask", std::int64_t{35}},
                        {"task.standardise", std::string("none")},
                        {"task.dynamic_range", 0.0},
                        {"model.dropout", 0.1},
                        {"epochs", std::int64_t{100}, "", binary},
                        {"epochs", std::int64_t{300}, "", three}},
             .tasks = {"kws-binary", "kws-3"}}};
}

} // namespace descent

#include "core/engine/registry.h"

namespace descent {

RegimeDefinition regime_legacy_names_fullgd() {
    return {
        {.id = "legacy-names-fullgd",
         .title = "Names as in the source, full batch",
         .summary =
             "Gradient of the sum over the set, lr 0.005, clipped to 200, 100 epochs: the source experiment",
         .deltas = {{"model", std::string("char-rnn-linear")},
                    {"optimizer", std::string("sgd")},
                    {"task.split", std::string("legacy"), "names"},
                    {"regime.batch_size", std::int64_t{0}},
                    {"regime.reduction", std::string("sum")},
                    {"regime.clip_norm", 200.0},
                    {"optimizer.lr", 0.005, "sgd"},
                    {"epochs", std::int64_t{100}}},
         .tasks = {"names"}}};
}

} // namespace descent

#include "core/engine/registry.h"

namespace descent {

RegimeDefinition regime_legacy_names_sgd() {
    return {{.id = "legacy-names-sgd",
             .title = "Names as in the source, SGD",
             .summary =
                 "One name per update, lr 0.005, 15 epochs: the settings and split of the source experiment",
             .deltas = {{"model", std::string("char-rnn-linear")},
                        {"optimizer", std::string("sgd")},
                        {"task.split", std::string("legacy"), "names"},
                        {"regime.batch_size", std::int64_t{1}},
                        {"optimizer.lr", 0.005, "sgd"},
                        {"epochs", std::int64_t{15}}},
             .tasks = {"names"}}};
}

} // namespace descent

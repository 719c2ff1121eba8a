#include "core/engine/registry.h"
#include "core/tasks/keyword_spotting.h"
#include "core/tasks/text_data.h"

namespace descent {

RegimeDefinition regime_sgd() {
    return {{.id = "sgd",
             .title = "SGD",
             .summary = "Mini-batches in a new order each epoch: the usual way, and the yardstick",
             .deltas = {{"optimizer.lr", 0.1, "sgd"},
                        {"optimizer.momentum", 0.9, "sgd"},
                        {"epochs", std::int64_t{20}},
                        {"regime.batch_size", std::int64_t{64}, "", kTextTasks},
                        {"epochs", std::int64_t{10}, "", kTextTasks},
                        {"regime.batch_size", std::int64_t{64}, "", kKeywordTasks},
                        {"regime.balance", std::string("loss"), "", kKeywordTasks},
                        {"regime.clip_norm", 2.0, "", kKeywordTasks},
                        {"optimizer.lr", 0.01, "sgd", kKeywordTasks},
                        {"optimizer.nesterov", true, "sgd", kKeywordTasks},
                        {"optimizer.weight_decay", 1e-5, "sgd", kKeywordTasks},
                        {"epochs", std::int64_t{60}, "", kKeywordTasks}}}};
}

} // namespace descent

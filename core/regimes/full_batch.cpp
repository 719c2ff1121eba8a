#include "core/engine/registry.h"
#include "core/tasks/keyword_spotting.h"
#include "core/tasks/text_data.h"

namespace descent {

RegimeDefinition regime_full_batch() {
    return {{.id = "full-batch",
             .title = "Full batch",
             .summary = "The whole set per update: gradient descent without any noise",
             .deltas = {{"regime.batch_size", std::int64_t{0}},
                        {"optimizer.lr", 0.1, "sgd"},
                        {"optimizer.momentum", 0.9, "sgd"},
                        {"epochs", std::int64_t{600}},
                        {"regime.augmentation", std::string("off"), "", kTextTasks},
                        {"epochs", std::int64_t{200}, "", kTextTasks},
                        {"epochs", std::int64_t{1425}, "", {"symmetry"}}, // as Rumelhart et al. 1986
                        {"regime.augmentation", std::string("frozen"), "", kKeywordTasks},
                        {"regime.balance", std::string("loss"), "", kKeywordTasks},
                        {"regime.micro_batch", std::int64_t{512}, "", kKeywordTasks},
                        {"optimizer.lr", 0.1, "sgd", kKeywordTasks},
                        {"optimizer.nesterov", true, "sgd", kKeywordTasks},
                        {"optimizer.weight_decay", 1e-2, "sgd", kKeywordTasks},
                        {"model.dropout", 0.0, "", kKeywordTasks},
                        {"epochs", std::int64_t{60}, "", kKeywordTasks}}}};
}

} // namespace descent

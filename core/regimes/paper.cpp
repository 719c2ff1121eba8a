#include "core/regimes/paper.h"

#include "core/tasks/keyword_spotting.h"
#include "core/tasks/text_data.h"

namespace descent {

namespace {

std::vector<Delta> shared() {
    return {{"optimizer", std::string("sgd")},
            {"optimizer.momentum", 0.9, "sgd"},
            {"optimizer.nesterov", true, "sgd"},
            {"optimizer.weight_decay", 5e-4, "sgd"},
            {"regime.schedule", std::string("cosine")},
            {"regime.balance", std::string("loss"), "", kKeywordTasks}};
}

void append(std::vector<Delta>& to, std::vector<Delta> more) {
    to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

} // namespace

std::vector<Delta> paper_sgd(const char* order) {
    auto all = shared();
    append(all, {{"regime.order", std::string(order)},
                 {"regime.schedule_unit", std::string("update")},
                 {"regime.warmup", std::int64_t{35}},
                 {"optimizer.lr", 0.1, "sgd"},
                 {"epochs", std::int64_t{20}},
                 {"regime.batch_size", std::int64_t{64}, "", kTextTasks},
                 {"regime.batch_size", std::int64_t{64}, "", kKeywordTasks},
                 {"regime.clip_norm", 2.0, "", kKeywordTasks},
                 {"optimizer.lr", 0.01, "sgd", kKeywordTasks},
                 {"optimizer.weight_decay", 1e-5, "sgd", kKeywordTasks},
                 {"epochs", std::int64_t{60}, "", kKeywordTasks}});
    return all;
}

std::vector<Delta> paper_full_batch(double lr, std::int64_t updates, double keyword_lr,
                                    std::int64_t keyword_updates) {
    auto all = shared();
    append(all, {{"regime.batch_size", std::int64_t{0}},
                 {"regime.warmup", updates * 2 / 15},
                 {"regime.period", updates * 4 / 3},
                 {"optimizer.lr", lr, "sgd"},
                 {"epochs", updates},
                 {"regime.augmentation", std::string("off"), "", kTextTasks},
                 {"regime.augmentation", std::string("frozen"), "", kKeywordTasks},
                 {"regime.micro_batch", std::int64_t{512}, "", kKeywordTasks},
                 {"regime.warmup", keyword_updates * 2 / 15, "", kKeywordTasks},
                 {"regime.period", keyword_updates * 4 / 3, "", kKeywordTasks},
                 {"optimizer.lr", keyword_lr, "sgd", kKeywordTasks},
                 {"optimizer.weight_decay", 1e-2, "sgd", kKeywordTasks},
                 {"model.dropout", 0.0, "", kKeywordTasks},
                 {"epochs", keyword_updates, "", kKeywordTasks}});
    return all;
}

std::vector<Delta> paper_regularized(std::int64_t block) {
    auto all = paper_full_batch(0.8, 300, 0.4, 30); // each takes two gradients: as many as the clipped regime
    append(all, {{"regime.clip_norm", 0.25},
                 {"regime.clip_norm", 0.5, "", kKeywordTasks},
                 {"regime.penalty", 0.5},
                 {"regime.block", block}});
    return all;
}

} // namespace descent

#include "tests/engine/support.h"

#include <set>

namespace descent::test {

namespace {

struct Plan {
    using Settings = std::vector<std::pair<std::string, std::string>>;
    explicit Plan(const Settings& settings)
        : data(small_task())
        , spec(make_spec("gru", "sgd", "sgd", settings))
        , model(registry().model("gru").make(spec.model.params, data.shape, spec.seed))
        , plan(data.train, nullptr, *model, data.shape.classes, spec) {}

    /// The next update's examples, as text.
    std::vector<std::string> next() {
        std::vector<std::string> words;
        const auto batch = plan.next();
        for (std::int64_t c = 0; c < batch.chunks; ++c) {
            const auto chunk = plan.chunk(c);
            for (std::int64_t i = 0; i < chunk.size(); ++i) {
                std::string word = std::to_string(chunk.labels[i].item<std::int64_t>());
                for (std::int64_t k = 0; k < chunk.lengths[i].item<std::int64_t>(); ++k)
                    word.append(1, ',').append(std::to_string(chunk.inputs[i][k].item<int>()));
                words.push_back(word);
            }
        }
        return words;
    }
    std::vector<std::string> epoch() {
        std::vector<std::string> all;
        for (auto u = plan.updates_per_epoch(); u > 0; --u)
            std::ranges::move(next(), std::back_inserter(all));
        return all;
    }

    TaskData data;
    RunSpec spec;
    std::unique_ptr<Model> model;
    BatchPlan plan;
    Plan(const Plan&) = delete;
};

using Settings = Plan::Settings;

} // namespace

TEST(BatchPlan, ShuffledSeesEveryExampleOncePerEpochInANewOrder) {
    Plan p(Settings{{"regime.batch_size", "5"}});
    EXPECT_EQ(p.plan.updates_per_epoch(), 6);
    const auto first = p.epoch(), second = p.epoch();
    EXPECT_NE(first, second);
    EXPECT_EQ(std::multiset(first.begin(), first.end()), std::multiset(second.begin(), second.end()));
    EXPECT_EQ(first.size(), 28U);
}

TEST(BatchPlan, FixedRepeatsItsOrder) {
    Plan p(Settings{{"regime.batch_size", "5"}, {"regime.order", "fixed"}});
    EXPECT_EQ(p.epoch(), p.epoch());
}

TEST(BatchPlan, ReplacementRepeatsAndOmits) {
    Plan p(Settings{{"regime.batch_size", "5"}, {"regime.order", "replacement"}});
    const auto drawn = p.epoch();
    EXPECT_EQ(drawn.size(), 28U);
    EXPECT_LT(std::set(drawn.begin(), drawn.end()).size(), 28U);
}

TEST(BatchPlan, SeedDecidesTheOrder) {
    const auto with_seed = [](const char* seed) {
        return Settings{{"seed", seed}, {"regime.batch_size", "5"}};
    };
    Plan a(with_seed("1")), b(with_seed("1")), c(with_seed("2"));
    const auto order = a.epoch();
    EXPECT_EQ(order, b.epoch());
    EXPECT_NE(order, c.epoch());
}

TEST(BatchPlan, MicroBatchesCutWithoutReordering) {
    Plan whole(Settings{{"regime.batch_size", "10"}}),
        cut(Settings{{"regime.batch_size", "10"}, {"regime.micro_batch", "3"}});
    for (int i = 0; i < 8; ++i) EXPECT_EQ(whole.next(), cut.next());
    EXPECT_EQ(cut.plan.next().chunks, 3); // the last of the third epoch holds 8 examples
}

TEST(BatchPlan, GoesOnFromTheMiddleOfAnEpoch) {
    Plan p(Settings{{"regime.batch_size", "5"}});
    for (int i = 0; i < 9; ++i) p.next();
    const auto state = p.plan.state();
    Plan q(Settings{{"regime.batch_size", "5"}});
    q.plan.restore(state);
    for (int i = 0; i < 20; ++i) EXPECT_EQ(p.next(), q.next());
}

TEST(BatchPlan, RefusesADamagedState) {
    Plan p(Settings{{"regime.batch_size", "5"}});
    auto state = p.plan.state();
    state["order/position"] = "1000";
    EXPECT_THROW(p.plan.restore(state), InputError);
    state.erase("order/stream");
    EXPECT_THROW(p.plan.restore(state), InputError);
}

} // namespace descent::test

// The full-batch gradient is one number per weight, whatever the micro-batch.

#include "tests/engine/support.h"

namespace descent::test {

class MicroBatch : public ::testing::TestWithParam<std::string> {
protected:
    static Tensor gradient(const std::string& model, std::int64_t micro_batch, const std::string& precision,
                           const std::string& source = {}) {
        Experiment experiment(make_spec(model, "sgd", "full-batch",
                                        {{"regime.micro_batch", std::to_string(micro_batch)},
                                         {"model.hidden", "32"},
                                         {"regime.precision", precision},
                                         {"task.source", source}}));
        experiment.accumulate();
        return experiment.weights().gradient().clone();
    }
};

TEST_P(MicroBatch, GradientIsTheSameForAnySize) {
    const auto exact = gradient(GetParam(), 1 << 20, "float64");
    for (const std::int64_t size : {1, 7, 128, 1024, 1 << 20}) {
        const auto g = gradient(GetParam(), size, "float32");
        EXPECT_LT(relative_distance(g, exact), 1e-6) << "micro_batch " << size;
    }
}

TEST_P(MicroBatch, TwoEvaluationsAreEqualBitForBit) {
    EXPECT_TRUE(same_bits(gradient(GetParam(), 500, "float32"), gradient(GetParam(), 500, "float32")));
}

TEST_P(MicroBatch, GradientIsTheSameOnTheRealNames) {
    const std::string source = DESCENT_TEST_DATA "/names";
    if (!std::filesystem::exists(source)) GTEST_SKIP() << "the real names are not here: " << source;
    const auto all = gradient(GetParam(), 1 << 20, "float32", source);
    EXPECT_LT(relative_distance(gradient(GetParam(), 300, "float32", source), all), 1e-6);
}

INSTANTIATE_TEST_SUITE_P(Models, MicroBatch, ::testing::Values("char-rnn-linear", "elman", "gru", "lstm"),
                         [](const auto& test) {
                             auto name = test.param;
                             std::ranges::replace(name, '-', '_');
                             return name;
                         });

TEST(Accumulate, ShortLastBatchCountsByItsSize) {
    // 28 examples in batches of 20: the second holds 8, and its gradient is the mean over those 8.
    const auto spec =
        make_spec("gru", "sgd", "sgd",
                  {{"regime.batch_size", "20"}, {"regime.order", "fixed"}, {"regime.precision", "float64"}});
    Experiment experiment(spec, small_task());
    EXPECT_EQ(experiment.plan().updates_per_epoch(), 2);
    experiment.accumulate();
    const auto second = experiment.accumulate();
    EXPECT_EQ(second.confusion.total(), 8);
    const auto got = experiment.weights().gradient().clone();

    auto rest = small_task();
    rest.train = rest.train.slice(20, 28);
    Experiment alone(make_spec("gru", "sgd", "full-batch", {{"regime.precision", "float64"}}),
                     std::move(rest));
    alone.accumulate();
    EXPECT_LT(relative_distance(got, alone.weights().gradient()), 1e-12);
}

TEST(Accumulate, SumIsTheMeanTimesTheExamples) {
    Experiment mean(make_spec("lstm", "sgd", "full-batch"), small_task());
    Experiment sum(make_spec("lstm", "sgd", "full-batch", {{"regime.reduction", "sum"}}), small_task());
    mean.accumulate();
    sum.accumulate();
    EXPECT_LT(relative_distance(sum.weights().gradient(), mean.weights().gradient() * 28), 1e-6);
}

TEST(Clip, KeepsDirectionAndBoundsTheNorm) {
    Experiment experiment(make_spec("gru", "sgd", "full-batch-clipped",
                                    {{"regime.clip_norm", "0.01"}, {"optimizer.momentum", "0"}}),
                          small_task());
    const auto facts = experiment.step(experiment.accumulate());
    EXPECT_GT(facts.gradient_norm, 0.01);
    EXPECT_NEAR(facts.clipped_norm, 0.01, 1e-6);
    EXPECT_NEAR(facts.step_length, 0.01 * facts.lr, 1e-6);
}

} // namespace descent::test

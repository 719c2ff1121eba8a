// What goes by each class' score, and the hint that a network answers one class.

#include "core/analysis/class_scores.h"
#include "core/engine/run_probes.h"
#include "tests/engine/support.h"

#include <gmock/gmock.h>

namespace descent::test {

namespace {

std::vector<Matrix> scores(const KeepingSink& sink) {
    std::vector<Matrix> found;
    for (const auto& batch : sink.batches)
        for (const auto& m : batch->matrices)
            if (m.name.ends_with("/scores")) found.push_back(m);
    return found;
}

std::vector<std::int64_t> measured(const KeepingSink& sink, const std::string& metric) {
    std::vector<std::int64_t> at;
    for (const auto& sample : sink.samples())
        if (sample.metric == metric) at.push_back(sample.update);
    return at;
}

double last(const KeepingSink& sink, const std::string& metric) {
    double value = -1;
    for (const auto& sample : sink.samples())
        if (sample.metric == metric) value = sample.value;
    return value;
}

std::vector<std::string> warnings(const KeepingSink& sink) {
    std::vector<std::string> all;
    for (const auto& batch : sink.batches)
        for (const auto& line : batch->log)
            if (line.level == LogLine::Level::warning) all.push_back(line.text);
    return all;
}

} // namespace

TEST(Scores, AreProbabilitiesInTheOrderOfTheSetHoweverTheModelSortsIt) {
    Training run(make_spec("elman", "adam", "sgd",
                           {{"epochs", "3"}, {"model.hidden", "5"}, {"regime.micro_batch", "5"}}));
    ASSERT_EQ(run.trainer.run(), RunState::finished);
    const auto kept = scores(run.store);
    ASSERT_EQ(kept.size(), 1U) << "at the end, and there is no test set";
    EXPECT_EQ(kept[0].name, "validation/scores");
    const auto of = ClassScores::from_matrix(kept[0].rows, kept[0].columns, kept[0].values);
    const auto& set = run.experiment.data().validation;
    ASSERT_EQ(of.size(), set.size());
    EXPECT_TRUE(at::tensor(of.labels, at::kLong).equal(set.labels));
    const at::NoGradGuard no_grad;
    const auto expected =
        at::softmax(run.experiment.model().logits(run.experiment.weights(), set).to(at::kDouble), 1);
    EXPECT_TRUE(at::allclose(at::tensor(of.scores, at::kDouble).view({of.size(), -1}), expected, 1e-5, 1e-6));
    EXPECT_DOUBLE_EQ(last(run.store, "validation/macro-auroc"), roc_areas(of).macro);
    EXPECT_DOUBLE_EQ(last(run.store, "validation/micro-auroc"), roc_areas(of).micro);
    EXPECT_DOUBLE_EQ(last(run.store, "validation/calibration-error"),
                     expected_calibration_error(reliability(of)));
    EXPECT_DOUBLE_EQ(last(run.store, "validation/accuracy"), of.confusion().accuracy());
    EXPECT_DOUBLE_EQ(last(run.store, "validation/weighted-f1"), of.confusion().weighted().f1);
    EXPECT_DOUBLE_EQ(last(run.store, "validation/macro-precision"), of.confusion().macro().precision);
}

TEST(Scores, AreMeasuredEverMoreRarely) {
    Training run(make_spec("elman", "sgd", "full-batch", {{"epochs", "20"}, {"model.hidden", "3"}}));
    run.trainer.run();
    EXPECT_THAT(measured(run.store, "validation/macro-auroc"), ::testing::ElementsAre(0, 1, 2, 4, 8, 16, 20));
    EXPECT_EQ(measured(run.store, "validation/macro-f1").size(), 21U);
    EXPECT_TRUE(scores_due({0}, 5));
    EXPECT_TRUE(scores_due({10}, 5));
    EXPECT_FALSE(scores_due({15}, 5));
}

TEST(Scores, UnderSquaredErrorAreTheOutputs) {
    Training run(make_spec("mlp", "sgd", "full-batch",
                           {{"task", "gaussian-mixture"}, {"regime.loss", "mse"}, {"epochs", "2"}}),
                 small_points());
    run.trainer.run();
    const auto kept = scores(run.store);
    ASSERT_FALSE(kept.empty());
    const auto of = ClassScores::from_matrix(kept[0].rows, kept[0].columns, kept[0].values);
    const at::NoGradGuard no_grad;
    const auto outputs =
        run.experiment.model().logits(run.experiment.weights(), run.experiment.data().validation);
    EXPECT_TRUE(at::allclose(at::tensor(of.scores, at::kDouble).view({of.size(), -1}),
                             outputs.to(at::kDouble), 1e-5, 1e-6));
}

TEST(ConstantAnswerHint, IsGivenWhereNothingIsLearnt) {
    Training run(make_spec("elman", "sgd", "full-batch", {{"epochs", "20"}, {"optimizer.lr", "1e-9"}}));
    run.experiment.weights().flat().zero_();
    run.trainer.run();
    const auto said = warnings(run.store);
    ASSERT_EQ(said.size(), 1U);
    EXPECT_THAT(said[0],
                ::testing::StartsWith("loss stands at 1.099, ln 3: the network answers one class ("));
}

TEST(ConstantAnswerHint, IsNotGivenWhereSomethingIs) {
    Training run(make_spec("elman", "adam", "sgd", {{"epochs", "20"}, {"optimizer.lr", "0.01"}}));
    run.trainer.run();
    EXPECT_THAT(warnings(run.store), ::testing::IsEmpty());
}

} // namespace descent::test

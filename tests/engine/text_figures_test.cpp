// What the defaults reach on real questions: TREC's 5,452 and 500. Skipped where they are absent.

#include "tests/engine/support.h"

namespace descent::test {

namespace {

/// The share of the test's questions answered rightly after the default run, with so many epochs.
double test_accuracy(const std::string& model, const char* epochs) {
    const auto folder = std::filesystem::path(DESCENT_TEST_DATA) / "text";
    const auto train = (folder / "TREC.train").string(), test = (folder / "TREC.test").string();
    Request request;
    request.task = "trec";
    request.model = model;
    request.set("task.source", train);
    request.set("task.test_source", test);
    request.epochs = std::stoll(epochs);
    Experiment experiment(unwrap(registry().catalog.resolve(request)));
    EXPECT_EQ(experiment.data().test.size(), 500);
    EXPECT_EQ(experiment.data().train.size() + experiment.data().validation.size(), 5452);
    const auto planned = experiment.planned().count;
    while (experiment.updates().count < planned) experiment.step(experiment.accumulate());
    return evaluate(experiment.model(), experiment.weights(), experiment.loss(), experiment.test_chunks(), 6)
        .confusion.accuracy();
}

class RealQuestions : public ::testing::Test {
protected:
    void SetUp() override {
        if (!std::filesystem::exists(std::filesystem::path(DESCENT_TEST_DATA) / "text" / "TREC.train"))
            GTEST_SKIP() << "no TREC.train in " << DESCENT_TEST_DATA << "/text";
    }
};

TEST_F(RealQuestions, CnnAnswersFourInFive) {
    EXPECT_GE(test_accuracy("text-cnn", "5"), 0.82);
}

TEST_F(RealQuestions, LstmAnswersFourInFive) {
    EXPECT_GE(test_accuracy("text-lstm", "6"), 0.80);
}

TEST_F(RealQuestions, PackedRnnLearns) {
    EXPECT_GE(test_accuracy("text-rnn", "6"), 0.65); // always the commonest class: 0.13
}

} // namespace

} // namespace descent::test

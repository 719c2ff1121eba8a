#include "core/analysis/constant_answer.h"

#include <gtest/gtest.h>

#include <cmath>

namespace descent {

namespace {

Confusion counts(std::int64_t classes, std::vector<std::int64_t> of) {
    Confusion made(classes);
    made.counts = std::move(of);
    return made;
}

const std::vector<std::string> kTwo{"no", "yes"};
const Confusion kAllYes = counts(2, {0, 30, 0, 70}), kMixed = counts(2, {20, 10, 10, 60});
const double kEntropy = -(0.3 * std::log(0.3) + 0.7 * std::log(0.7));

} // namespace

TEST(ConstantAnswer, IsToldOnceItHasLastedAndAgainWhenItComesBack) {
    ConstantAnswer watch(kTwo, true);
    EXPECT_FALSE(watch.observe(std::log(2), kAllYes, 0)) << "before training";
    EXPECT_FALSE(watch.observe(std::log(2), kAllYes, 0.01));
    EXPECT_FALSE(watch.observe(std::log(2), kAllYes, 0.02));
    EXPECT_FALSE(watch.observe(std::log(2), kAllYes, 0.1)) << "less than a tenth of the run";
    EXPECT_EQ(watch.observe(std::log(2), kAllYes, 0.2),
              "loss stands at 0.6931, ln 2: the network answers one class (yes)");
    EXPECT_FALSE(watch.observe(std::log(2), kAllYes, 0.5)) << "said already";
    EXPECT_FALSE(watch.observe(0.4, kMixed, 0.6));
    EXPECT_FALSE(watch.observe(kEntropy, kAllYes, 0.7));
    EXPECT_EQ(
        watch.observe(kEntropy, kAllYes, 1),
        "loss stands at 0.6109, the entropy of the classes' shares: the network answers one class (yes)");
}

TEST(ConstantAnswer, GoesByTheAnswersWhereTheLossIsAnother) {
    ConstantAnswer watch(kTwo, false);
    EXPECT_EQ(watch.observe(std::log(2), kAllYes, 1),
              "the network answers one class (yes) for every training example");
    ConstantAnswer entropy(kTwo, true);
    EXPECT_EQ(entropy.observe(1.7, kAllYes, 1),
              "the network answers one class (yes) for every training example");
}

TEST(ConstantAnswer, GoesByTheLossWhereAFewAnswersStray) {
    const Confusion nearly = counts(2, {1, 29, 1, 69});
    ConstantAnswer watch(kTwo, true);
    EXPECT_EQ(
        watch.observe(kEntropy, nearly, 1),
        "loss stands at 0.6109, the entropy of the classes' shares: the network has learnt no more than "
        "the classes' shares");
    ConstantAnswer better(kTwo, true);
    EXPECT_FALSE(better.observe(kEntropy, kMixed, 1)) << "answers are better than the commonest class";
}

TEST(ConstantAnswer, SaysNothingWhereThereIsNothingElseToAnswer) {
    EXPECT_FALSE(ConstantAnswer(kTwo, true).observe(0, counts(2, {0, 0, 0, 9}), 1));
    EXPECT_FALSE(ConstantAnswer({}, true).observe(0.3, Confusion(0), 1)) << "a regression";
    EXPECT_FALSE(ConstantAnswer(kTwo, true).observe(std::nan(""), kMixed, 1));
}

} // namespace descent

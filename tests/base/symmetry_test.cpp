#include "core/analysis/symmetry.h"

#include "core/base/result.h"

#include <cmath>
#include <gtest/gtest.h>

namespace descent {

namespace {

/// The solution of Rumelhart, Hinton & Williams 1986, figure 6: magnitudes 1:2:4 in this order.
std::vector<double> paper_weights() {
    const std::vector<double> up{7.1, 3.55, -14.2, 14.2, -3.55, -7.1};
    std::vector<double> weights = up;
    for (const double w : up) weights.push_back(-w);
    weights.insert(weights.end(), {-1.1, -1.1, -9.4, -9.4, 6.4});
    return weights;
}

TEST(Symmetry, UnitsAreReadInTorchsOrder) {
    const auto units = hidden_units(paper_weights(), 6, 2);
    ASSERT_EQ(units.size(), 2U);
    EXPECT_EQ(units[0].inputs[2], -14.2);
    EXPECT_EQ(units[1].inputs[0], -7.1);
    EXPECT_EQ(units[1].bias, -1.1);
    EXPECT_EQ(units[1].output, -9.4);
    EXPECT_NEAR(units[0].mirror_error(), 0, 1e-15);
    const auto ratio = units[0].ratio();
    ASSERT_EQ(ratio.size(), 3U);
    EXPECT_NEAR(ratio[1], 2, 1e-12);
    EXPECT_NEAR(ratio[2], 4, 1e-12);
    EXPECT_THROW(hidden_units(paper_weights(), 6, 3), InputError);
}

/// What the 6-2-1 network answers to every pattern, worked out here.
double accuracy_of(const std::vector<double>& weights) {
    const auto units = hidden_units(weights, 6, 2);
    const auto sigmoid = [](double z) { return 1 / (1 + std::exp(-z)); };
    int right = 0;
    for (int pattern = 0; pattern < 64; ++pattern) {
        bool symmetric = true;
        double out = weights.back();
        for (int i = 0; i < 3; ++i) symmetric &= (pattern >> i & 1) == (pattern >> (5 - i) & 1);
        for (const auto& unit : units) {
            double z = unit.bias;
            for (int i = 0; i < 6; ++i) z += unit.inputs[std::size_t(i)] * (pattern >> i & 1);
            out += unit.output * sigmoid(z);
        }
        right += (out > 0) == symmetric;
    }
    return right / 64.;
}

TEST(Symmetry, PaperSolutionSolvesAndIsKnown) {
    const auto weights = paper_weights();
    ASSERT_EQ(accuracy_of(weights), 1);
    const auto judged = judge_symmetry(1, false, weights, 6, 2);
    EXPECT_EQ(judged.outcome, SymmetryOutcome::solved_as_paper);
    EXPECT_NEAR(judged.mirror_error, 0, 1e-15);
    EXPECT_NEAR(judged.ratio_error, 0, 1e-12);
    EXPECT_NEAR(judged.correlation, -1, 1e-12);
    EXPECT_EQ(judge_symmetry(1, false, {}, 6, 2).outcome, SymmetryOutcome::solved) << "weights not stored";
}

TEST(Symmetry, WhatIsOffIsSolvedOtherwise) {
    auto mirror = paper_weights();
    mirror[3] = 13.2; // |−14.2 + 13.2| / 14.2
    auto judged = judge_symmetry(1, false, mirror, 6, 2);
    EXPECT_EQ(judged.outcome, SymmetryOutcome::solved);
    EXPECT_NEAR(judged.mirror_error, 1 / 14.2, 1e-12);

    auto ratio = paper_weights();
    for (const std::size_t i : {1U, 4U, 7U, 10U}) ratio[i] *= 1.25; // 1 : 1.6 : 3.2
    judged = judge_symmetry(1, false, ratio, 6, 2);
    EXPECT_EQ(judged.outcome, SymmetryOutcome::solved);
    EXPECT_NEAR(judged.ratio_error, 0.2, 1e-12);

    auto alike = paper_weights(); // units that are not opposite
    for (std::size_t i = 6; i < 12; ++i) alike[i] = -alike[i];
    judged = judge_symmetry(1, false, alike, 6, 2);
    EXPECT_EQ(judged.outcome, SymmetryOutcome::solved);
    EXPECT_NEAR(judged.correlation, 1, 1e-12);

    const std::vector<double> dead(17, 0);
    EXPECT_EQ(judge_symmetry(1, false, dead, 6, 2).outcome, SymmetryOutcome::solved);
}

TEST(Symmetry, OtherOutcomesGoByAccuracy) {
    EXPECT_EQ(judge_symmetry(0.875, false, {}, 6, 2).outcome, SymmetryOutcome::plateau);
    EXPECT_EQ(judge_symmetry(0.5, false, {}, 6, 2).outcome, SymmetryOutcome::half);
    EXPECT_EQ(judge_symmetry(0.125, false, {}, 6, 2).outcome, SymmetryOutcome::half);
    EXPECT_EQ(judge_symmetry(63 / 64., false, {}, 6, 2).outcome, SymmetryOutcome::other);
    EXPECT_EQ(judge_symmetry(1, true, paper_weights(), 6, 2).outcome, SymmetryOutcome::diverged);
    // Of 16 and of 32 patterns 4 and 8 are symmetric.
    EXPECT_EQ(judge_symmetry(0.75, false, {}, 4, 2).outcome, SymmetryOutcome::plateau);
    EXPECT_EQ(judge_symmetry(0.75, false, {}, 5, 2).outcome, SymmetryOutcome::plateau);
    EXPECT_EQ(judge_symmetry(0.875, false, {}, 4, 2).outcome, SymmetryOutcome::other);
    EXPECT_EQ(to_string(SymmetryOutcome::solved_as_paper), "solved-as-paper");
}

} // namespace

} // namespace descent

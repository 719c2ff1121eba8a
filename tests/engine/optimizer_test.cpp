// Optimizers on problems with known answers; agreement with PyTorch is golden_test.cpp's.

#include "tests/engine/support.h"

namespace descent::test {

namespace {

/// f(x) = ½ Σ λᵢ xᵢ², from x = 1: after t steps of GD, xᵢ = (1 − lr·λᵢ)ᵗ.
double distance_after(int steps, double lr, const std::string& optimizer,
                      const std::vector<std::pair<std::string, std::string>>& settings) {
    const auto lambda = at::tensor({0.1, 1.0, 4.0}, at::kDouble);
    auto x = at::ones({3}, at::kDouble);
    const auto rule = registry().optimizer(optimizer).make(
        make_spec("gru", optimizer, "sgd", settings).optimizer.params, x);
    for (int i = 0; i < steps; ++i) {
        auto gradient = lambda * x;
        rule->step(x, gradient, lr);
    }
    return x.norm().item<double>();
}

} // namespace

TEST(Optimizer, GradientDescentConvergesBelowTwoOverTheLargestEigenvalueOnly) {
    const std::vector<std::pair<std::string, std::string>> plain{{"optimizer.momentum", "0"}};
    EXPECT_LT(distance_after(2000, 0.99 * 2 / 4.0, "sgd", plain), 1e-6);
    EXPECT_GT(distance_after(2000, 1.01 * 2 / 4.0, "sgd", plain), 1e6);
}

TEST(Optimizer, GradientDescentMatchesItsClosedForm) {
    const double lr = 0.3;
    const double norm =
        std::sqrt(std::pow(1 - lr * 0.1, 100) + std::pow(1 - lr, 100) + std::pow(1 - lr * 4, 100));
    EXPECT_NEAR(distance_after(50, lr, "sgd", {{"optimizer.momentum", "0"}}), norm, 1e-14);
}

TEST(Optimizer, HeavyBallConvergesUpToTwiceOnePlusMomentum) {
    // 2(1 + μ)/λ, Polyak 1964
    const std::vector<std::pair<std::string, std::string>> heavy{{"optimizer.momentum", "0.9"}};
    EXPECT_LT(distance_after(4000, 0.98 * 2 * 1.9 / 4.0, "sgd", heavy), 1e-6);
    EXPECT_GT(distance_after(200, 1.02 * 2 * 1.9 / 4.0, "sgd", heavy), 1e6);
}

TEST(Optimizer, AdamsFirstStepHasTheLengthOfItsRate) {
    auto x = at::zeros({4}, at::kDouble);
    const auto rule = registry().optimizer("adam").make(make_spec("gru", "adam", "sgd").optimizer.params, x);
    auto gradient = at::tensor({1e-3, -5.0, 2.0, 1e3}, at::kDouble);
    rule->step(x, gradient, 0.01);
    EXPECT_TRUE(x.allclose(at::tensor({-0.01, 0.01, -0.01, -0.01}, at::kDouble), 1e-4));
}

TEST(Optimizer, NesterovWithoutMomentumIsRefused) {
    const auto x = at::zeros({1});
    const auto spec =
        make_spec("gru", "sgd", "sgd", {{"optimizer.nesterov", "true"}, {"optimizer.momentum", "0"}});
    EXPECT_THROW(registry().optimizer("sgd").make(spec.optimizer.params, x), InputError);
}

} // namespace descent::test

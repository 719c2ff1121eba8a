// Optimizers on problems with known answers; agreement with PyTorch is optimizers_golden_test.cpp's and
// golden_test.cpp's.

#include "tests/engine/optimizer_support.h"

#include <cmath>

namespace descent::test {

namespace {

/// f(x) = ½ Σ λᵢ xᵢ², from x = 1: after t steps of GD, xᵢ = (1 − lr·λᵢ)ᵗ.
double distance_after(int steps, double lr, const Settings& settings) {
    const auto x = at::ones({3}, at::kDouble);
    const auto rule = make_rule("sgd", settings, x);
    Descent descent(x, quadratic(at::tensor({0.1, 1.0, 4.0}, at::kDouble)));
    for (int i = 0; i < steps; ++i) descent.step(*rule, lr);
    return descent.weights.norm().item<double>();
}

/// One rule on f(x) = ½λx² with its second moments held: then a step is linear in the weight and the first
/// moments.
struct Frozen {
    explicit Frozen(const std::string& id, Settings settings)
        : rule(make_rule(id, settings, at::ones({1}, at::kDouble))) {}

    /// Sets the weight and the first moments to one basis vector, times a scale that leaves second moments
    /// be.
    Tensor column(double lambda, double lr, std::size_t basis) const {
        constexpr double scale = 1e-7;
        std::vector<Tensor> unknowns{at::zeros({1}, at::kDouble)};
        for (auto& [name, tensor] : rule->state()) {
            if (name == "step") tensor.fill_(1000);
            if (name == "started") tensor.fill_(1);
            if (name == "exp_avg_sq" || name == "square_avg" || name == "sum") tensor.fill_(0.37);
            if (name == "grad_avg") tensor.fill_(0.3);
            if (name == "exp_avg" || name == "momentum_buffer") unknowns.push_back(tensor.fill_(0));
        }
        Descent descent(unknowns[0], quadratic(at::full({1}, lambda, at::kDouble)));
        unknowns[0] = descent.weights;
        if (basis >= unknowns.size()) return {};
        unknowns[basis].fill_(scale);
        descent.step(*rule, lr);
        return at::cat(unknowns) / scale;
    }

    double spectral_radius(double lambda, double lr) const {
        std::vector<Tensor> columns;
        while (true) {
            const auto next = column(lambda, lr, columns.size());
            if (!next.defined()) break;
            columns.push_back(next);
        }
        return at::linalg_eigvals(at::stack(columns, 1)).abs().max().item<double>();
    }

    std::unique_ptr<Optimizer> rule;
};

std::string refusal(const std::string& id, const Settings& settings) {
    try {
        make_rule(id, settings, at::zeros({1}));
    } catch (const InputError& e) {
        return e.what();
    }
    return {};
}

} // namespace

TEST(Optimizer, GradientDescentConvergesBelowTwoOverTheLargestEigenvalueOnly) {
    EXPECT_LT(distance_after(2000, 0.99 * 2 / 4.0, {}), 1e-6);
    EXPECT_GT(distance_after(2000, 1.01 * 2 / 4.0, {}), 1e6);
}

TEST(Optimizer, GradientDescentMatchesItsClosedForm) {
    const double lr = 0.3;
    const double norm =
        std::sqrt(std::pow(1 - lr * 0.1, 100) + std::pow(1 - lr, 100) + std::pow(1 - lr * 4, 100));
    EXPECT_NEAR(distance_after(50, lr, {}), norm, 1e-14);
}

TEST(Optimizer, HeavyBallConvergesUpToTwiceOnePlusMomentum) {
    // 2(1 + μ)/λ, Polyak 1964
    const Settings heavy{{"momentum", "0.9"}};
    EXPECT_LT(distance_after(4000, 0.98 * 2 * 1.9 / 4.0, heavy), 1e-6);
    EXPECT_GT(distance_after(200, 1.02 * 2 * 1.9 / 4.0, heavy), 1e6);
}

TEST(Optimizer, TheStabilityLimitIsWhereTheRecurrencesSpectralRadiusIsOne) {
    const std::string still = "0.9999999999999"; // second moments that do not move
    const std::vector<std::pair<std::string, Settings>> cases{
        {"sgd", {}},
        {"sgd", {{"weight_decay", "0.3"}, {"dampening", "0.5"}}},
        {"sgd", {{"momentum", "0.9"}}},
        {"sgd", {{"momentum", "0.8"}, {"dampening", "0.3"}, {"weight_decay", "0.2"}}},
        {"sgd", {{"momentum", "0.9"}, {"nesterov", "true"}, {"weight_decay", "0.2"}}},
        {"asgd", {{"lambd", "0.1"}, {"alpha", "0.6"}, {"weight_decay", "0.2"}}},
        {"adam", {{"beta2", still}}},
        {"adam", {{"beta1", "0.7"}, {"beta2", still}, {"eps", "0.1"}}},
        {"adamw", {{"beta2", still}, {"weight_decay", "0.2"}}},
        {"rmsprop", {{"alpha", still}}},
        {"rmsprop", {{"alpha", still}, {"momentum", "0.8"}, {"centered", "true"}, {"eps", "0.1"}}},
        {"adagrad", {{"lr_decay", "0.01"}, {"eps", "0.1"}}},
    };
    for (const auto& [id, settings] : cases) {
        std::string trace = id;
        for (const auto& [name, value] : settings) trace += " " + name + "=" + value;
        SCOPED_TRACE(trace);
        const Frozen frozen(id, settings);
        const double lr = 0.05;
        frozen.column(1, lr, 0); // a step, for there to be a preconditioner
        const auto limit = frozen.rule->stability_limit(lr);
        ASSERT_TRUE(limit);
        const auto p = frozen.rule->preconditioner();
        const double scale = p.defined() ? p.item<double>() : 1;
        // A rate that falls with the updates does so by less than the margin.
        EXPECT_LT(frozen.spectral_radius(0.999 * *limit * scale, lr), 1);
        EXPECT_GT(frozen.spectral_radius(1.001 * *limit * scale, lr), 1);
    }
}

TEST(Optimizer, StabilityLimitsAreThePublishedOnes) {
    const auto x = at::ones({1}, at::kDouble);
    const auto limit = [&](const std::string& id, const Settings& settings) {
        const auto rule = make_rule(id, settings, x);
        Descent descent(x, quadratic(x));
        descent.step(*rule, 0.1);
        return rule->stability_limit(0.1).value_or(NAN);
    };
    EXPECT_DOUBLE_EQ(limit("sgd", {}), 20);
    EXPECT_DOUBLE_EQ(limit("sgd", {{"momentum", "0.9"}}), 38);
    EXPECT_DOUBLE_EQ(limit("sgd", {{"momentum", "0.9"}, {"nesterov", "true"}}), 38 / 2.8);
    EXPECT_NEAR(limit("adam", {}), 380, 1e-9) << "38/lr, Cohen et al. 2022";
    EXPECT_TRUE(std::isnan(limit("lion", {})));
    EXPECT_FALSE(make_rule("sgd", {}, x)->stability_limit(0)) << "nothing moves";
    EXPECT_FALSE(make_rule("adam", {}, x)->stability_limit(0.1))
        << "no preconditioner before the first update";
}

TEST(Optimizer, AdamsFirstStepHasTheLengthOfItsRate) {
    const auto x = at::zeros({4}, at::kDouble);
    const auto slopes = at::tensor({1e-3, -5.0, 2.0, 1e3}, at::kDouble);
    const auto rule = make_rule("adam", {}, x);
    Descent descent(x, [&](const Tensor&, Tensor& gradient) {
        gradient.copy_(slopes);
        return 0.0;
    });
    descent.step(*rule, 0.01);
    EXPECT_TRUE(descent.weights.allclose(at::tensor({-0.01, 0.01, -0.01, -0.01}, at::kDouble), 1e-4));
    // The preconditioner is what turns the momentum into the step.
    const auto momentum = slopes * 0.1;
    EXPECT_TRUE(descent.weights.allclose(-0.01 * momentum / rule->preconditioner(), 1e-12));
}

TEST(Optimizer, NormalisedStepsHaveTheLengthOfTheRateAndNoneWithoutAGradient) {
    const auto x = at::tensor({3.0, -4.0}, at::kDouble);
    for (const auto& [exponent, length] :
         {std::pair{"1", 0.1}, {"0", 0.1 * 5}, {"0.5", 0.1 * std::sqrt(5)}}) {
        const auto rule = make_rule("normalised-gd", {{"exponent", exponent}}, x);
        Descent descent(x, quadratic(at::ones({2}, at::kDouble)));
        descent.step(*rule, 0.1);
        EXPECT_NEAR((descent.weights - x).norm().item<double>(), length, 1e-14) << exponent;
    }
    const auto rule = make_rule("normalised-gd", {}, x);
    Descent rest(at::zeros({2}, at::kDouble), quadratic(at::ones({2}, at::kDouble)));
    rest.step(*rule, 0.1);
    EXPECT_EQ(rest.weights.abs().max().item<double>(), 0);
}

TEST(Optimizer, MuonsStepsAreNearlyOrthogonal) {
    at::manual_seed(1);
    for (const auto& shape : std::vector<std::vector<std::int64_t>>{{7, 20}, {20, 7}, {64, 32}, {6, 5, 5}}) {
        const auto rows = shape[0], size = c10::multiply_integers(shape);
        const auto slopes = at::randn({size}, at::kDouble);
        const auto rule = make_rule("muon", {}, slopes, {shape});
        Descent descent(at::zeros_like(slopes), [&](const Tensor&, Tensor& gradient) {
            gradient.copy_(slopes * 1e3);
            return 0.0;
        });
        descent.step(*rule, 1);
        const double scale =
            std::sqrt(std::max(1.0, static_cast<double>(rows * rows) / static_cast<double>(size)));
        const auto values = at::linalg_svdvals(descent.weights.view({rows, -1}) / scale);
        // "approximately in the range 0.7 to 1.2", Jordan et al. 2024
        EXPECT_GT(values.min().item<double>(), 0.67);
        EXPECT_LT(values.max().item<double>(), 1.21);
        EXPECT_LT((descent.weights * slopes).sum().item<double>(), 0) << "down the slope";
    }
}

TEST(Optimizer, GradientFlowIsTheExponentialOnAQuadratic) {
    const auto lambda = at::tensor({0.1, 1.0, 40.0}, at::kDouble),
               start = at::tensor({1.0, -2.0, 3.0}, at::kDouble);
    for (const std::string method : {"bogacki-shampine", "dormand-prince"}) {
        for (const double rtol : {1e-3, 1e-5, 1e-7}) {
            const auto allowed = to_string(Value{rtol});
            const auto rule =
                make_rule("gradient-flow", {{"method", method}, {"rtol", allowed}, {"atol", allowed}}, start);
            Descent descent(start, quadratic(lambda));
            for (int i = 0; i < 10; ++i) descent.step(*rule, 0.05);
            const double error = (descent.weights - start * (lambda * -0.5).exp()).norm().item<double>();
            EXPECT_LT(error, 3 * rtol) << method << ' ' << rtol;
        }
    }
}

TEST(Optimizer, GradientFlowSaysWhenItIsNotThrough) {
    const auto x = at::ones({2}, at::kDouble);
    const auto rule = make_rule("gradient-flow", {{"max_evaluations", "50"}}, x);
    Descent descent(x, quadratic(at::tensor({1.0, 1e4}, at::kDouble)));
    try {
        descent.step(*rule, 1);
        FAIL() << "1e4 needs some ten thousand evaluations";
    } catch (const InputError& e) {
        EXPECT_NE(std::string(e.what()).find("optimizer.max_evaluations"), std::string::npos) << e.what();
    }
    EXPECT_EQ(descent.evaluations, 51) << "its own and the update's";
}

TEST(Optimizer, LbfgsSolvesAQuadraticAsSoonAsItKnowsItsCurvature) {
    const auto lambda = at::tensor({0.1, 1.0, 4.0, 30.0}, at::kDouble);
    const auto x = at::ones({4}, at::kDouble);
    const auto rule = make_rule("lbfgs", {{"line_search_fn", "strong-wolfe"}}, x);
    Descent descent(x, quadratic(lambda));
    descent.step(*rule, 1);
    EXPECT_LT(descent.weights.norm().item<double>(), 1e-4);
    EXPECT_LE(descent.evaluations, 2 * 25) << "no iteration begins after 1.25 times max_iter";
}

TEST(Optimizer, ARateOfNothingMovesNothing) {
    const auto x = at::tensor({1.0, -2.0, 0.5}, at::kDouble);
    for (const auto& id : descending_optimizers()) {
        if (id == "rprop") continue; // whose step lengths are its own
        const auto rule = make_rule(id, {}, x);
        Descent descent(x, quadratic(at::ones({3}, at::kDouble)));
        for (int i = 0; i < 3; ++i) descent.step(*rule, 0);
        EXPECT_TRUE(descent.weights.equal(x)) << id;
        for (int i = 0; i < 3; ++i) descent.step(*rule, 1e-3);
        EXPECT_FALSE(descent.weights.equal(x)) << id;
        EXPECT_TRUE(descent.weights.isfinite().all().item<bool>()) << id;
    }
}

TEST(Optimizer, CombinationsWithoutAMeaningAreRefusedInOneLine) {
    for (const auto& [id, settings, part] : std::vector<std::tuple<std::string, Settings, std::string>>{
             {"sgd", {{"nesterov", "true"}}, "expected momentum > 0"},
             {"sgd", {{"nesterov", "true"}, {"momentum", "0.9"}, {"dampening", "0.1"}}, "dampening = 0"},
             {"rprop", {{"step_min", "0.1"}, {"step_max", "0.01"}}, "expected at most optimizer.step_max"},
             {"rprop", {{"eta_plus", "1"}}, "> 1"},
             {"rprop", {{"eta_minus", "1"}}, "< 1"},
             {"lbfgs", {{"line_search_fn", "strong_wolfe"}}, "did you mean 'strong-wolfe'"},
             {"muon", {{"iterations", "0"}}, "1 to 100"},
             {"gradient-flow", {{"atol", "0"}}, "> 0"}}) {
        const auto message = refusal(id, settings);
        EXPECT_NE(message.find(part), std::string::npos) << id << ": " << message;
        EXPECT_EQ(message.find('\n'), std::string::npos);
    }
}

} // namespace descent::test

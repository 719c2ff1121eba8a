// Sharpness against exact Hessians, as training goes on, and at the edge of stability.

#include "tests/engine/instrument_bench.h"

namespace descent::test {

namespace {

/// The Hessian of the loss that updates follow, column by column from differences of gradients.
Tensor exact_hessian(Experiment& experiment) {
    const SampleLoss loss(experiment, experiment.sample(2048));
    std::vector<Tensor> columns;
    const double h = 1e-4;
    for (std::int64_t i = 0; i < experiment.weights().count(); ++i) {
        const KeepWeights keep(experiment.weights());
        experiment.weights().flat()[i].add_(h);
        const auto ahead = loss.gradient();
        experiment.weights().flat()[i].sub_(2 * h);
        columns.push_back((ahead - loss.gradient()) / (2 * h));
    }
    const auto all = at::stack(columns) * update_scale(experiment);
    return (all + all.t()) / 2;
}

Tensor largest(const Tensor& matrix) {
    return at::linalg_eigvalsh(matrix).flip({0});
}

} // namespace

TEST(Sharpness, AgreesWithTheExactHessianAsTrainingGoesOn) {
    for (const auto& [precision, reduction, balance] :
         {std::tuple{"float64", "mean", "none"}, {"float64", "sum", "loss"}, {"float32", "mean", "none"}}) {
        const Settings settings{{"regime.precision", precision},
                                {"regime.reduction", reduction},
                                {"regime.balance", balance},
                                {"model.hidden", "24"}, // 195 weights
                                {"optimizer.momentum", "0"},
                                {"optimizer.lr", std::string(reduction) == "sum" ? "0.02" : "0.6"},
                                {"regime.probe_sharpness", "3"}};
        Bench bench("mlp", settings);
        // Differences need double: a twin at the same weights.
        Bench twin("mlp", with(settings, {{"regime.precision", "float64"}}));
        for (int i = 0; i < 8; ++i) {
            twin.experiment.weights().flat().copy_(bench.experiment.weights().flat());
            const auto exact = largest(exact_hessian(twin.experiment));
            bench.update();
            for (int k = 0; k < 3; ++k)
                EXPECT_NEAR(bench.value("sharpness/" + std::to_string(k + 1)), exact[k].item<double>(),
                            1e-3 * exact[0].item<double>())
                    << precision << ' ' << reduction << ", update " << i << ", number " << k + 1;
            EXPECT_LE(bench.value("sharpness/residual"), 1e-3);
        }
    }
}

TEST(Sharpness, OfAPreconditionedRuleIsThatOfThePreconditionedHessian) {
    for (const auto& optimizer : descending_optimizers()) {
        Bench bench("mlp", {{"regime.precision", "float64"}, {"regime.probe_sharpness", "1"}}, optimizer);
        for (int i = 0; i < 4; ++i) bench.update();
        const auto p = bench.experiment.optimizer().preconditioner();
        EXPECT_EQ(bench.measures("sharpness/preconditioned"), p.defined()) << optimizer;
        EXPECT_EQ(bench.measures("sharpness/limit"), !p.defined()) << optimizer;
        const auto limit = bench.experiment.optimizer().stability_limit(bench.experiment.lr());
        const auto root =
            p.defined() ? p.to(at::kDouble).reshape({-1}).rsqrt() : Tensor(); // before it moves on
        const auto hessian = exact_hessian(bench.experiment);
        bench.update();
        if (limit) {
            EXPECT_EQ(bench.value(p.defined() ? "sharpness/preconditioned-limit" : "sharpness/limit"),
                      *limit);
        }
        if (!p.defined()) continue;
        const auto exact = largest(root.unsqueeze(1) * hessian * root)[0].item<double>();
        EXPECT_NEAR(bench.value("sharpness/preconditioned"), exact, 1e-3 * exact) << optimizer;
    }
}

TEST(Sharpness, PreconditionedProductsAreThoseOfTheScaledMatrix) {
    Bench bench("mlp", {{"regime.precision", "float64"}});
    auto& experiment = bench.experiment;
    const SampleLoss loss(experiment, experiment.sample(2048));
    const auto size = experiment.weights().count();
    auto p = at::linspace(0.1, 3, size, at::kDouble);
    p[2] = 0.0;
    auto root = p.rsqrt();
    root[2] = 0.0;
    const auto exact = root.unsqueeze(1) * exact_hessian(experiment) * root;
    const auto v = at::linspace(-1, 2, size, at::kDouble);
    const Hessian hessian(loss);
    EXPECT_LT(relative_distance(preconditioned(hessian, p)(v), exact.mv(v)), 1e-6);
}

TEST(Sharpness, GoesOnFromItsState) {
    const Settings settings{{"regime.probe_sharpness", "2"}, {"regime.probe_cosine", "true"}};
    Bench first("gru", settings), resumed("gru", settings);
    first.update();
    resumed.experiment.weights().flat().copy_(first.experiment.weights().flat());
    for (std::size_t i = 0; i < first.instruments.size(); ++i) {
        const auto from = first.instruments[i]->state(), to = resumed.instruments[i]->state();
        ASSERT_EQ(from.size(), to.size());
        for (std::size_t k = 0; k < from.size(); ++k) auto(to[k].second).copy_(from[k].second);
    }
    resumed.looked = true;
    first.update();
    resumed.update();
    for (const auto* name : {"sharpness/1", "sharpness/2", "sharpness/residual", "gradient/cosine"})
        EXPECT_EQ(first.value(name), resumed.value(name)) << name;
}

TEST(Sharpness, RisesToTheStabilityLimitOfFullBatchDescentAndHovers) {
    // The edge of stability (Cohen et al. 2021), on a tanh net that has to fit wrong labels.
    Bench bench("mlp", {{"regime.precision", "float64"},
                        {"regime.loss", "mse"},
                        {"regime.label_noise", "0.2"},
                        {"regime.probe_sharpness", "1"},
                        {"model.hidden", "30"},
                        {"optimizer.lr", "0.2"},
                        {"optimizer.nesterov", "false"},
                        {"optimizer.momentum", "0"}});
    double late = 0;
    for (int i = 0; i < 3000; ++i) {
        bench.update(i % 100 == 0);
        if (i % 100 != 0) continue;
        const double share = bench.value("sharpness/1") / bench.value("sharpness/limit");
        if (i == 0) {
            EXPECT_LT(share, 0.6);
        }
        if (i >= 1000) late += share / 20;
    }
    EXPECT_NEAR(late, 1, 0.03);
}

} // namespace descent::test

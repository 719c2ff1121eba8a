// Logits, losses, gradients and ten optimizer steps against PyTorch: tests/reference/models.py and mlp.py
// wrote the files.

#include "tests/engine/golden.h"

namespace descent::test {

class Forward : public ::testing::TestWithParam<std::string> {};

TEST_P(Forward, LogitsLossAndGradientsAgreeWithPyTorch) {
    const auto golden = Golden::named(GetParam());
    Experiment experiment(golden.spec(), golden.data());
    golden.set_weights(experiment);
    const double tolerance = golden.metadata.at("dtype") == "float64" ? 1e-12 : 1e-5;

    const auto logits = experiment.model().logits(experiment.weights(), experiment.data().train);
    EXPECT_LT(relative_distance(logits, golden.tensors.at("logits")), tolerance);
    const auto batch = experiment.accumulate();
    const auto loss = golden.tensors.at("loss").item<double>();
    EXPECT_NEAR(batch.loss(), loss, tolerance * loss);
    // A gradient that nearly cancels, as attention's last bias does, is measured against the whole.
    const double least = 0.01 * experiment.weights().gradient().norm().item<double>();
    for (const auto& leaf : experiment.weights().leaves()) {
        const auto& expected = golden.tensors.at("grad/" + leaf.name);
        const double error = (leaf.tensor.grad() - expected).norm().item<double>();
        EXPECT_LT(error, tolerance * std::max(least, expected.norm().item<double>())) << leaf.name;
    }

    const auto layers = experiment.model().activations(experiment.weights(), experiment.data().train);
    for (std::size_t i = 0; golden.tensors.contains("activation/" + std::to_string(i)); ++i) {
        ASSERT_LT(i, layers.size());
        EXPECT_LT(relative_distance(layers[i].values, golden.tensors.at("activation/" + std::to_string(i))),
                  tolerance);
    }
    for (const auto& [layer, values, least_value, largest] : layers) {
        ASSERT_EQ(values.dim(), 2);
        EXPECT_FALSE(values.requires_grad());
        EXPECT_FALSE(values.min().item<double>() < least_value) << layer; // true where there is none
        EXPECT_FALSE(values.max().item<double>() > largest) << layer;
        if (layer != "rnn") continue;
        // The read-out of what is shown is what the model says.
        const auto& leaves = experiment.weights().leaves();
        const auto weight = [&](const std::string& name) {
            return std::ranges::find(leaves, name, &Weights::Leaf::name)->tensor;
        };
        EXPECT_LT(
            relative_distance(at::linear(values, weight("output.weight"), weight("output.bias")), logits),
            tolerance);
    }
    EXPECT_EQ(layers.empty(), golden.metadata.at("model") == "char-rnn-linear" ||
                                  GetParam().starts_with("forward-mlp-linear"));
}

INSTANTIATE_TEST_SUITE_P(Golden, Forward, ::testing::ValuesIn(golden_files("forward")), golden_test_name);

/// Ten updates against the losses, norms and weights of the file.
void expect_steps(const Golden& golden, Experiment& experiment, double tolerance) {
    golden.set_weights(experiment);
    for (int i = 0; i < 10; ++i) {
        const auto batch = experiment.accumulate();
        const auto facts = experiment.step(batch);
        const auto loss = golden.tensors.at("losses")[i].item<double>();
        EXPECT_NEAR(batch.loss(), loss, tolerance * loss) << "update " << i;
        const auto norm = golden.tensors.at("norms")[i].item<double>();
        EXPECT_NEAR(facts.gradient_norm, norm, tolerance * norm + 0.01 * tolerance) << "update " << i;
    }
    for (const auto& leaf : experiment.weights().leaves())
        EXPECT_LT(relative_distance(leaf.tensor, golden.tensors.at("after/" + leaf.name)), tolerance)
            << leaf.name;
}

class Steps : public ::testing::TestWithParam<std::string> {};

TEST_P(Steps, TenUpdatesAgreeWithPyTorch) {
    const auto golden = Golden::named(GetParam());
    Experiment experiment(golden.spec(), golden.data());
    expect_steps(golden, experiment, 1e-5);
}

INSTANTIATE_TEST_SUITE_P(Golden, Steps, ::testing::ValuesIn(golden_files("steps")), golden_test_name);

TEST(Regimes, TenUpdatesAgreeWithPyTorch) {
    const auto all = golden_files("regime");
    ASSERT_FALSE(all.empty());
    for (const auto& name : all) {
        SCOPED_TRACE(name);
        const auto golden = Golden::named(name);
        Experiment experiment(golden.spec(), golden.data());
        // A finite difference magnifies rounding by 1/ε.
        expect_steps(golden, experiment, name.find("penalty") == std::string::npos ? 1e-11 : 1e-9);
        if (!experiment.averages().wanted()) continue;
        experiment.weights().flat().copy_(experiment.averages().weights());
        for (const auto& leaf : experiment.weights().leaves())
            EXPECT_LT(relative_distance(leaf.tensor, golden.tensors.at("averaged/" + leaf.name)), 1e-11)
                << leaf.name;
    }
}

} // namespace descent::test

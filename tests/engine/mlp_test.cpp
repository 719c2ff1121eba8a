#include "core/models/nonlinearity.h"

#include "tests/engine/support.h"

#include <gmock/gmock.h>

#include <cmath>

namespace descent::test {

namespace {

using Settings = std::vector<std::pair<std::string, std::string>>;

std::unique_ptr<Model> mlp(Settings settings, const TaskShape& shape) {
    settings.emplace_back("task", "gaussian-mixture");
    const auto spec = make_spec("mlp", "sgd", "full-batch", settings);
    return registry().model("mlp").make(spec.model.params, shape, 0);
}

const TaskShape kShape{.features = {2, 3}, .classes = 3};

} // namespace

TEST(Nonlinearity, ThresholdIsAStepWithTheSlopeOfHardTanh) {
    const double inf = std::numeric_limits<double>::infinity();
    const auto z =
        at::tensor({-inf, -1.5, -1.0, -0.3, 0.0, 1e-9, 0.3, 1.0, 1.5, inf}, at::kDouble).requires_grad_(true);
    const auto y = nonlinearity("threshold").apply(z);
    EXPECT_TRUE(y.equal(at::tensor({0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0}, at::kDouble)));
    y.sum().backward();
    EXPECT_TRUE(z.grad().equal(at::tensor({0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0}, at::kDouble)));
    EXPECT_TRUE(nonlinearity("threshold").apply(at::full({1}, std::nan(""))).isnan().item<bool>());
    EXPECT_THROW(nonlinearity("step"), InputError);
}

TEST(Mlp, MembersSideBySideAnswerAsEachAlone) {
    RandomStream random(3, "members");
    const auto inputs = at::randn({3, 5, 2, 3}, at::kDouble); // of members each with their own
    for (const auto& activation : nonlinearity_names())
        for (const char* bias : {"true", "false"})
            for (const char* layers : {"0", "2"}) {
                SCOPED_TRACE(activation + " " + bias + " " + layers);
                const auto model = mlp({{"model.activation", activation},
                                        {"model.output", "sigmoid"},
                                        {"regime.loss", "mse"},
                                        {"model.bias", bias},
                                        {"model.layers", layers},
                                        {"model.hidden", "4"}},
                                       kShape);
                std::vector<Weights> members;
                for (int k = 0; k < 3; ++k) members.emplace_back(model->weights(), random, at::kDouble);
                std::vector<Tensor> together;
                for (std::size_t i = 0; i < members[0].leaves().size(); ++i)
                    together.push_back(at::stack({members[0][i], members[1][i], members[2][i]}));
                const auto of_all = model->ensemble_logits(together, inputs[0]);
                const auto of_each = model->ensemble_logits(together, inputs);
                ASSERT_EQ(of_all.sizes(), (std::vector<std::int64_t>{3, 5, 3}));
                for (std::int64_t k = 0; k < 3; ++k) {
                    const auto& w = members[static_cast<std::size_t>(k)];
                    EXPECT_LT(relative_distance(of_all[k], model->logits(w, {.inputs = inputs[0]})), 1e-14);
                    EXPECT_LT(relative_distance(of_each[k], model->logits(w, {.inputs = inputs[k]})), 1e-14);
                }
            }
}

TEST(Mlp, WeightsAreDrawnAsSaid) {
    struct Case {
        const char *init, *scale;
        double first, second;  ///< deviation of the weights of either layer
        double bias;           ///< of the first layer's biases
        WeightSpec::Init kind; ///< of the weights
    };
    using enum WeightSpec::Init;
    const double uniformly = 1 / std::sqrt(3.0);
    for (const Case& c : {Case{"torch", "0.5", uniformly / std::sqrt(6.0), uniformly / 20,
                               uniformly / std::sqrt(6.0), uniform},
                          Case{"uniform", "0.3", 0.3 * uniformly, 0.3 * uniformly, 0.3 * uniformly, uniform},
                          Case{"normal", "0.3", 0.3, 0.3, 0.3, normal},
                          Case{"fan-in-normal", "0.5", 0.5 / std::sqrt(6.0), 0.5 / 20, 0, normal},
                          Case{"he-normal", "0.5", std::sqrt(2.0 / 6), std::sqrt(2.0) / 20, 0, normal}}) {
        SCOPED_TRACE(c.init);
        const auto model = mlp({{"model.init", c.init},
                                {"model.init_scale", c.scale},
                                {"model.hidden", "400"},
                                {"model.layers", "1"}},
                               {.features = {6}, .classes = 10});
        RandomStream random(5, "init");
        const Weights weights(model->weights(), random, at::kDouble);
        const auto deviation = [&](std::size_t i) {
            return weights[i].square().mean().sqrt().item<double>();
        };
        EXPECT_NEAR(deviation(0), c.first, 0.06 * c.first); // of 2,400 numbers
        EXPECT_NEAR(deviation(2), c.second, 0.06 * c.second);
        EXPECT_NEAR(deviation(1), c.bias, 0.12 * c.bias); // of 400
        if (c.kind == uniform) {
            EXPECT_LE(weights[0].abs().max().item<double>(), c.first / uniformly);
        } else { // a normal's kurtosis, where a uniform's is 1.8
            const auto w = weights[0].detach();
            EXPECT_GT((w.pow(4).mean() / w.square().mean().square()).item<double>(), 2.5);
        }
    }
}

TEST(Mlp, BiasesAreLeftOutWhereAskedTo) {
    const auto names = [](const Model& model) {
        std::vector<std::string> all;
        for (const auto& weight : model.weights()) all.push_back(weight.name);
        return all;
    };
    EXPECT_THAT(names(*mlp({{"model.bias", "false"}}, kShape)), testing::ElementsAre("0.weight", "2.weight"));
    EXPECT_THAT(names(*mlp({}, kShape)), testing::ElementsAre("0.weight", "0.bias", "2.weight", "2.bias"));
    const auto one = mlp({{"model.hidden", "4"}}, {.features = {6}, .classes = 2, .outputs = 1});
    EXPECT_EQ(one->weights()[2].shape, (std::vector<std::int64_t>{1, 4}));
}

} // namespace descent::test

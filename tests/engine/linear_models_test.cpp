#include "tests/engine/support.h"

#include <cmath>

namespace descent::test {

namespace {

using Settings = std::vector<std::pair<std::string, std::string>>;

RunSpec spec_of(const std::string& model, const Settings& settings = {}) {
    Settings all{{"task", "gaussian-mixture"}, {"regime.precision", "float64"}, {"model.init", "normal"}};
    all.insert(all.end(), settings.begin(), settings.end());
    return make_spec(model, "sgd", "full-batch", all);
}

/// W [p × d] and b [p], as the features of the unit vectors and of 0 show them.
struct Drawn {
    Tensor weights, biases;
};
Drawn drawn(std::int64_t features, std::int64_t dimension, const Settings& settings = {}) {
    Settings all{{"model.features", std::to_string(features)}, {"model.activation", "identity"}};
    all.insert(all.end(), settings.begin(), settings.end());
    const auto spec = spec_of("random-features", all);
    const auto model = registry()
                           .model("random-features")
                           .make(spec.model.params, {.features = {dimension}, .classes = 3}, spec.seed);
    const Examples probes{.inputs = at::cat({at::eye(dimension), at::zeros({1, dimension})}),
                          .labels = at::zeros({dimension + 1}, at::kLong)};
    const auto values = model->features(probes) * std::sqrt(static_cast<double>(features));
    const auto biases = values[dimension];
    return {(values.narrow(0, 0, dimension) - biases).t(), biases};
}

} // namespace

TEST(LinearModels, AreTheirFeaturesTimesTheirWeights) {
    const auto data = small_points();
    for (const std::string model : {"linear", "random-features"})
        for (const std::string precision : {"float32", "float64"}) {
            Experiment experiment(spec_of(model, {{"regime.precision", precision}}), data);
            const auto& weights = experiment.weights();
            ASSERT_EQ(weights.leaves().size(), 1U);
            const auto outputs = experiment.model().logits(weights, data.train);
            const auto features = experiment.model().features(data.train);
            EXPECT_EQ(features.scalar_type(), at::kDouble);
            EXPECT_EQ(weights[0].sizes(), (std::vector<std::int64_t>{3, features.size(1)}));
            EXPECT_LT(relative_distance(outputs, features.mm(weights[0].to(at::kDouble).t())),
                      precision == "float32" ? 1e-6 : 1e-14);
            if (model == "linear") {
                EXPECT_TRUE(features.equal(data.train.inputs.to(at::kDouble)));
            }
            // Prepared once or not: the same bits.
            const auto chunks = experiment.model().prepare(data.train, 13);
            ASSERT_EQ(chunks.size(), 3U);
            for (int pass = 0; pass < 2; ++pass) {
                std::vector<Tensor> parts, plain;
                for (const auto& chunk : chunks) {
                    parts.push_back(experiment.model().logits(weights, chunk).detach());
                    auto bare = chunk;
                    bare.prepared.reset();
                    plain.push_back(experiment.model().logits(weights, bare).detach());
                }
                EXPECT_TRUE(same_bits(at::cat(parts), at::cat(plain)));
                EXPECT_LT(relative_distance(at::cat(parts), outputs), 1e-6);
            }
        }
}

TEST(LinearModels, BeginAsAsked) {
    const auto data = small_points();
    Experiment zero(spec_of("random-features", {{"model.init", "zero"}}), data);
    EXPECT_EQ(zero.weights().flat().abs().max().item<double>(), 0);
    Experiment normal(spec_of("random-features", {{"model.features", "4000"}, {"model.init_scale", "0.3"}}),
                      data);
    EXPECT_NEAR(normal.weights().flat().std(true).item<double>(), 0.3, 0.3 * 5 / std::sqrt(2.0 * 12000));
}

TEST(LinearModels, TakeSpectrogramsAsTheyAre) {
    const auto sounds = small_sounds();
    for (const std::string model : {"linear", "random-features"}) {
        Experiment experiment(make_spec(model, "sgd", "sgd", {{"task", "kws-3"}, {"updates", "3"}}), sounds);
        EXPECT_EQ(experiment.weights().count(), 3 * (model == "linear" ? 9 * 37 : 100));
        EXPECT_TRUE(std::isfinite(experiment.step(experiment.accumulate()).loss));
    }
}

TEST(LinearModels, MembersOfAnEnsembleAreTheSameAlone) {
    const auto data = small_points();
    std::vector<std::unique_ptr<Experiment>> alone;
    std::vector<Tensor> weights, outputs, outputs_of_own;
    const auto own = at::randn({3, 30, 4});
    for (int k = 0; k < 3; ++k) {
        alone.push_back(std::make_unique<Experiment>(spec_of("linear", {{"seed", std::to_string(k)}}), data));
        weights.push_back(alone.back()->weights()[0].detach());
        outputs.push_back(alone.back()->model().logits(alone.back()->weights(), data.train).detach());
        auto mine = data.train;
        mine.inputs = own[k];
        outputs_of_own.push_back(alone.back()->model().logits(alone.back()->weights(), mine).detach());
    }
    const auto& model = alone.front()->model();
    const auto together = at::stack(weights).requires_grad_(true);
    const auto all = model.ensemble_logits({together}, data.train.inputs);
    EXPECT_LT(relative_distance(all, at::stack(outputs)), 1e-14);
    EXPECT_TRUE(all.requires_grad());
    EXPECT_LT(relative_distance(model.ensemble_logits({together}, own), at::stack(outputs_of_own)), 1e-14);
    Experiment features(spec_of("random-features"), data);
    EXPECT_FALSE(features.model().ensemble_logits({together}, data.train.inputs).defined())
        << "each member has features of its own";
}

TEST(RandomFeatures, AreDrawnFromTheDistributionsTheyName) {
    const std::int64_t p = 3000, d = 40;
    const auto [weights, biases] = drawn(p, d);
    const double n = static_cast<double>(p * d);
    EXPECT_NEAR(weights.mean().item<double>(), 0, 5 / std::sqrt(n * d));
    EXPECT_NEAR(weights.var(true).item<double>() * d, 1, 5 * std::sqrt(2 / n));
    EXPECT_NEAR(biases.var(true).item<double>(), 0.25, 0.25 * 5 * std::sqrt(2.0 / p));
    EXPECT_EQ(drawn(50, d, {{"model.bias_scale", "0"}}).biases.abs().max().item<double>(), 0);
}

TEST(RandomFeatures, BelongToTheRunsSeedAndWiderOnesBeginWithThem) {
    const auto few = drawn(20, 7), more = drawn(90, 7);
    EXPECT_TRUE(more.weights.narrow(0, 0, 20).allclose(few.weights, 1e-12, 1e-12));
    EXPECT_TRUE(more.biases.narrow(0, 0, 20).allclose(few.biases, 1e-12, 1e-12));
    EXPECT_TRUE(drawn(20, 7).weights.equal(few.weights));
    EXPECT_GT(relative_distance(drawn(20, 7, {{"seed", "1"}}).weights, few.weights), 0.5);
}

TEST(RandomFeatures, StayAsTheyAreWhileTheReadOutLearns) {
    const auto data = small_points();
    Experiment experiment(spec_of("random-features", {{"model.features", "50"}}), data);
    const auto before = experiment.model().features(data.train);
    double first = 0, last = 0;
    for (int i = 0; i < 200; ++i) {
        last = experiment.step(experiment.accumulate()).loss;
        if (i == 0) first = last;
    }
    EXPECT_LT(last, 0.7 * first);
    EXPECT_TRUE(experiment.model().features(data.train).equal(before));
    EXPECT_EQ(experiment.weights().count(), 150);
}

} // namespace descent::test

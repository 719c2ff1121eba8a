#include "tests/engine/support.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <cmath>

namespace descent::test {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

namespace {

using Settings = std::vector<std::pair<std::string, std::string>>;

RunSpec spec_with(const Settings& settings) {
    Settings all{{"task", "gaussian-mixture"}};
    all.insert(all.end(), settings.begin(), settings.end());
    return make_spec("mlp", "sgd", "full-batch", all);
}

TaskData drawn(const Settings& settings = {}) {
    return registry().task("gaussian-mixture").load(spec_with(settings).task.params, {});
}

/// The points of class `label` [n, dimension], in double.
Tensor points(const Examples& examples, std::int64_t label) {
    return examples.inputs.index_select(0, examples.labels.eq(label).nonzero().flatten()).to(at::kDouble);
}

std::string refusal(const Settings& settings) {
    try {
        drawn(settings);
    } catch (const InputError& e) {
        return e.what();
    }
    return "accepted";
}

} // namespace

TEST(GaussianMixture, DescribesItsData) {
    const auto data = drawn({{"task.classes", "3"},
                             {"task.dimension", "4"},
                             {"task.train", "7"},
                             {"task.validation", "3"},
                             {"task.test", "2"}});
    EXPECT_EQ(data.train.inputs.sizes(), (std::vector<std::int64_t>{7, 4}));
    EXPECT_EQ(data.train.inputs.scalar_type(), at::kFloat);
    EXPECT_FALSE(data.train.lengths.defined());
    EXPECT_EQ(data.shape.features, std::vector<std::int64_t>{4});
    EXPECT_EQ(data.shape.classes, 3);
    const auto& facts = data.inspection;
    EXPECT_THAT(facts.class_counts, ElementsAre(std::pair("0", 5), std::pair("1", 4), std::pair("2", 3)));
    EXPECT_EQ(facts.split_counts[0], (std::array<std::int64_t, 3>{3, 1, 1}));
    EXPECT_EQ(facts.provenance.train_examples, 7);
    EXPECT_EQ(facts.provenance.validation_examples, 3);
    EXPECT_EQ(facts.provenance.test_examples, 2);
    EXPECT_THAT(facts.provenance.classes, ElementsAre("0", "1", "2"));
    EXPECT_EQ(facts.provenance.data_source, "built-in");
    EXPECT_EQ(facts.provenance.data_hash.size(), 64u);
    EXPECT_EQ(nlohmann::json::parse(facts.provenance.manifest).at("data_seed"), 0);
    ASSERT_EQ(facts.samples.size(), 12u);
    EXPECT_EQ(facts.samples[8].side, 1);
    EXPECT_EQ(facts.samples[8].label, 1);
    EXPECT_EQ(std::ranges::count(facts.samples[0].text, ','), 3);
    EXPECT_THAT(drawn().inspection.samples[0].text, ::testing::EndsWith(", …"));
}

TEST(GaussianMixture, DependsOnItsSeedAlone) {
    const auto one = drawn();
    EXPECT_TRUE(same_bits(one.train.inputs, drawn().train.inputs));
    EXPECT_EQ(one.inspection.provenance.data_hash, drawn().inspection.provenance.data_hash);
    EXPECT_NE(one.inspection.provenance.data_hash,
              drawn({{"task.data_seed", "1"}}).inspection.provenance.data_hash);
    EXPECT_NE(one.inspection.provenance.data_hash,
              drawn({{"task.spread", "2"}}).inspection.provenance.data_hash);
    // Sizes change no example, and the run's own seed none at all.
    const auto more = drawn({{"task.train", "300"}, {"task.test", "0"}, {"seed", "5"}});
    EXPECT_TRUE(same_bits(more.train.inputs.narrow(0, 0, 200).contiguous(), one.train.inputs));
    EXPECT_TRUE(same_bits(more.validation.inputs, one.validation.inputs));
    EXPECT_EQ(more.test.size(), 0);
}

TEST(GaussianMixture, IsDrawnFromTheDistributionItNames) {
    // Without spread a point is its class's centre: 100 · 200 draws from N(0, 1).
    const auto centres = drawn({{"task.classes", "100"},
                                {"task.dimension", "200"},
                                {"task.train", "100"},
                                {"task.validation", "100"},
                                {"task.spread", "0"}})
                             .train.inputs.to(at::kDouble);
    const double n = 20'000;
    EXPECT_NEAR(centres.mean().item<double>(), 0, 5 / std::sqrt(n));
    EXPECT_NEAR(centres.var(true).item<double>(), 1, 5 * std::sqrt(2 / n));

    // A cloud lies around its centre with the deviation that was asked for, in every direction alike.
    const Settings cloud{{"task.classes", "2"}, {"task.dimension", "3"}, {"task.train", "40000"}};
    const auto with = [&](const char* spread) {
        auto settings = cloud;
        settings.emplace_back("task.spread", spread);
        return drawn(settings);
    };
    const auto wide = with("0.5"), exact = with("0");
    for (const std::int64_t label : {0, 1}) {
        const auto around = points(wide.train, label) - points(exact.train, label);
        const auto covariance = around.t().mm(around) / 20'000;
        EXPECT_LT(around.mean(0).abs().max().item<double>(), 5 * 0.5 / std::sqrt(20'000.0));
        EXPECT_LT((covariance - 0.25 * at::eye(3, at::kDouble)).abs().max().item<double>(),
                  5 * 0.25 * std::sqrt(2 / 20'000.0));
    }

    // Of two clouds the nearer centre is right with probability Φ(distance / 2σ).
    const auto data = with("1");
    const auto a = points(exact.train, 0)[0], b = points(exact.train, 1)[0];
    const auto x = data.train.inputs.to(at::kDouble);
    const auto says_b = (x - a).norm(2, 1).gt((x - b).norm(2, 1)).to(at::kLong);
    const double right = says_b.eq(data.train.labels).to(at::kDouble).mean().item<double>();
    const double expected = 0.5 * std::erfc(-(a - b).norm().item<double>() / 2 / std::sqrt(2.0));
    EXPECT_NEAR(right, expected, 5 * std::sqrt(expected * (1 - expected) / 40'000));
}

TEST(GaussianMixture, SaysWhatCannotBeDrawn) {
    EXPECT_EQ(refusal({{"task.train", "5"}}),
              "task.train = 5: expected at least task.classes = 10, so that each class has an example");
    EXPECT_THAT(refusal({{"task.validation", "9"}}), HasSubstr("task.validation = 9: expected at least"));
    EXPECT_EQ(refusal({{"task.dimension", "100000"}}), "task.dimension = 100000: 2,700 examples of so many "
                                                       "numbers are too many; expected at most 100,000,000 "
                                                       "numbers in all");
    EXPECT_THAT(refusal({{"task.dimension", "100000"}, {"task.classes", "1000"}}),
                HasSubstr("task.train = 200"));
}

TEST(GaussianMixture, IsLearntByTheMlp) {
    Experiment experiment(spec_with({{"updates", "100"}}), drawn());
    EXPECT_DOUBLE_EQ(experiment.data().inspection.provenance.majority_baseline, 0.1);
    double first = 0, last = 0;
    for (int i = 0; i < 100; ++i) {
        last = experiment.step(experiment.accumulate()).loss;
        if (i == 0) first = last;
    }
    EXPECT_NEAR(first, std::log(10), 0.3);
    EXPECT_LT(last, 0.05);
}

TEST(Mlp, TakesSpectrogramsAsTheyAre) {
    const auto sounds = small_sounds();
    Experiment experiment(
        make_spec("mlp", "sgd", "sgd", {{"task", "kws-3"}, {"updates", "3"}, {"model.layers", "3"}}), sounds);
    EXPECT_EQ(experiment.weights().count(), 9 * 37 * 100 + 100 + 2 * (100 * 100 + 100) + 100 * 3 + 3);
    EXPECT_TRUE(std::isfinite(experiment.step(experiment.accumulate()).loss));
    EXPECT_EQ(experiment.model().activations(experiment.weights(), sounds.train).size(), 3u);
}

TEST(Mlp, BeginsAsTorchNnLinear) {
    Experiment experiment(spec_with({{"model.hidden", "400"}, {"task.dimension", "25"}}),
                          drawn({{"task.dimension", "25"}}));
    for (const auto& [name, tensor] : experiment.weights().leaves()) {
        const double bound = name[0] == '0' ? 0.2 : 0.05; // 1/√25, 1/√400
        EXPECT_LE(tensor.abs().max().item<double>(), bound) << name;
        if (tensor.numel() < 1000) continue;
        EXPECT_NEAR(tensor.var(true).item<double>(), bound * bound / 3, 0.1 * bound * bound / 3) << name;
    }
}

} // namespace descent::test

#include "tests/engine/support.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <cmath>

namespace descent::test {

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Settings = std::vector<std::pair<std::string, std::string>>;

RunSpec spec_with(const Settings& settings, const std::string& optimizer = "sgd",
                  const std::string& regime = "full-batch") {
    Settings all{{"task", "teacher"}};
    all.insert(all.end(), settings.begin(), settings.end());
    return make_spec("mlp", optimizer, regime, all);
}

TaskData drawn(const Settings& settings) {
    return registry().task("teacher").load(spec_with(settings).task.params, {});
}

/// The weights that make the squared error least, of those the shortest [d].
Tensor least_squares(const Examples& examples) {
    const auto x = examples.inputs.to(at::kDouble), y = examples.targets.to(at::kDouble);
    return at::matmul(at::linalg_pinv(x), y).squeeze(1);
}

/// ‖outputs − targets‖²/n of a linear model.
double risk(const Tensor& weights, const Examples& examples) {
    const auto x = examples.inputs.to(at::kDouble), y = examples.targets.to(at::kDouble).squeeze(1);
    return (at::matmul(x, weights) - y).square().mean().item<double>();
}

struct Mean {
    std::vector<double> values;
    double mean() const { return tensor().mean().item<double>(); }
    double error() const {
        return tensor().std(true).item<double>() / std::sqrt(static_cast<double>(values.size()));
    }
    Tensor tensor() const { return at::tensor(values, at::kDouble); }
};

std::string refusal(const Settings& settings, const std::string& regime = "full-batch") {
    try {
        const Experiment experiment(spec_with(settings, "sgd", regime));
    } catch (const InputError& e) {
        return e.what();
    }
    return "accepted";
}

} // namespace

TEST(Teacher, IsALinearFunctionOfGaussianInputs) {
    const auto data = drawn({{"task.dimension", "6"},
                             {"task.slow_features", "3"},
                             {"task.slow_scale", "0.05"},
                             {"task.signal", "1.5"},
                             {"task.slow_signal", "0.8"},
                             {"task.noise", "0.7"},
                             {"task.train", "20000"},
                             {"task.validation", "50"},
                             {"task.test", "20000"}});
    EXPECT_TRUE(data.shape.regression());
    EXPECT_EQ(data.shape.features, std::vector<std::int64_t>{9});
    EXPECT_EQ(data.shape.width(), 1);
    const auto x = data.train.inputs.to(at::kDouble);
    const auto scale = x.square().mean(0).sqrt();
    for (std::int64_t k = 0; k < 9; ++k)
        EXPECT_NEAR(scale[k].item<double>(), k < 6 ? 1 : 0.05, 0.03 * (k < 6 ? 1 : 0.05));
    EXPECT_LT((at::matmul(x.t(), x) / 20000 / at::outer(scale, scale) - at::eye(9, at::kDouble))
                  .abs()
                  .max()
                  .item<double>(),
              0.04);
    // Without noise the teacher can be read off; test and validation have none.
    const auto teacher = least_squares(data.validation);
    EXPECT_LT(risk(teacher, data.validation), 1e-10);
    EXPECT_LT(risk(teacher, data.test), 1e-10);
    EXPECT_NEAR(teacher.narrow(0, 0, 6).norm().item<double>(), 1.5, 1e-5);
    EXPECT_NEAR(teacher.narrow(0, 6, 3).norm().item<double>() * 0.05, 0.8, 1e-5);
    EXPECT_NEAR(std::sqrt(risk(teacher, data.train)), 0.7, 0.02);
}

TEST(Teacher, SidesAndSizesAreDrawnApart) {
    const Settings small{{"task.train", "30"}, {"task.validation", "20"}, {"task.test", "10"}};
    const auto with = [&](const Settings& others) {
        Settings all = small;
        all.insert(all.end(), others.begin(), others.end());
        return drawn(all);
    };
    const auto one = with({});
    const auto more = with({{"task.train", "60"}});
    EXPECT_TRUE(same_bits(more.train.inputs.narrow(0, 0, 30), one.train.inputs));
    EXPECT_TRUE(same_bits(more.train.targets.narrow(0, 0, 30), one.train.targets));
    EXPECT_TRUE(same_bits(more.test.targets, one.test.targets));
    const auto noisy = with({{"task.test_noise", "true"}, {"task.noise", "0.1"}});
    EXPECT_TRUE(same_bits(noisy.train.inputs, one.train.inputs));
    EXPECT_TRUE(same_bits(noisy.test.inputs, one.test.inputs));
    EXPECT_FALSE(same_bits(noisy.test.targets, one.test.targets));
    EXPECT_FALSE(same_bits(one.train.inputs.narrow(0, 0, 20), one.validation.inputs));
    EXPECT_FALSE(same_bits(with({{"task.data_seed", "1"}}).train.inputs, one.train.inputs));

    const auto hash = [](const TaskData& data) { return data.inspection.provenance.data_hash; };
    EXPECT_EQ(hash(with({})), hash(one));
    EXPECT_NE(hash(noisy), hash(one));
    EXPECT_NE(hash(with({{"task.signal", "2"}})), hash(one));

    const auto& facts = one.inspection;
    EXPECT_THAT(facts.class_counts, IsEmpty());
    EXPECT_THAT(facts.provenance.classes, IsEmpty());
    EXPECT_EQ(facts.provenance.train_examples, 30);
    ASSERT_EQ(facts.samples.size(), 60U);
    EXPECT_THAT(facts.samples[0].text, HasSubstr(", … → "));
    const auto report = nlohmann::json::parse(facts.provenance.data_report);
    EXPECT_NEAR(report.at("target_mean").get<double>(), one.train.targets.mean().item<double>(), 1e-6);
    EXPECT_THAT(facts.notes, ElementsAre(HasSubstr("training targets have mean ")));
}

TEST(Teacher, ClassifiesByTheSideOfZero) {
    const auto data = drawn({{"task.kind", "classification"}, {"task.train", "400"}});
    EXPECT_TRUE(data.shape.one_output());
    EXPECT_EQ(data.shape.sides, (std::array<double, 2>{-1, 1}));
    EXPECT_FALSE(data.train.targets.defined());
    EXPECT_THAT(data.inspection.provenance.classes, ElementsAre("-1", "+1"));
    // The same inputs as the regression's, whose clean targets have that sign.
    const auto numbers = drawn({{"task.noise", "0"}, {"task.train", "400"}});
    EXPECT_TRUE(same_bits(data.train.inputs, numbers.train.inputs));
    EXPECT_TRUE(data.train.labels.to(at::kBool).equal(numbers.train.targets.squeeze(1).gt(0)));
}

TEST(Teacher, RidgelessRiskIsTheExactOne) {
    // Under- and overparameterised: σ²d/(n − d − 1), and ‖β‖²(1 − n/d) + σ²n/(d − n − 1), the finite forms of
    // Hastie et al. 2019.
    for (const int d : {50, 200}) {
        Mean risks;
        for (int seed = 0; seed < 40; ++seed) {
            const auto data = drawn({{"task.dimension", std::to_string(d)},
                                     {"task.noise", "0.5"},
                                     {"task.data_seed", std::to_string(seed)}});
            risks.values.push_back(risk(least_squares(data.train), data.test));
        }
        const double n = 100, exact = d < n ? 0.25 * d / (n - d - 1) : 1 - n / d + 0.25 * n / (d - n - 1);
        EXPECT_NEAR(risks.mean(), exact, 4 * risks.error()) << d;
        EXPECT_LT(risks.error(), 0.06 * exact);
    }
}

TEST(Teacher, TwoScalesMakeTheTestErrorRiseBetweenTwoDescents) {
    // Gradient descent with the step 1/λmax on a linear model that begins at 0.
    const Settings settings{
        {"task.dimension", "60"},     {"task.signal", "0.5"},          {"task.noise", "1"},
        {"task.slow_features", "10"}, {"model.layers", "0"},           {"model.bias", "false"},
        {"model.init", "normal"},     {"model.init_scale", "0"},       {"regime.reduction", "mean"},
        {"regime.mse_form", "half"},  {"regime.precision", "float64"}, {"optimizer.momentum", "0"}};
    Mean first, middle, end;
    for (int seed = 0; seed < 20; ++seed) {
        auto all = settings;
        all.emplace_back("task.data_seed", std::to_string(seed));
        const auto data = drawn(all);
        const auto x = data.train.inputs.to(at::kDouble);
        const auto largest = at::linalg_eigvalsh(at::matmul(x.t(), x) / 100).max().item<double>();
        all.insert(all.end(), {{"optimizer.lr", std::to_string(1 / largest)}, {"updates", "227"}});
        Experiment experiment(spec_with(all), data);
        const auto test_error = [&] { return risk(experiment.weights().flat(), data.test); };
        for (int t = 1; t <= 227; ++t) {
            experiment.step(experiment.accumulate());
            if (t == 1) first.values.push_back(test_error());
        }
        middle.values.push_back(test_error());
        end.values.push_back(risk(least_squares(data.train), data.test));
    }
    // As measured elsewhere on other draws: 4.46, 11.29 and 2.69.
    EXPECT_NEAR(first.mean(), 4.46, 0.25);
    EXPECT_NEAR(middle.mean(), 11.29, 2);
    EXPECT_NEAR(end.mean(), 70.0 / 29, 4 * end.error()); // σ²p/(n − p − 1)
}

TEST(Teacher, ARegressionTrainsAndIsMeasuredWithoutClasses) {
    const Settings settings{{"task.train", "40"},        {"task.validation", "30"},
                            {"task.test", "20"},         {"epochs", "30"},
                            {"regime.averaging", "ema"}, {"model.hidden", "8"},
                            {"regime.probe_every", "5"}, {"regime.probe_sharpness", "1"}};
    auto watched = settings;
    for (const char* flag : {"noise_scale", "cosine", "distance", "update_ratio", "histograms", "dead_units"})
        watched.emplace_back(std::string("regime.probe_") + flag, "true");
    watched.emplace_back("regime.probe_landscape", "both");
    const auto spec = spec_with(watched);
    Training run(spec, drawn(watched));
    ASSERT_EQ(run.trainer.run(), RunState::finished) << run.store.batches.back()->state->reason;
    const auto samples = run.store.samples();
    std::set<std::string> metrics;
    std::map<std::string, double> last;
    for (const auto& s : samples) {
        metrics.insert(s.metric);
        last[s.metric] = s.value;
    }
    for (const char* there : {"train/loss", "validation/loss", "test/loss", "validation/averaged-loss",
                              "gradient/norm", "sharpness/1", "noise-scale/simple", "dead/layer1"})
        EXPECT_TRUE(metrics.contains(there)) << there;
    for (const auto& metric : metrics) {
        EXPECT_EQ(metric.find("accuracy"), std::string::npos) << metric;
        EXPECT_EQ(metric.find("recall"), std::string::npos) << metric;
        EXPECT_EQ(metric.find("baseline"), std::string::npos) << metric;
    }
    for (const auto& batch : run.store.batches) {
        for (const auto& metric : batch->metrics)
            if (metric.name.ends_with("/loss")) {
                EXPECT_EQ(metric.unit, "");
            }
        for (const auto& matrix : batch->matrices)
            EXPECT_EQ(matrix.name.find("confusion"), std::string::npos);
    }
    // The loss said last is ½ of the mean square error of the last weights.
    const auto& data = run.experiment.data();
    const auto outputs = run.experiment.model().logits(run.experiment.weights(), data.test);
    EXPECT_NEAR(last.at("test/loss"), 0.5 * (outputs - data.test.targets).square().mean().item<double>(),
                1e-5 * last.at("test/loss"));
    EXPECT_LT(last.at("train/loss"),
              0.3 * std::ranges::find(samples, "train/loss", &KeepingSink::Named::metric)->value);
}

TEST(Teacher, MiniBatchesCarryTheirTargets) {
    // Two epochs in a fixed order are what the sums of the two halves say.
    const Settings settings{{"task.train", "20"},       {"task.validation", "5"},    {"task.test", "0"},
                            {"regime.order", "fixed"},  {"regime.batch_size", "10"}, {"model.hidden", "4"},
                            {"regime.micro_batch", "3"}};
    Experiment experiment(spec_with(settings, "sgd", "sgd"));
    const auto& data = experiment.data();
    for (int half = 0; half < 2; ++half) {
        const auto part = data.train.slice(10 * half, 10 * half + 10);
        const auto outputs = experiment.model().logits(experiment.weights(), part);
        const auto batch = experiment.accumulate();
        EXPECT_EQ(batch.examples, 10);
        EXPECT_NEAR(batch.loss(), 0.5 * (outputs - part.targets).square().mean().item<double>(), 1e-6);
        experiment.step(batch);
    }
}

TEST(Teacher, RefusesWhatNeedsClasses) {
    EXPECT_EQ(refusal({}), "accepted");
    for (const auto& [path, value] : Settings{{"regime.loss", "cross-entropy"},
                                              {"regime.label_noise", "0.1"},
                                              {"regime.positive_weight", "2"},
                                              {"regime.balance", "loss"},
                                              {"regime.balance", "bootstrap"},
                                              {"regime.stop_when_perfect", "1"}})
        EXPECT_THAT(refusal({{path, value}}, "sgd"), testing::StartsWith(path)) << value;
    EXPECT_THAT(refusal({{"regime.stop_on", "validation-accuracy"}, {"regime.patience", "2"}}),
                HasSubstr("expected validation-loss"));
    // As a classification all of them are allowed.
    for (const auto& [path, value] : Settings{{"regime.loss", "cross-entropy"},
                                              {"regime.label_noise", "0.1"},
                                              {"regime.positive_weight", "2"},
                                              {"regime.balance", "bootstrap"},
                                              {"regime.stop_when_perfect", "1"}})
        EXPECT_EQ(refusal({{"task.kind", "classification"}, {path, value}}, "sgd"), "accepted") << path;
    EXPECT_THAT(refusal({{"task.dimension", "100000"}, {"task.train", "1000000"}}),
                HasSubstr("expected at most 100,000,000 numbers in all"));
}

} // namespace descent::test

// Least squares as an optimizer, against NumPy, against descent to the end, and against what is known of
// linear models as sizes grow.

#include "core/analysis/asymptotics.h"
#include "tests/engine/golden.h"
#include "tests/engine/optimizer_support.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

namespace descent::test {

using ::testing::HasSubstr;

namespace {

struct Given : Objective {
    double evaluate() override { throw std::logic_error("least squares asks no gradient"); }
    LeastSquares least_squares() override { return problem; }
    LeastSquares problem;
};

Tensor solved(const Tensor& features, const Tensor& targets, const Settings& settings, double lr = 1,
              at::ScalarType type = at::kDouble) {
    auto weights = at::ones({targets.size(1) * features.size(1)}, type), gradient = at::zeros_like(weights);
    const auto rule = make_rule("least-squares", settings, weights);
    Given given;
    given.problem = {features, targets};
    rule->step({weights, gradient, lr, 0, given});
    return weights.view({targets.size(1), features.size(1)}).t();
}

/// Of the task `teacher`, each seed with data of its own.
RunSpec regression(const std::string& model, std::int64_t examples, std::int64_t dimension, double noise,
                   std::uint64_t seed, const Settings& settings) {
    Settings all{{"task", "teacher"},
                 {"task.train", std::to_string(examples)},
                 {"task.dimension", std::to_string(dimension)},
                 {"task.noise", to_string(Value{noise})},
                 {"task.validation", "2"},
                 {"task.test", "600"},
                 {"task.data_seed", std::to_string(seed)},
                 {"seed", std::to_string(seed)},
                 {"regime.mse_form", "full"}};
    all.insert(all.end(), settings.begin(), settings.end());
    return make_spec(model, "least-squares", "least-squares", all);
}

double test_loss(Experiment& experiment) {
    return evaluate(experiment.model(), experiment.weights(), experiment.loss(), experiment.test_chunks(),
                    experiment.data().shape.classes)
        .loss();
}

double train_loss(Experiment& experiment) {
    return evaluate(experiment.model(), experiment.weights(), experiment.loss(), experiment.train_chunks(),
                    experiment.data().shape.classes)
        .loss();
}

/// Test risk after the one update.
double risk(const RunSpec& spec) {
    Experiment experiment(spec);
    experiment.step(experiment.accumulate());
    return test_loss(experiment);
}

struct Mean {
    double value = 0, error = 0; ///< of the mean
};
Mean mean(const std::vector<double>& values) {
    const auto n = static_cast<double>(values.size());
    double sum = 0, squares = 0;
    for (const double v : values) sum += v;
    for (const double v : values) squares += (v - sum / n) * (v - sum / n);
    return {sum / n, std::sqrt(squares / (n - 1) / n)};
}

std::string refusal(const std::string& model, const std::string& regime, const Settings& settings) {
    try {
        Settings all{{"task", "gaussian-mixture"}};
        all.insert(all.end(), settings.begin(), settings.end());
        const Experiment experiment(make_spec(model, "least-squares", regime, all), small_points());
    } catch (const InputError& e) {
        return e.what();
    }
    return "accepted";
}

} // namespace

TEST(LeastSquares, AgreesWithNumPy) {
    const auto golden = Golden::named("least-squares");
    int compared = 0;
    for (const auto& [name, expected] : golden.tensors) {
        const auto problem = name.substr(0, name.find('/')), what = name.substr(name.find('/') + 1);
        Settings settings;
        if (what == "coarse") settings = {{"rcond", "0.01"}};
        if (what.starts_with("ridge-")) settings = {{"ridge", what.substr(6)}};
        if (what == "features" || what == "targets") continue;
        SCOPED_TRACE(name);
        const auto& features = golden.tensors.at(problem + "/features");
        const auto& targets = golden.tensors.at(problem + "/targets");
        const auto found = solved(features, targets, settings);
        ++compared;
        const bool ill = problem.starts_with("ill-") && what == "solution";
        // Rounding moves the solution by the condition number's multiple of it, what it predicts hardly.
        if (expected.norm().item<double>() == 0) {
            EXPECT_EQ(found.abs().max().item<double>(), 0);
        } else {
            EXPECT_LT(relative_distance(found, expected), ill ? 1e-6 : 1e-11);
            EXPECT_LT(relative_distance(features.mm(found), features.mm(expected)), ill ? 1e-8 : 1e-11);
        }
    }
    EXPECT_EQ(compared, 40);
}

TEST(LeastSquares, IsInDoubleWhateverTheWeights) {
    const auto golden = Golden::named("least-squares");
    const auto& features = golden.tensors.at("ill-wide/features");
    const auto& targets = golden.tensors.at("ill-wide/targets");
    EXPECT_TRUE(same_bits(solved(features, targets, {}, 1, at::kFloat).contiguous(),
                          solved(features, targets, {}).to(at::kFloat).contiguous()));
}

TEST(LeastSquares, GoesAShareOfTheWay) {
    const auto golden = Golden::named("least-squares");
    const auto& features = golden.tensors.at("tall/features");
    const auto& targets = golden.tensors.at("tall/targets");
    const auto whole = solved(features, targets, {});
    EXPECT_LT(relative_distance(solved(features, targets, {}, 0.25), 0.75 + 0.25 * whole), 1e-14);
    EXPECT_TRUE(solved(features, targets, {}, 0).eq(1).all().item<bool>());
}

TEST(LeastSquares, IsWhereDescentFromZeroEnds) {
    // Gradient descent from 0 stays in the span of the features, and so ends at the solution of least norm.
    for (const auto& [model, width] : {std::pair{"linear", "0"}, {"random-features", "60"}}) {
        Settings settings{{"task", "gaussian-mixture"},
                          {"regime.loss", "mse"},
                          {"regime.precision", "float64"},
                          {"regime.label_noise", "0.1"}};
        if (model != std::string("linear")) settings.emplace_back("model.features", width);
        Experiment exact(make_spec(model, "least-squares", "least-squares", settings), small_points());
        exact.step(exact.accumulate());
        const auto features = exact.model().features(exact.data().train);
        const auto scale = at::linalg_svdvals(features)[0].item<double>();
        auto descending = settings;
        descending.insert(descending.end(), {{"updates", "1"},
                                             {"optimizer.momentum", "0.995"},
                                             {"regime.reduction", "sum"},
                                             {"optimizer.lr", to_string(Value{1 / (scale * scale)})}});
        Experiment slow(make_spec(model, "sgd", "full-batch", descending), small_points());
        for (int i = 0; i < 8000; ++i) slow.step(slow.accumulate());
        EXPECT_LT(relative_distance(exact.weights().flat(), slow.weights().flat()), 1e-6) << model;
        EXPECT_NEAR(train_loss(exact), train_loss(slow), 1e-9);
    }
}

TEST(LeastSquares, InterpolatesWithAsManyFeaturesAsExamples) {
    for (const auto& [width, interpolates] : {std::pair{"29", false}, {"30", true}, {"300", true}}) {
        Experiment experiment(
            make_spec(
                "random-features", "least-squares", "least-squares",
                {{"task", "gaussian-mixture"}, {"model.features", width}, {"regime.label_noise", "0.2"}}),
            small_points());
        EXPECT_EQ(experiment.planned().count, 1);
        experiment.step(experiment.accumulate());
        if (interpolates)
            EXPECT_LT(train_loss(experiment), 1e-12) << width;
        else
            EXPECT_GT(train_loss(experiment), 1e-3) << width;
    }
}

TEST(LeastSquares, DoesNotDependOnTheChunksItsExamplesComeIn) {
    const auto weights = [](const char* chunk) {
        Experiment experiment(
            make_spec(
                "random-features", "least-squares", "least-squares",
                {{"task", "gaussian-mixture"}, {"model.features", "12"}, {"regime.micro_batch", chunk}}),
            small_points());
        experiment.step(experiment.accumulate());
        return experiment.weights().flat().clone();
    };
    EXPECT_LT(relative_distance(weights("7"), weights("4096")), 1e-12);
}

TEST(LeastSquares, SaysWhatItCannotSolve) {
    EXPECT_EQ(refusal("mlp", "least-squares", {}),
              "optimizer least-squares: model 'mlp' is not linear in its weights; expected linear or "
              "random-features");
    EXPECT_EQ(refusal("linear", "least-squares", {{"regime.loss", "cross-entropy"}}),
              "optimizer least-squares: regime.loss is cross-entropy; expected mse, whose least value it "
              "finds");
    EXPECT_EQ(refusal("linear", "least-squares", {{"regime.batch_size", "8"}}),
              "optimizer least-squares: regime.batch_size is 8 of 30 examples; expected 0, the whole "
              "training set");
    for (const auto& [path, value] : Settings{{"regime.label_smoothing", "0.1"},
                                              {"regime.balance", "loss"},
                                              {"regime.penalty", "0.5"},
                                              {"regime.noise", "1"},
                                              {"regime.sam_radius", "0.05"},
                                              {"regime.clip_norm", "0.25"}}) {
        const auto message = refusal("linear", "least-squares", {{path, value}});
        EXPECT_THAT(message, HasSubstr("optimizer least-squares: " + path + " is " + value + "; expected"));
        EXPECT_EQ(message.find('\n'), std::string::npos);
    }
    EXPECT_EQ(refusal("linear", "least-squares", {}), "accepted");
    EXPECT_EQ(refusal("random-features", "sgd", {}), "accepted") << "its own preferences: whole set, mse";
}

TEST(LeastSquares, LinearRegressionFollowsItsAsymptotes) {
    const std::int64_t n = 90;
    for (const std::int64_t dimension : {30, 60, 140, 300})
        for (const char* ridge : {"0", "25"}) {
            std::vector<double> risks;
            for (std::uint64_t seed = 0; seed < 30; ++seed)
                risks.push_back(
                    risk(regression("linear", n, dimension, 0.5, seed, {{"optimizer.ridge", ridge}})));
            const auto [value, error] = mean(risks);
            const double limit = linear_test_risk(
                {static_cast<double>(n), static_cast<double>(dimension), std::stod(ridge), 1, 0.5});
            EXPECT_NEAR(value, limit, 3 * error + 0.05 * limit) << dimension << ' ' << ridge;
        }
}

TEST(LeastSquares, RandomFeaturesFollowTheirAsymptotes) {
    const std::int64_t n = 120, dimension = 50;
    for (const char* ridge : {"0", "0.1"})
        for (const int features : {20, 60, 90, 180, 500}) {
            std::vector<double> risks;
            for (std::uint64_t seed = 0; seed < 24; ++seed)
                risks.push_back(risk(
                    regression("random-features", n, dimension, 0.5, seed,
                               {{"model.features", std::to_string(features)}, {"optimizer.ridge", ridge}})));
            const auto [value, error] = mean(risks);
            const double limit =
                random_features_test_risk({n, dimension, std::stod(ridge), 1, 0.5}, features, "relu", 0.5)
                    .value();
            EXPECT_NEAR(value, limit, 3 * error + 0.06 * limit) << features << ' ' << ridge;
        }
}

TEST(LeastSquares, ThePeakIsThereWithoutARidgeAndNotAtTheBest) {
    const std::vector<int> widths{10, 20, 40, 80, 160, 640};
    const std::vector<const char*> ridges{"0", "0.003", "0.03", "0.1", "0.3", "1", "3"};
    std::vector<double> plain, best;
    for (const int width : widths) {
        std::vector<double> of_ridges;
        for (const char* ridge : ridges) {
            std::vector<double> risks;
            for (std::uint64_t seed = 0; seed < 20; ++seed)
                risks.push_back(risk(
                    regression("random-features", 40, 20, 0.7, seed,
                               {{"model.features", std::to_string(width)}, {"optimizer.ridge", ridge}})));
            of_ridges.push_back(mean(risks).value);
        }
        plain.push_back(of_ridges[0]);
        best.push_back(std::ranges::min(of_ridges));
    }
    EXPECT_GT(plain[2], 5 * plain[0]) << "as many features as examples";
    EXPECT_GT(plain[2], 5 * plain[5]);
    for (std::size_t i = 1; i < widths.size(); ++i) EXPECT_LT(best[i], 1.02 * best[i - 1]) << widths[i];
}

} // namespace descent::test

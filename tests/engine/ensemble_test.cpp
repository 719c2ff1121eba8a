// Members of an ensemble are the runs that they would be alone.

#include "core/engine/member_layout.h"
#include "tests/engine/ensemble_fixture.h"

#include <cmath>

namespace descent::test {

namespace {

std::vector<std::string> matrices(const KeepingSink& sink) {
    std::vector<std::string> all;
    for (const auto& batch : sink.batches)
        for (const auto& m : batch->matrices)
            all.push_back(m.name + " at " + std::to_string(m.update.count) + ", " + std::to_string(m.rows) +
                          " by " + std::to_string(m.columns));
    return all;
}

void expect_near(const std::vector<KeepingSink::Named>& a, const std::vector<KeepingSink::Named>& b,
                 double tolerance, const std::string& what) {
    ASSERT_EQ(a.size(), b.size()) << what;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const auto where = what + ": " + b[i].metric + " at " + std::to_string(b[i].update);
        ASSERT_EQ(a[i].metric, b[i].metric) << where;
        ASSERT_EQ(a[i].update, b[i].update) << where;
        if (std::isfinite(b[i].value))
            ASSERT_NEAR(a[i].value, b[i].value, tolerance * std::max(1.0, std::abs(b[i].value))) << where;
        else
            ASSERT_FALSE(std::isfinite(a[i].value)) << where;
    }
}

/// Trains them together and each alone, and compares everything that is recorded, and the weights.
void expect_as_alone(const std::vector<RunSpec>& specs, double tolerance) {
    Ensemble together(specs);
    const auto states = together.run();
    for (std::size_t i = 0; i < specs.size(); ++i) {
        const auto what = "member " + std::to_string(i);
        Training alone(specs[i], data_of(specs[i]));
        EXPECT_EQ(alone.trainer.run(), states[i]) << what;
        expect_near(together.of(i).samples(), alone.store.samples(), tolerance, what);
        EXPECT_EQ(matrices(together.of(i)), matrices(alone.store)) << what;
        EXPECT_EQ(last_state(together.of(i)).reason, last_state(alone.store).reason) << what;
        EXPECT_EQ(together.of(i).batches.back()->progress.update, alone.store.batches.back()->progress.update)
            << what;
        if (states[i] == RunState::finished) {
            EXPECT_LT(relative_distance(together.trainer.weights(i), alone.experiment.weights().flat()),
                      tolerance)
                << what;
        }
    }
}

std::vector<std::string> optimizers() {
    std::vector<std::string> all;
    for (const auto& definition : registry().optimizers)
        if (definition.entry.id != "rprop" && !ensemble_refusal(points({}, definition.entry.id)))
            all.push_back(definition.entry.id);
    return all;
}

} // namespace

TEST(Ensemble, BeginsWithTheWeightsAndLabelsOfTheRunAlone) {
    const auto noisy = [](const char* seed, const char* hidden) {
        return points({{"seed", seed}, {"model.hidden", hidden}, {"regime.label_noise", "0.3"}});
    };
    Ensemble together({noisy("3", "5"), noisy("4", "9"), noisy("5", "2")});
    for (std::size_t i = 0; i < 3; ++i) {
        const Experiment alone(together.specs[i], data_of(together.specs[i]));
        EXPECT_TRUE(same_bits(together.trainer.weights(i), alone.weights().flat()));
        EXPECT_TRUE(at::equal(together.trainer.member(i).labels(), alone.data().train.labels));
        EXPECT_EQ(together.trainer.member(i).parameters(), alone.weights().count());
        EXPECT_EQ(together.trainer.member(i).majority_baseline(),
                  alone.data().inspection.provenance.majority_baseline);
    }
}

class EveryOptimizer : public ::testing::TestWithParam<std::string> {};

TEST_P(EveryOptimizer, IsAsAloneAfter500Updates) {
    // A step size at which 500 updates stay on course: what grows exponentially grows rounding too.
    const auto of = [](const char* seed, const char* hidden, const char* lr) {
        return points({{"seed", seed},
                       {"model.hidden", hidden},
                       {"updates", "500"},
                       {"optimizer.lr", lr},
                       {"regime.evaluate_every", "50"},
                       {"regime.record_every", "10"}},
                      GetParam());
    };
    expect_as_alone(
        {of("1", "5", "0.001"), of("2", "3", "0.002"), of("3", "5", "0.001"), of("4", "5", "0.002")}, 1e-10);
}

TEST(Ensemble, RpropIsAsAloneWhileTheGradientIsOne) {
    // Within 250 updates it fits these points so well that the gradient's norm is 1e-10 and its signs, which
    // are all that the rule goes by, are those of rounding.
    const auto of = [](const char* seed, const char* hidden) {
        return points({{"seed", seed},
                       {"model.hidden", hidden},
                       {"updates", "100"},
                       {"optimizer.lr", "0.001"},
                       {"regime.evaluate_every", "50"},
                       {"regime.record_every", "10"}},
                      "rprop");
    };
    expect_as_alone({of("1", "5"), of("2", "3"), of("3", "5"), of("4", "5")}, 1e-10);
}

INSTANTIATE_TEST_SUITE_P(Ensemble, EveryOptimizer, ::testing::ValuesIn(optimizers()), [](const auto& one) {
    std::string name = one.param;
    std::ranges::replace(name, '-', '_');
    return name;
});

TEST(Ensemble, OptimizersThatAreLeftOutAreKnown) {
    for (const auto& definition : registry().optimizers) {
        const auto why = ensemble_refusal(points({}, definition.entry.id));
        const auto& id = definition.entry.id;
        EXPECT_EQ(why.has_value(), id == "gradient-flow" || id == "lbfgs" || id == "least-squares")
            << definition.entry.id << " " << why.value_or("");
    }
}

struct Case {
    const char* name;
    std::vector<Settings> members;
    const char* optimizer = "sgd";
    const char* regime = "full-batch";
    double tolerance = 1e-10;
};

class Cases : public ::testing::TestWithParam<Case> {};

TEST_P(Cases, AreAsAlone) {
    const auto& c = GetParam();
    std::vector<RunSpec> specs;
    std::uint64_t seed = 0;
    for (auto settings : c.members) {
        settings.emplace_back("seed", std::to_string(seed++));
        specs.push_back(points(settings, c.optimizer, c.regime));
    }
    expect_as_alone(specs, c.tolerance);
}

INSTANTIATE_TEST_SUITE_P(
    Ensemble, Cases,
    ::testing::Values(
        Case{"widths",
             {{{"model.hidden", "1"}},
              {{"model.hidden", "40"}},
              {{"model.hidden", "7"}},
              {{"model.hidden", "100"}}}},
        Case{
            "depths",
            {{{"model.layers", "2"}, {"model.hidden", "4"}}, {{"model.layers", "2"}, {"model.hidden", "9"}}}},
        Case{"no_hidden_layer", {{{"model.layers", "0"}}, {{"model.layers", "0"}, {"optimizer.lr", "0.3"}}}},
        Case{"sigmoid_mse",
             {{{"model.activation", "sigmoid"}, {"regime.loss", "mse"}},
              {{"model.activation", "sigmoid"}, {"regime.loss", "mse"}, {"model.hidden", "3"}}}},
        Case{"focal_of_weighted_classes",
             {{{"regime.loss", "focal"}, {"regime.balance", "loss"}},
              {{"regime.loss", "focal"}, {"regime.balance", "loss"}, {"model.hidden", "3"}}}},
        Case{"nll_smoothed",
             {{{"regime.loss", "nll"}, {"model.output", "log-softmax"}, {"regime.label_smoothing", "0.1"}},
              {{"regime.loss", "nll"},
               {"model.output", "log-softmax"},
               {"regime.label_smoothing", "0.1"},
               {"model.hidden", "3"}}}},
        Case{"multi_margin",
             {{{"regime.loss", "multi-margin"}}, {{"regime.loss", "multi-margin"}, {"model.hidden", "3"}}}},
        Case{"huber_of_softmax_mini_batches",
             {{{"regime.loss", "huber"},
               {"regime.huber_delta", "0.3"},
               {"model.output", "softmax"},
               {"regime.batch_size", "10"}},
              {{"regime.loss", "huber"},
               {"regime.huber_delta", "0.3"},
               {"model.output", "softmax"},
               {"regime.batch_size", "10"},
               {"model.hidden", "3"}}}},
        Case{"mse_full_sum",
             {{{"regime.loss", "mse"},
               {"regime.mse_form", "full"},
               {"regime.reduction", "sum"},
               {"optimizer.lr", "0.001"}},
              {{"regime.loss", "mse"},
               {"regime.mse_form", "full"},
               {"regime.reduction", "sum"},
               {"optimizer.lr", "0.002"}}}},
        Case{"sum_of_means",
             {{{"regime.reduction", "sum-of-means"}, {"regime.micro_batch", "7"}, {"optimizer.lr", "0.02"}},
              {{"regime.reduction", "sum-of-means"}, {"regime.micro_batch", "7"}, {"optimizer.lr", "0.03"}}}},
        Case{"label_noise", {{{"regime.label_noise", "0.2"}}, {}, {{"regime.label_noise", "0.5"}}}},
        Case{"smoothing",
             {{{"regime.label_smoothing", "0.1"}},
              {{"regime.label_smoothing", "0.1"}, {"regime.balance", "loss"}}}},
        Case{"initialisations",
             {{{"model.init", "normal"}, {"model.init_scale", "0.5"}}, {{"model.init", "he-normal"}}, {}}},
        Case{"clips",
             {{{"regime.clip_norm", "0.05"}},
              {{"regime.clip_value", "0.01"}},
              {{"regime.clip_layer", "0.03"}},
              {},
              {{"regime.clip_norm", "0.02"}, {"regime.clip_layer", "0.03"}, {"regime.clip_value", "0.02"}}}},
        Case{"schedules",
             {{{"regime.schedule", "cosine"}, {"regime.warmup", "5"}},
              {{"regime.schedule", "step"}, {"regime.warmup", "3"}},
              {{"regime.schedule", "plateau"}},
              {}}},
        Case{"lengths", {{{"updates", "40"}}, {{"updates", "13"}}, {{"updates", "25"}}, {{"updates", "13"}}}},
        Case{"patience",
             {{{"regime.patience", "1"}, {"optimizer.lr", "3"}},
              {{"regime.patience", "2"}, {"regime.evaluate_every", "2"}, {"optimizer.lr", "2"}},
              {}}},
        Case{"stop_when_perfect",
             {{{"regime.stop_when_perfect", "3"},
               {"model.hidden", "20"},
               {"updates", "300"},
               {"optimizer.lr", "1"},
               {"task.spread", "0.2"}},
              {{"regime.stop_when_perfect", "30"},
               {"updates", "300"},
               {"optimizer.lr", "0.5"},
               {"task.spread", "0.2"}}}},
        Case{"weights_kept",
             {{{"regime.probe_weights", "true"}, {"model.hidden", "3"}}, {{"model.hidden", "8"}}}},
        Case{"record_every", {{{"regime.record_every", "4"}}, {{"regime.record_every", "9"}}}},
        Case{"mini_batches",
             {{{"regime.batch_size", "7"}},
              {{"regime.batch_size", "7"}, {"model.hidden", "9"}, {"regime.order", "replacement"}},
              {{"regime.batch_size", "7"}, {"regime.label_noise", "0.3"}, {"regime.order", "once"}}},
             "sgd",
             "sgd"},
        Case{"one_example",
             {{{"regime.batch_size", "1"}, {"optimizer.lr", "0.01"}},
              {{"regime.batch_size", "1"}, {"optimizer.lr", "0.01"}}},
             "sgd",
             "sgd"},
        Case{"single_precision",
             {{{"regime.precision", "float32"}, {"updates", "500"}, {"model.hidden", "30"}},
              {{"regime.precision", "float32"}, {"updates", "500"}}},
             "sgd",
             "full-batch",
             1e-5},
        Case{"adam_single_precision",
             {{{"regime.precision", "float32"},
               {"updates", "500"},
               {"model.hidden", "12"},
               {"regime.loss", "mse"}},
              {{"regime.precision", "float32"}, {"updates", "500"}, {"regime.loss", "mse"}}},
             "adam",
             "full-batch",
             1e-5}),
    [](const auto& one) { return std::string(one.param.name); });

TEST(Ensemble, OneOutputAndRegressionAreAsAlone) {
    const auto symmetry = [](const char* seed, const char* weight) {
        return make_spec("mlp", "sgd", "full-batch",
                         {{"task", "symmetry"},
                          {"seed", seed},
                          {"updates", "500"},
                          {"regime.positive_weight", weight},
                          {"regime.evaluate_every", "25"},
                          {"regime.record_every", "25"},
                          {"regime.precision", "float64"}});
    };
    expect_as_alone({symmetry("0", "1"), symmetry("1", "7"), symmetry("2", "8"), symmetry("3", "1")}, 1e-10);
    const auto teacher = [](const char* seed, const char* hidden) {
        return make_spec("mlp", "adam", "full-batch",
                         {{"task", "teacher"},
                          {"seed", seed},
                          {"updates", "100"},
                          {"model.hidden", hidden},
                          {"regime.loss", "mse"},
                          {"regime.evaluate_every", "25"},
                          {"regime.precision", "float64"}});
    };
    expect_as_alone({teacher("0", "4"), teacher("1", "20")}, 1e-10);
}

TEST(Ensemble, NothingLeaksIntoThePadding) {
    std::vector<RunSpec> specs{points({{"model.hidden", "2"}, {"model.activation", "sigmoid"}}),
                               points({{"model.hidden", "6"}, {"model.activation", "sigmoid"}})};
    const auto data = data_of(specs.front());
    std::vector<std::unique_ptr<Model>> models;
    std::vector<const Model*> plain;
    for (const auto& spec : specs) {
        models.push_back(registry().model("mlp").make(spec.model.params, data.shape, spec.seed));
        plain.push_back(models.back().get());
    }
    const EnsembleProblem problem{
        {&specs[0], &specs[1]}, data, {data.train.labels, data.train.labels}, {{}, {}}, layout_of(plain)};
    EXPECT_EQ(problem.layout.count(), 6 * 4 + 6 + 3 * 6 + 3);
    const auto gradient = make_torch_ensemble(problem);
    auto weights = gradient->buffer(), slopes = gradient->buffer();
    std::vector<Tensor> own;
    for (std::int64_t k = 0; k < 2; ++k) {
        RandomStream init(static_cast<std::uint64_t>(k), "init");
        const Weights drawn(plain[static_cast<std::size_t>(k)]->weights(), init, at::kDouble);
        const auto places = own_places(problem.layout, k);
        own.push_back(places.defined() ? places : at::arange(problem.layout.count(), at::kLong));
        weights[k].index_copy_(0, own.back(), drawn.flat());
    }
    EXPECT_EQ(own[0].size(0), 2 * 4 + 2 + 3 * 2 + 3);
    MemberSums sums;
    gradient->take(weights, slopes, sums);
    auto outside = slopes[0].clone();
    outside.index_fill_(0, own[0], 0);
    EXPECT_EQ(outside.abs().max().item<double>(), 0);
    EXPECT_GT(slopes[0].index_select(0, own[0]).abs().min().item<double>(), 0);
}

TEST(Ensemble, OneThatDivergesEndsByItself) {
    const auto steps = [](const char* seed, const char* lr) {
        return points(
            {{"seed", seed}, {"optimizer.lr", lr}, {"regime.loss", "mse"}, {"model.activation", "relu"}});
    };
    const std::vector<RunSpec> specs{steps("0", "0.05"), steps("1", "1e9"), steps("2", "0.05"),
                                     steps("3", "1e12")};
    Ensemble together(specs);
    EXPECT_EQ(together.run(),
              (std::vector{RunState::finished, RunState::diverged, RunState::finished, RunState::diverged}));
    expect_as_alone(specs, 1e-9);
}

} // namespace descent::test

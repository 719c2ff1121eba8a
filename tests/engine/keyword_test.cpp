// Keyword spotting: what is drawn, what is summed, what is measured. The sound itself is tested in
// tests/audio.

#include "tests/engine/support.h"

#include "core/analysis/detection.h"
#include "core/audio/clip.h"
#include "core/audio/speech_manifest.h"
#include "core/audio/synthetic_speech.h"
#include "core/tasks/speech_data.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstdlib>
#include <fstream>

namespace descent::test {

namespace {

using Settings = std::vector<std::pair<std::string, std::string>>;

RunSpec spec_of(const std::string& regime, const Settings& more = {}) {
    Settings settings{{"task", "kws-3"}, {"model.hidden", "6"}, {"model.channels", "2"}};
    settings.insert(settings.end(), more.begin(), more.end());
    return make_spec("crnn-attention", "sgd", regime, settings);
}

Tensor gradient_of(const std::string& regime, const Settings& more = {}) {
    Experiment experiment(spec_of(regime, more), small_sounds());
    experiment.accumulate();
    return experiment.weights().gradient().clone();
}

/// The inputs of `updates` updates, one after the other.
Tensor drawn(BatchPlan& plan, int updates) {
    std::vector<Tensor> all;
    for (int u = 0; u < updates; ++u) {
        const auto batch = plan.next();
        for (std::int64_t i = 0; i < batch.chunks; ++i) all.push_back(plan.chunk(i).inputs);
    }
    return at::cat(all);
}

} // namespace

TEST(Crnn, HasTheSourcesParameterCounts) {
    const auto count = [](std::int64_t classes) {
        const auto model =
            registry()
                .model("crnn-attention")
                .make(spec_of("sgd", {{"model.hidden", "64"}, {"model.channels", "8"}}).model.params,
                      {.features = {40, 101}, .classes = classes}, 0);
        std::int64_t total = 0;
        for (const auto& weight : model->weights()) total += c10::multiply_integers(weight.shape);
        return total;
    };
    EXPECT_EQ(count(2), 70'443);
    EXPECT_EQ(count(4), 70'573);
}

TEST(Crnn, RefusesClipsThatAreTooShort) {
    const auto& crnn = registry().model("crnn-attention");
    EXPECT_THROW(crnn.make(spec_of("sgd").model.params, {.features = {40, 19}, .classes = 2}, 0), InputError);
}

class FullBatchGradient : public ::testing::TestWithParam<std::string> {};

TEST_P(FullBatchGradient, IsTheSameForAnyMicroBatch) {
    // Frozen copies, fixed dropout masks, class weights: 84 examples.
    const Settings exact{{"regime.balance", "loss"}, {"regime.precision", "float64"}};
    const auto all = gradient_of(GetParam(), exact);
    for (const char* size : {"1", "7", "128"}) {
        const auto g = gradient_of(GetParam(), {{"regime.balance", "loss"}, {"regime.micro_batch", size}});
        EXPECT_LT(relative_distance(g, all), 1e-6) << "micro_batch " << size;
    }
    EXPECT_TRUE(same_bits(gradient_of(GetParam()), gradient_of(GetParam())));
}

INSTANTIATE_TEST_SUITE_P(Regimes, FullBatchGradient, ::testing::Values("full-batch", "full-batch-clipped"),
                         [](const auto& test) { return test.param == "full-batch" ? "plain" : "clipped"; });

TEST(FullBatch, SameWeightsTwiceGiveTheSameGradient) {
    Experiment experiment(spec_of("full-batch"), small_sounds());
    experiment.accumulate();
    const auto first = experiment.weights().gradient().clone();
    experiment.accumulate();
    EXPECT_TRUE(same_bits(first, experiment.weights().gradient()));
    EXPECT_EQ(experiment.plan().size(), 84);
    EXPECT_EQ(experiment.plan().updates_per_epoch(), 1);
}

TEST(FullBatch, FreshDrawsDoNot) {
    Experiment experiment(spec_of("full-batch", {{"regime.augmentation", "fresh"}}), small_sounds());
    experiment.accumulate();
    const auto first = experiment.weights().gradient().clone();
    experiment.accumulate();
    EXPECT_GT(relative_distance(experiment.weights().gradient(), first), 1e-3);
}

TEST(ClassWeights, MakeEachClassCountTheSame) {
    // The weighted mean over all is the mean over classes of the class means.
    const Settings plain{{"regime.augmentation", "off"}, {"regime.precision", "float64"}};
    auto weighted = plain;
    weighted.emplace_back("regime.balance", "loss");
    const auto got = gradient_of("full-batch", weighted);
    auto expected = at::zeros_like(got);
    for (std::int64_t c = 0; c < 3; ++c) {
        auto data = small_sounds();
        const auto indices = data.train.labels.eq(c).nonzero().flatten();
        data.train = data.train.at(indices);
        data.variation.reset();
        Experiment one(spec_of("full-batch", plain), std::move(data));
        one.accumulate();
        expected.add_(one.weights().gradient(), 1.0 / 3);
    }
    EXPECT_LT(relative_distance(got, expected), 1e-12);
}

TEST(Bootstrap, DrawsEachClassAsOften) {
    const auto data = small_sounds();
    const auto spec = spec_of("sgd", {{"regime.balance", "bootstrap"}, {"regime.batch_size", "42"}});
    const auto model = registry().model(spec.model.id).make(spec.model.params, data.shape, spec.seed);
    BatchPlan plan(data.train, data.variation.get(), *model, 3, spec);
    std::array<double, 3> times{};
    for (int u = 0; u < 200; ++u) {
        ASSERT_EQ(plan.next().examples, 42);
        const auto labels = plan.chunk(0).labels;
        for (std::int64_t i = 0; i < 42; ++i)
            ++times[static_cast<std::size_t>(labels[i].item<std::int64_t>())];
    }
    for (const double n : times) EXPECT_NEAR(n / 8400, 1.0 / 3, 0.03); // 5.8 standard deviations
}

TEST(Variations, FreshOnesDifferFromPassToPassAndGoOnFromTheMiddle) {
    const auto data = small_sounds();
    const auto spec = spec_of("sgd", {{"regime.batch_size", "10"}, {"regime.order", "fixed"}, {"seed", "5"}});
    const auto model = registry().model(spec.model.id).make(spec.model.params, data.shape, spec.seed);
    const auto plan = [&] { return BatchPlan(data.train, data.variation.get(), *model, 3, spec); };
    auto a = plan(), b = plan();
    const auto first = drawn(a, 5), second = drawn(a, 5); // an epoch each
    EXPECT_FALSE(same_bits(first, second));
    EXPECT_LT(relative_distance(first, second), 0.2) << "the same examples, varied";

    drawn(b, 7);
    auto c = plan();
    c.restore(b.state());
    for (int i = 0; i < 9; ++i) {
        b.next();
        c.next();
        EXPECT_TRUE(same_bits(b.chunk(0).inputs, c.chunk(0).inputs));
        EXPECT_TRUE(same_bits(b.chunk(0).masks, c.chunk(0).masks));
    }
}

TEST(Variations, FrozenOnesAreDrawnOnce) {
    const auto data = small_sounds();
    const auto spec = spec_of(
        "sgd", {{"regime.augmentation", "frozen"}, {"regime.order", "fixed"}, {"regime.batch_size", "84"}});
    const auto model = registry().model(spec.model.id).make(spec.model.params, data.shape, spec.seed);
    auto other = spec;
    other.seed = 6;
    BatchPlan a(data.train, data.variation.get(), *model, 3, spec),
        b(data.train, data.variation.get(), *model, 3, other);
    a.next();
    const auto once = a.chunk(0);
    EXPECT_EQ(once.size(), 84);
    a.next();
    EXPECT_TRUE(same_bits(once.inputs, a.chunk(0).inputs));
    EXPECT_TRUE(same_bits(once.masks, a.chunk(0).masks));
    b.next();
    EXPECT_FALSE(same_bits(once.inputs, b.chunk(0).inputs)) << "another seed draws another set";
    EXPECT_FALSE(same_bits(once.inputs.slice(0, 0, 42), once.inputs.slice(0, 42, 84)))
        << "each copy is varied anew";
    EXPECT_TRUE(same_bits(once.labels.slice(0, 0, 42), once.labels.slice(0, 42, 84)));
}

TEST(RunningClip, BoundsTheSumAfterEachMicroBatch) {
    // Two micro-batches by hand: g = clip(clip(g1) + g2), and the norm before is that of g1 + g2.
    const Settings common{{"regime.augmentation", "off"},  {"regime.order", "fixed"},
                          {"regime.balance", "none"},      {"regime.precision", "float64"},
                          {"regime.micro_batch", "30"},    {"regime.reduction", "sum-of-means"},
                          {"optimizer.weight_decay", "0"}, {"regime.clip_norm", "0.05"}};
    Experiment both(spec_of("legacy-running-clip", common), small_sounds());
    const auto batch = both.accumulate();
    const auto got = both.weights().gradient().clone();
    const auto facts = both.step(batch);

    const auto half = [&](std::int64_t begin, std::int64_t end) {
        auto data = small_sounds();
        data.train = data.train.slice(begin, end);
        Experiment one(spec_of("full-batch", {{"regime.augmentation", "off"},
                                              {"regime.balance", "none"},
                                              {"regime.precision", "float64"}}),
                       std::move(data));
        one.accumulate();
        return one.weights().gradient().clone();
    };
    const auto clip = [](const Tensor& g) {
        const double norm = g.norm().item<double>();
        return norm > 0.05 ? g * (0.05 / (norm + 1e-6)) : g;
    };
    const auto first = half(0, 30), second = half(30, 42);
    ASSERT_GT(first.norm().item<double>(), 0.05);
    EXPECT_LT(relative_distance(got, clip(clip(first) + second)), 1e-9);
    EXPECT_NEAR(facts.gradient_norm, (first + second).norm().item<double>(), 1e-9);
    EXPECT_LE(facts.clipped_norm, 0.05);
}

TEST(DetectionProbe, OneThatThrowsEndsTheRunWithOneLine) {
    auto data = small_sounds();
    data.inspection.provenance.classes.pop_back(); // two names for three scores an example
    Experiment experiment(spec_of("sgd", {{"epochs", "3"}}), std::move(data));
    KeepingSink store;
    Control control;
    TemporaryFolder folder;
    Trainer trainer(experiment, control, {store, nullptr}, RunId{"r"}, folder.path);
    EXPECT_EQ(trainer.run(), RunState::failed);
    const auto& last = *store.batches.back();
    ASSERT_TRUE(last.state);
    EXPECT_EQ(last.state->state, RunState::failed);
    EXPECT_EQ(last.state->reason,
              "the probe 'detection' failed: a detection curve needs a class for each score");
    ASSERT_EQ(last.log.size(), 1u);
    EXPECT_EQ(last.log.front().level, LogLine::Level::error);
    EXPECT_EQ(last.log.front().text, last.state->reason);
    // What the probes before it have measured is kept.
    EXPECT_TRUE(std::ranges::any_of(store.samples(), [](const auto& s) { return s.metric == "train/loss"; }));
}

TEST(DetectionProbe, KeepsCurvesAndFigures) {
    const auto spec = spec_of("sgd", {{"epochs", "3"}});
    Experiment experiment(spec, small_sounds());
    KeepingSink store;
    Control control;
    TemporaryFolder folder;
    Trainer trainer(experiment, control, {store, nullptr}, RunId{"r"}, folder.path);
    ASSERT_EQ(trainer.run(), RunState::finished);

    std::map<std::string, std::vector<Matrix>> matrices;
    for (const auto& batch : store.batches)
        for (const auto& m : batch->matrices) matrices[m.name].push_back(m);
    for (const char* name :
         {"validation/fa-fr", "validation/fa-fr/one", "validation/fa-fr/two", "validation/logits"})
        ASSERT_EQ(matrices[name].size(), 4u) << name; // at the start and after each epoch
    std::map<std::string, double> last;
    for (const auto& s : store.samples()) last[s.metric] = s.value;

    // What was recorded is what the stored logits say.
    const auto& logits = matrices["validation/logits"].back();
    ASSERT_EQ(logits.rows, 18);
    ASSERT_EQ(logits.columns, 3);
    const auto labels = experiment.data().validation.labels;
    std::vector<std::uint8_t> any, two;
    for (std::int64_t i = 0; i < 18; ++i) {
        any.push_back(labels[i].item<std::int64_t>() > 0);
        two.push_back(labels[i].item<std::int64_t>() == 2);
    }
    const DetectionCurve pooled(log_odds_of_any(logits.values, 3), any),
        second(log_odds(logits.values, 3, 2), two);
    EXPECT_EQ(last.at("validation/auroc"), pooled.auroc());
    EXPECT_EQ(last.at("validation/1-auroc"), 1 - pooled.auroc());
    EXPECT_EQ(last.at("validation/auc-fa-fr"), pooled.area());
    EXPECT_EQ(last.at("validation/eer"), pooled.equal_error_rate());
    EXPECT_EQ(last.at("validation/auroc/two"), second.auroc());
    EXPECT_EQ(last.at("validation/fr-at-fa"), pooled.false_reject_at(0.01));
    EXPECT_TRUE(last.contains("train/auroc"));
    double alarms = 0, negatives = 0;
    const auto scores = log_odds_of_any(logits.values, 3);
    for (std::size_t i = 0; i < any.size(); ++i) {
        negatives += any[i] == 0;
        alarms += any[i] == 0 && scores[i] >= 0;
    }
    EXPECT_NEAR(last.at("validation/fa-per-hour"), 3600 * alarms / negatives, 1e-9);
    std::vector<double> flat;
    for (const auto& p : pooled.points())
        flat.insert(flat.end(), {p.threshold, p.false_alarm, p.false_reject});
    EXPECT_EQ(matrices["validation/fa-fr"].back().values, flat);
}

TEST(Normaliser, CutsOffAndStandardises) {
    // Two bands of four frames; natural log, so 10 dB are ln 10.
    const std::vector<float> clip{0, -1, -2, -30, 4, 4, 4, 4};
    auto cut = clip;
    Normaliser{.dynamic_range = 10}.apply(cut, 2, 4);
    EXPECT_THAT(cut, ::testing::Pointwise(
                         ::testing::FloatNear(1e-5f),
                         std::vector<float>{1.6974149f, 1.6974149f, 1.6974149f, 1.6974149f, 4, 4, 4, 4}));
    // Each band's mean over the clip off, then one deviation for all: the root of the bands' mean variance.
    Normaliser by_clip{.standardise = Normaliser::Standardise::clip};
    by_clip.fit(clip, std::vector<std::size_t>{0}, 2, 4);
    auto own = clip;
    by_clip.apply(own, 2, 4);
    const double mean = -33.0 / 4, variance = (0 + 1 + 4 + 900) / 4.0 - mean * mean;
    for (std::size_t f = 0; f < 4; ++f) EXPECT_NEAR(own[f], (clip[f] - mean) / std::sqrt(variance / 2), 1e-5);
    EXPECT_EQ(own[4], 0) << "a band that does not vary is not blown up";
    auto louder = clip;
    for (float& value : louder) value += 3;
    by_clip.apply(louder, 2, 4);
    EXPECT_THAT(louder, ::testing::Pointwise(::testing::FloatNear(1e-5f), own)) << "level is taken out";

    Normaliser train{.standardise = Normaliser::Standardise::train};
    const std::vector<float> two{0, 2, 4, 6, 1, 1, 1, 1, 8, 10, 12, 14, 1, 1, 1, 1};
    train.fit(two, std::vector<std::size_t>{0, 1}, 2, 4);
    EXPECT_FLOAT_EQ(train.mean[0], 7);
    EXPECT_FLOAT_EQ(train.deviation[0], static_cast<float>(std::sqrt(21.0)));
    EXPECT_FLOAT_EQ(train.deviation[1], static_cast<float>(0.3 * std::sqrt(21.0 / 2)))
        << "and is not blown up";
}

TEST(KeywordTask, StandardisesWhatItLoads) {
    const TemporaryFolder folder;
    setenv("XDG_CACHE_HOME", (folder.path / "cache").c_str(), 1);
    const auto corpus = folder.path / "corpus";
    ASSERT_TRUE(
        make_synthetic_speech({.speakers = 4, .takes = 1, .words = {"sheila", "happy", "up"}}, corpus));
    for (const std::string how : {"clip", "train", "none"}) {
        SCOPED_TRACE(how);
        const auto spec = make_spec("crnn-attention", "sgd", "sgd",
                                    {{"task", "kws-binary"},
                                     {"task.source", corpus.string()},
                                     {"task.standardise", how},
                                     {"task.test_share", "0"}});
        const auto data = registry().task("kws-binary").load(spec.task.params, {});
        const auto inputs = data.train.inputs.to(at::kDouble);
        const double mean = inputs.mean().item<double>(), deviation = inputs.std(false).item<double>();
        if (how == "none") {
            EXPECT_LT(mean, -1);
            continue;
        }
        EXPECT_NEAR(mean, 0, 1e-4);
        EXPECT_NEAR(deviation, 1, how == "clip" ? 1e-4 : 0.05); // quiet bands keep less than 1 by the floor
        // What is drawn anew goes through the same.
        const auto fresh = data.variation->fresh(at::arange(data.train.size(), at::kLong), 0, 0, 0);
        EXPECT_NEAR(fresh.std(false).item<double>(), 1, 0.3);
    }
    unsetenv("XDG_CACHE_HOME");
}

} // namespace descent::test

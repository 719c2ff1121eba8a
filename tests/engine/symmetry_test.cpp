#include "tests/engine/golden.h"

#include <gmock/gmock.h>

#include <thread>

namespace descent::test {

namespace {

using ::testing::ElementsAre;
using Settings = std::vector<std::pair<std::string, std::string>>;

/// The paper's setting, then `others`.
RunSpec paper(const Settings& others = {}) {
    Settings all{{"task", "symmetry"}, {"regime.precision", "float64"}};
    all.insert(all.end(), others.begin(), others.end());
    return make_spec("mlp", "sgd", "full-batch", all);
}

TaskData loaded(const RunSpec& spec) {
    return registry().task(spec.task.id).load(spec.task.params, {});
}

const KeepingSink::Named* find(const std::vector<KeepingSink::Named>& samples, const std::string& metric) {
    const auto found = std::ranges::find(samples, metric, &KeepingSink::Named::metric);
    return found == samples.end() ? nullptr : &*found;
}

} // namespace

TEST(Symmetry, HasTheSettingOfThePaper) {
    const auto spec = unwrap(registry().catalog.resolve({.task = "symmetry"}));
    EXPECT_EQ(spec.model.id, "mlp");
    EXPECT_EQ(spec.model.params.integer("hidden"), 2);
    EXPECT_EQ(spec.model.params.text("activation"), "sigmoid");
    EXPECT_EQ(spec.model.params.text("output"), "sigmoid");
    EXPECT_EQ(spec.model.params.text("init"), "uniform");
    EXPECT_EQ(spec.model.params.real("init_scale"), 0.3);
    EXPECT_EQ(spec.optimizer.id, "sgd");
    EXPECT_EQ(spec.optimizer.params.real("lr"), 0.1);
    EXPECT_EQ(spec.optimizer.params.real("momentum"), 0.9);
    EXPECT_EQ(spec.regime.params.integer("batch_size"), 0);
    EXPECT_EQ(spec.regime.params.text("reduction"), "sum");
    EXPECT_EQ(spec.regime.params.text("loss"), "mse");
    EXPECT_EQ(spec.regime.params.text("mse_form"), "half");
    EXPECT_EQ(spec.budget.epochs, 1425);
    EXPECT_EQ(Experiment(spec).weights().count(), 17);
}

TEST(Symmetry, EightOf64PatternsReadTheSameBackwards) {
    const auto data = loaded(paper());
    EXPECT_THAT(data.inspection.class_counts, ElementsAre(std::pair("other", 112), std::pair("mirror", 16)));
    EXPECT_EQ(data.inspection.split_counts[1], (std::array<std::int64_t, 3>{8, 8, 0}));
    EXPECT_EQ(data.train.size(), 64);
    EXPECT_EQ(data.test.size(), 0);
    EXPECT_TRUE(same_bits(data.train.inputs, data.validation.inputs));
    const auto& x = data.train.inputs;
    EXPECT_TRUE(data.train.labels.to(at::kBool).equal(x.eq(x.flip({1})).all(1)));
    EXPECT_EQ(std::get<0>(at::unique_dim(x, 0)).size(0), 64);
    EXPECT_TRUE(data.shape.one_output());
    EXPECT_EQ(data.inspection.samples[1].text, "0, 0, 0, 0, 0, 1");
    EXPECT_EQ(Experiment(paper()).data().inspection.provenance.majority_baseline, 0.875);

    const auto signed_data =
        loaded(paper({{"task.inputs", "plus-minus"}, {"task.targets", "plus-minus"}, {"task.bits", "5"}}));
    EXPECT_EQ(signed_data.train.inputs.sizes(), (std::vector<std::int64_t>{32, 5}));
    EXPECT_EQ(signed_data.train.labels.sum().item<std::int64_t>(), 8); // the middle one is free
    EXPECT_TRUE(signed_data.train.inputs.abs().eq(1).all().item<bool>());
    EXPECT_EQ(signed_data.shape.sides, (std::array<double, 2>{-1, 1}));
    EXPECT_NE(signed_data.inspection.provenance.data_hash, data.inspection.provenance.data_hash);
}

class SymmetryGolden : public ::testing::TestWithParam<std::string> {};

TEST_P(SymmetryGolden, FiveHundredUpdatesAgreeWithPyTorch) {
    const auto golden = Golden::named(GetParam());
    Settings settings{{"updates", "500"}};
    const auto params = nlohmann::json::parse(golden.metadata.at("params"));
    for (const auto& [path, value] : params.items())
        settings.emplace_back(path, value.is_string() ? value.get<std::string>() : value.dump());
    Experiment experiment(paper(settings));
    golden.set_weights(experiment);
    for (int i = 0; i < 500; ++i) {
        const auto batch = experiment.accumulate();
        EXPECT_NEAR(batch.loss(), golden.tensors.at("losses")[i].item<double>(), 1e-12) << "update " << i;
        experiment.step(batch);
    }
    for (const auto& leaf : experiment.weights().leaves())
        EXPECT_LT(relative_distance(leaf.tensor, golden.tensors.at("after/" + leaf.name)), 1e-9) << leaf.name;
    const auto outputs = experiment.model().logits(experiment.weights(), experiment.data().train);
    EXPECT_LT(relative_distance(outputs, golden.tensors.at("outputs")), 1e-9);
}

INSTANTIATE_TEST_SUITE_P(Golden, SymmetryGolden, ::testing::ValuesIn(golden_files("symmetry")),
                         golden_test_name);

TEST(Symmetry, IsSolvedAndTheRunSaysWhen) {
    // lr 0.04 solves it for every seed, most by update 800.
    const Settings settings{{"optimizer.lr", "0.04"},
                            {"epochs", "3000"},
                            {"regime.stop_when_perfect", "5"},
                            {"regime.record_every", "100"},
                            {"regime.probe_weights", "true"}};
    const auto spec = paper(settings);
    Training run(spec, loaded(spec));
    ASSERT_EQ(run.trainer.run(), RunState::finished);
    const auto samples = run.store.samples();
    const auto* at = find(samples, "train/perfect-at");
    ASSERT_TRUE(at);
    const auto solved = static_cast<std::int64_t>(at->value);
    EXPECT_GT(solved, 300);
    EXPECT_LT(solved, 2500);
    EXPECT_EQ(run.experiment.updates().count, solved + 5);
    EXPECT_THAT(run.store.batches.back()->state->reason,
                testing::StartsWith("stopped early: all training examples were first answered rightly at"));
    // Exactly there, and nowhere before.
    std::int64_t first = -1;
    for (const auto& s : samples)
        if (s.metric == "train/accuracy" && s.value == 1 && first < 0) first = s.update;
    EXPECT_EQ(first, solved);
    EXPECT_EQ(std::ranges::count(samples, "train/perfect-at", &KeepingSink::Named::metric), 1);
    // What each update measures, at each hundredth.
    std::int64_t norms = 0;
    for (const auto& s : samples)
        if (s.metric == "gradient/norm") {
            EXPECT_EQ(s.update % 100, 0);
            ++norms;
        }
    EXPECT_EQ(norms, (run.experiment.updates().count - 1) / 100 + 1);
    // The weights it began with, and those it ended with.
    std::vector<Matrix> weights;
    for (const auto& batch : run.store.batches)
        for (const auto& matrix : batch->matrices)
            if (matrix.name == "weights") weights.push_back(matrix);
    ASSERT_EQ(weights.size(), 2U);
    EXPECT_EQ(weights[0].update.count, 0);
    EXPECT_EQ(weights[1].update, run.experiment.updates());
    EXPECT_TRUE(at::tensor(weights[0].values, at::kDouble).equal(run.experiment.start()));
    EXPECT_TRUE(at::tensor(weights[1].values, at::kDouble).equal(run.experiment.weights().flat()));
    // Looking less often changes nothing; stopping is part of what is done.
    const auto& catalog = registry().catalog;
    EXPECT_EQ(catalog.key(spec), catalog.key(paper({settings[0], settings[1], settings[2]})));
    EXPECT_NE(catalog.key(spec), catalog.key(paper({settings[0], settings[1]})));
}

TEST(Symmetry, ARunThatNeverGetsItAllRightSaysNothing) {
    const auto spec = paper({{"epochs", "20"}, {"regime.stop_when_perfect", "1"}});
    Training run(spec, loaded(spec));
    ASSERT_EQ(run.trainer.run(), RunState::finished);
    EXPECT_EQ(run.experiment.updates().count, 20);
    for (const auto& batch : run.store.batches)
        for (const auto& metric : batch->metrics) EXPECT_NE(metric.name, "train/perfect-at");
}

TEST(Symmetry, ResumedItEndsAsUnbroken) {
    const Settings settings{{"optimizer.lr", "0.04"},
                            {"epochs", "1500"},
                            {"regime.stop_when_perfect", "30"},
                            {"regime.record_every", "50"},
                            {"regime.probe_weights", "true"}};
    const auto spec = paper(settings);
    Training whole(spec, loaded(spec)), first(spec, loaded(spec));
    ASSERT_EQ(whole.trainer.run(), RunState::finished);
    const auto samples = whole.store.samples();
    const auto* at = find(samples, "train/perfect-at");
    ASSERT_TRUE(at);
    // Stopped after it has been solved, before it ends for that.
    first.control.pause();
    std::thread thread([&] { first.trainer.run(); });
    wait_for_pause(first.trainer);
    for (auto i = static_cast<std::int64_t>(at->value) + 10; i > 0; --i) first.control.step();
    while (!first.control.idle()) std::this_thread::yield();
    first.control.stop(RunState::stopped);
    thread.join();
    ASSERT_EQ(first.trainer.state(), RunState::stopped);

    const auto saved = first.store.batches.back()->checkpoint;
    ASSERT_TRUE(saved);
    Training second(spec, loaded(spec));
    second.trainer.restore(first.folder.path / saved->file);
    ASSERT_EQ(second.trainer.run(), RunState::finished);
    EXPECT_EQ(second.experiment.updates(), whole.experiment.updates());
    EXPECT_TRUE(same_bits(second.experiment.weights().flat(), whole.experiment.weights().flat()));
    std::vector<std::int64_t> kept;
    for (const auto& batch : second.store.batches)
        for (const auto& matrix : batch->matrices)
            if (matrix.name == "weights") kept.push_back(matrix.update.count);
    EXPECT_THAT(kept, ElementsAre(whole.experiment.updates().count)); // the first ones were stored before
    const auto later = second.store.samples();
    EXPECT_FALSE(find(later, "train/perfect-at")); // and so was this
}

} // namespace descent::test

// The loop: reproducible, steerable, honest about how it ends.

#include "tests/engine/support.h"

#include <set>
#include <thread>

namespace descent::test {

namespace {

RunSpec sgd(const std::vector<std::pair<std::string, std::string>>& more = {}) {
    std::vector<std::pair<std::string, std::string>> settings{
        {"epochs", "4"}, {"model.hidden", "6"}, {"regime.batch_size", "5"}, {"regime.clip_norm", "0.5"}};
    settings.insert(settings.end(), more.begin(), more.end());
    return make_spec("gru", "sgd", "sgd", settings);
}

std::set<std::string> metric_names(const std::vector<KeepingSink::Named>& samples) {
    std::set<std::string> names;
    for (const auto& s : samples) names.insert(s.metric);
    return names;
}

} // namespace

TEST(Trainer, SameSpecAndSeedGiveTheSameBits) {
    Training a(sgd()), b(sgd()), c(sgd({{"seed", "1"}}));
    EXPECT_EQ(a.trainer.run(), RunState::finished);
    EXPECT_EQ(b.trainer.run(), RunState::finished);
    EXPECT_EQ(c.trainer.run(), RunState::finished);
    expect_same(a.store.samples(), b.store.samples());
    EXPECT_TRUE(same_bits(a.experiment.weights().flat(), b.experiment.weights().flat()));
    EXPECT_FALSE(same_bits(a.experiment.weights().flat(), c.experiment.weights().flat()));
    expect_same(a.store.samples(), a.live.samples());
}

TEST(Trainer, RecordsEveryMetricOfItsContract) {
    Training run(sgd());
    run.trainer.run();
    const auto names = metric_names(run.store.samples());
    for (const char* name : {"train/loss", "validation/loss", "train/accuracy", "validation/accuracy",
                             "validation/majority-baseline", "validation/balanced-accuracy",
                             "validation/macro-f1", "validation/recall/a", "batch/loss", "gradient/norm",
                             "gradient/norm-clipped", "gradient/clip-share", "step/length", "lr"})
        EXPECT_TRUE(names.contains(name)) << name;
    int norms = 0, evaluations = 0;
    for (const auto& s : run.store.samples()) {
        norms += s.metric == "gradient/norm" ? 1 : 0;
        evaluations += s.metric == "validation/loss" ? 1 : 0;
        if (s.metric == "validation/majority-baseline") {
            EXPECT_NEAR(s.value, 4.0 / 12, 1e-12); // class a leads in training
        }
    }
    EXPECT_EQ(norms, 24);      // each of 4 · 6 updates
    EXPECT_EQ(evaluations, 5); // at the start, after each epoch
}

TEST(Trainer, FullBatchTrainLossIsTheLossOfTheWeightsItIsRecordedAt) {
    const auto spec = make_spec("lstm", "sgd", "full-batch",
                                {{"epochs", "3"}, {"model.hidden", "6"}, {"optimizer.momentum", "0"}});
    Training run(spec);
    run.trainer.run();
    Experiment again(spec, small_task());
    for (int u = 0; u <= 3; ++u) {
        const auto loss =
            evaluate(again.model(), again.weights(), again.loss(), again.train_chunks(), 3).loss();
        for (const auto& s : run.store.samples())
            if (s.metric == "train/loss" && s.update == u) {
                EXPECT_NEAR(s.value, loss, 1e-6 * loss);
            }
        again.step(again.accumulate());
    }
}

class Resume : public ::testing::TestWithParam<std::tuple<std::string, std::string, int>> {};

TEST_P(Resume, StoppedInTheMiddleEndsWithTheSameBits) {
    const auto& [optimizer, regime, stop_after] = GetParam();
    std::vector<std::pair<std::string, std::string>> settings{
        {"updates", "17"}, {"model.hidden", "6"}, {"regime.clip_norm", "0.3"}};
    if (regime == "sgd") settings.emplace_back("regime.batch_size", "5");
    if (optimizer == "adam") settings.emplace_back("optimizer.amsgrad", "true");
    const auto spec = make_spec("lstm", optimizer, regime, settings);

    Training unbroken(spec);
    unbroken.trainer.run();

    Training first(spec);
    first.control.pause();
    std::thread thread([&] { first.trainer.run(); });
    for (int i = 0; i < stop_after; ++i) first.control.step();
    while (!first.control.idle()) std::this_thread::yield();
    first.control.stop(RunState::stopped);
    thread.join();
    EXPECT_EQ(first.trainer.state(), RunState::stopped);

    const auto saved = first.store.batches.back()->checkpoint;
    ASSERT_TRUE(saved);
    EXPECT_EQ(saved->update.count, stop_after);
    Training second(spec);
    EXPECT_EQ(second.trainer.restore(first.folder.path / saved->file).update.count, stop_after);
    EXPECT_EQ(second.trainer.run(), RunState::finished);
    EXPECT_TRUE(same_bits(second.experiment.weights().flat(), unbroken.experiment.weights().flat()));

    KeepingSink joined;
    joined.batches = first.store.batches;
    joined.batches.insert(joined.batches.end(), second.store.batches.begin(), second.store.batches.end());
    expect_same(joined.samples(), unbroken.store.samples());
}

INSTANTIATE_TEST_SUITE_P(All, Resume,
                         ::testing::Combine(::testing::Values("sgd", "adam"),
                                            ::testing::Values("sgd", "full-batch"),
                                            ::testing::Values(1, 6, 9, 16)),
                         [](const auto& test) {
                             auto name = std::get<0>(test.param) + "_" + std::get<1>(test.param) + "_" +
                                         std::to_string(std::get<2>(test.param));
                             std::ranges::replace(name, '-', '_');
                             return name;
                         });

TEST(Trainer, PausesStepsAndStops) {
    Training run(sgd({{"epochs", "1000"}}));
    run.control.pause();
    std::thread thread([&] { run.trainer.run(); });
    wait_for_pause(run.trainer);
    run.control.step();
    run.control.step();
    while (!run.control.idle()) std::this_thread::yield();
    run.control.stop(RunState::interrupted);
    thread.join();
    EXPECT_EQ(run.trainer.state(), RunState::interrupted);
    EXPECT_EQ(run.store.batches.back()->progress.update.count, 2);
    const auto states = run.store.states();
    EXPECT_EQ(states.front(), RunState::running);
    EXPECT_EQ(states.back(), RunState::interrupted);
    EXPECT_NE(std::ranges::find(states, RunState::paused), states.end());
}

TEST(Trainer, ALossThatIsNotANumberEndsTheRunAsDivergedAndIsKept) {
    Training run(make_spec("char-rnn-linear", "sgd", "full-batch",
                           {{"optimizer.lr", "1e30"}, {"epochs", "50"}, {"model.hidden", "6"}}));
    EXPECT_EQ(run.trainer.run(), RunState::diverged);
    const auto& last = *run.store.batches.back();
    ASSERT_TRUE(last.state);
    EXPECT_TRUE(last.state->reason.starts_with("diverged at update ")) << last.state->reason;
    bool kept = false;
    for (const auto& s : run.store.samples())
        kept |= !std::isfinite(s.value) && s.metric.starts_with("gradient/");
    EXPECT_TRUE(kept);
}

TEST(Trainer, AStoreThatCannotBeWrittenEndsTheRunAsFailedWithTheReason) {
    Training run(sgd());
    run.store.broken = true;
    EXPECT_EQ(run.trainer.run(), RunState::failed);
    ASSERT_TRUE(run.live.batches.back()->state);
    EXPECT_NE(run.live.batches.back()->state->reason.find("no space left"), std::string::npos);
}

TEST(Trainer, PauseIsNotTrainingTime) {
    using Clock = std::chrono::steady_clock;
    Training run(sgd({{"epochs", "1"}}));
    run.control.pause();
    const auto started = Clock::now();
    std::thread thread([&] { run.trainer.run(); });
    wait_for_pause(run.trainer);
    const auto paused = Clock::now();
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    const std::chrono::duration<double> pause = Clock::now() - paused;
    run.control.proceed();
    thread.join();
    const std::chrono::duration<double> all = Clock::now() - started;
    EXPECT_LT(run.store.batches.back()->progress.seconds, (all - pause).count());
}

} // namespace descent::test

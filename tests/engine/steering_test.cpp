// Changes while training, breakpoints, early stopping, instruments under the meter: and that a run resumed
// from its checkpoint, in the middle of whatever its regime does, goes on bit for bit.

#include "tests/engine/stopped_training.h"

#include <thread>

namespace descent::test {

namespace {

/// Stopped after `updates` and gone on with; the same as unbroken.
void expect_resumes(const RunSpec& spec, int updates) {
    const auto data = [&] { return small_task_for(spec.model.id); };
    Training unbroken(spec, data());
    ASSERT_EQ(unbroken.trainer.run(), RunState::finished);
    Training first(spec, data());
    train_and_stop(first, updates);
    Training second(spec, data());
    ASSERT_EQ(second.trainer.restore(checkpoint_of(first), changes_of(first)).update.count, updates);
    ASSERT_EQ(second.trainer.run(), RunState::finished);
    EXPECT_TRUE(same_bits(second.experiment.weights().flat(), unbroken.experiment.weights().flat()));
    KeepingSink joined;
    joined.batches = first.store.batches;
    joined.batches.insert(joined.batches.end(), second.store.batches.begin(), second.store.batches.end());
    expect_same(joined.samples(), unbroken.store.samples());
}

Settings small(Settings more = {}) {
    more.insert(more.begin(), {{"model.hidden", "5"}, {"regime.micro_batch", "16"}});
    return more;
}

} // namespace

// Every preset, in the middle of its schedule.
TEST(ResumesInTheMiddle, OfEveryRegime) {
    for (const auto& regime : registry().regimes) {
        if (regime.entry.id == "least-squares") continue; // one update: it has no middle
        SCOPED_TRACE(regime.entry.id);
        const bool names = regime.entry.tasks.empty() || regime.entry.tasks.front() == "names";
        const bool whole = make_spec(names ? "gru" : "crnn-attention", "sgd", regime.entry.id,
                                     {{"task", names ? "names" : regime.entry.tasks.front()}})
                               .regime.params.integer("batch_size") == 0;
        Settings settings = small({{"task", names ? "names" : regime.entry.tasks.front()},
                                   {"epochs", whole ? "11" : "3"},
                                   {"regime.warmup", "2"}});
        if (!whole) settings.emplace_back("regime.batch_size", "5");
        if (!names) settings.emplace_back("model.channels", "2");
        expect_resumes(make_spec(names ? "gru" : "crnn-attention", "sgd", regime.entry.id, settings), 5);
    }
}

// Everything a regime can do that has a state, or draws.
TEST(ResumesInTheMiddle, OfEverySchedule) {
    const std::vector<Settings> all{
        {{"regime.schedule", "one-cycle"}, {"regime.schedule_unit", "update"}},
        {{"regime.schedule", "plateau"},
         {"regime.plateau_patience", "0"},
         {"regime.plateau_threshold", "0.5"}},
        {{"regime.schedule", "multi-step"}, {"regime.milestones", "3, 6"}, {"regime.warmup", "2"}},
        {{"regime.averaging", "ema"}, {"regime.ema_decay", "0.8"}},
        {{"regime.averaging", "swa"}, {"regime.swa_start", "0.2"}},
        {{"regime.noise", "0.01"}},
        {{"regime.noise", "1"}, {"regime.noise_kind", "mini-batch"}, {"regime.block", "3"}},
        {{"regime.noise", "1"}, {"regime.noise_kind", "diagonal"}, {"regime.block", "3"}},
        {{"regime.label_noise", "0.2"}, {"regime.label_smoothing", "0.1"}, {"regime.loss", "mse"}},
        {{"regime.sam_radius", "0.05"}},
        {{"regime.penalty", "0.5"}, {"regime.block", "5"}, {"regime.reshuffle_blocks", "true"}},
        {{"regime.patience", "100"}},
        {{"regime.changes", "2 optimizer.lr=0.01; 7 regime.clip_norm=0.1"}},
        {{"regime.probe_every", "2"},
         {"regime.probe_sharpness", "2"},
         {"regime.probe_cosine", "true"},
         {"regime.probe_distance", "true"},
         {"regime.probe_update_ratio", "true"}},
    };
    for (const auto& settings : all) {
        SCOPED_TRACE(settings.front().first + " " + settings.front().second);
        auto with = small(settings);
        with.emplace_back("epochs", "9");
        for (const int after : {3, 4}) expect_resumes(make_spec("elman", "sgd", "full-batch", with), after);
    }
    for (const char* growth : {"linear", "geometric"})
        for (const int after : {3, 9})
            expect_resumes(
                make_spec(
                    "elman", "adam", "sgd",
                    small({{"regime.batch_size", "4"}, {"regime.batch_schedule", growth}, {"epochs", "5"}})),
                after);
}

TEST(Changes, MadeWhileTrainingAreRecordedAndMadeAgainOnResume) {
    const auto spec = make_spec("elman", "sgd", "sgd", small({{"regime.batch_size", "8"}, {"epochs", "5"}}));
    // Changed after 6 of 20 updates, in the middle of the second epoch, and run to the end.
    Training live(spec);
    live.control.pause();
    std::thread thread([&] { live.trainer.run(); });
    for (int i = 0; i < 6; ++i) live.control.step();
    while (!live.control.idle()) std::this_thread::yield();
    live.control.change({{}, "optimizer.lr", "0.02"});
    live.control.change({{}, "regime.batch_size", "0"});
    live.control.proceed();
    thread.join();
    const std::vector<Change> expected{{{6}, "optimizer.lr", "0.02"}, {{6}, "regime.batch_size", "0"}};
    EXPECT_EQ(changes_of(live), expected);
    EXPECT_EQ(live.store.batches.back()->progress.planned.count, 8 + 3);
    EXPECT_EQ(live.experiment.updates().count, 11);

    // The same as planned changes: what "train again" does.
    const auto planned =
        unwrap(registry().catalog.resolve(request_with_changes(registry().catalog, spec, expected)));
    Training again(planned);
    ASSERT_EQ(again.trainer.run(), RunState::finished);
    EXPECT_TRUE(same_bits(again.experiment.weights().flat(), live.experiment.weights().flat()));
    expect_same(again.store.samples(), live.store.samples());

    // Stopped before, at, and after the change, in its epoch and in the next: resumed with what was recorded.
    for (const int stop : {4, 6, 7, 9}) {
        SCOPED_TRACE(stop);
        Training first(planned);
        train_and_stop(first, stop);
        Training second(spec);
        second.trainer.restore(checkpoint_of(first), expected);
        ASSERT_EQ(second.trainer.run(), RunState::finished);
        EXPECT_TRUE(same_bits(second.experiment.weights().flat(), live.experiment.weights().flat()));
    }
}

TEST(Changes, OneMadeByHandHoldsOverOnePlannedForTheSameUpdate) {
    const auto& catalog = registry().catalog;
    const auto spec = make_spec("elman", "sgd", "full-batch",
                                small({{"epochs", "20"}, {"regime.changes", "3 optimizer.lr=0.5"}}));
    const std::vector<Change> made{{{3}, "optimizer.lr", "0.02"}}; // the store keeps the last of an update
    auto again = made;
    again.insert(again.begin(), {{3}, "optimizer.lr", "0.5"});
    EXPECT_EQ(unwrap(parse_changes(request_with_changes(catalog, spec, made).settings.back().second, catalog,
                                   spec)),
              again);
}

TEST(Changes, AskedForWhilePausedAreKeptThoughTheRunIsStoppedThen) {
    const auto spec = make_spec("elman", "sgd", "full-batch", small({{"epochs", "20"}}));
    Training run(spec);
    train_and_stop(run, 3, [](Control& control) { control.change({{}, "optimizer.lr", "0.5"}); });
    EXPECT_EQ(changes_of(run), (std::vector<Change>{{{3}, "optimizer.lr", "0.5"}}));
    Training second(spec);
    second.trainer.restore(checkpoint_of(run), changes_of(run));
    ASSERT_EQ(second.trainer.run(), RunState::finished);
    double lr = 0;
    for (const auto& s : second.store.samples())
        if (s.metric == "lr") lr = s.value;
    EXPECT_EQ(lr, 0.5);
}

TEST(Breakpoints, PauseTheRunWithTheReasonAndItGoesOn) {
    Training run(make_spec("elman", "sgd", "full-batch", small({{"epochs", "30"}})));
    std::vector<Breakpoint> conditions;
    conditions.push_back(unwrap(Breakpoint::parse("validation < 1000")));
    run.control.set_breakpoints(std::move(conditions));
    std::thread thread([&] { run.trainer.run(); });
    wait_for_pause(run.trainer);
    while (!run.control.idle()) std::this_thread::yield();
    run.control.proceed();
    thread.join();
    EXPECT_EQ(run.trainer.state(), RunState::finished);
    std::vector<std::string> reasons;
    for (const auto& batch : run.store.batches)
        if (batch->state && batch->state->state == RunState::paused) reasons.push_back(batch->state->reason);
    ASSERT_EQ(reasons.size(), 1U) << "it stays true, and fires once";
    EXPECT_TRUE(reasons[0].starts_with("breakpoint at update 0: validation/loss is ")) << reasons[0];
}

TEST(Breakpoints, ALossThatIsNotANumberIsLookedAtBeforeTheRunIsOver) {
    Training run(make_spec("char-rnn-linear", "sgd", "full-batch",
                           {{"optimizer.lr", "1e30"}, {"epochs", "50"}, {"model.hidden", "6"}}));
    std::vector<Breakpoint> conditions;
    for (const char* one : {"loss is NaN", "loss is infinite", "gradient is NaN", "gradient is infinite"})
        conditions.push_back(unwrap(Breakpoint::parse(one)));
    run.control.set_breakpoints(std::move(conditions));
    std::thread thread([&] { run.trainer.run(); });
    wait_for_pause(run.trainer);
    run.control.proceed();
    thread.join();
    EXPECT_EQ(run.trainer.state(), RunState::diverged);
}

TEST(EarlyStop, EndsTheRunWithTheReasonAndATestOfWhatItHas) {
    Training run(make_spec("elman", "sgd", "full-batch",
                           small({{"epochs", "500"}, {"optimizer.lr", "0"}, {"regime.patience", "4"}})));
    ASSERT_EQ(run.trainer.run(), RunState::finished);
    EXPECT_EQ(run.experiment.updates().count, 5); // the best is the first, then four that are not better
    EXPECT_TRUE(run.store.batches.back()->state->reason.starts_with("stopped early: "))
        << run.store.batches.back()->state->reason;
}

TEST(Instruments, ChangeNothingAboutTheCourse) {
    const Settings plain = small({{"regime.batch_size", "6"}, {"epochs", "3"}});
    auto watched = plain;
    for (const char* flag : {"probe_noise_scale", "probe_cosine", "probe_distance", "probe_update_ratio",
                             "probe_histograms", "probe_dead_units"})
        watched.emplace_back(std::string("regime.") + flag, "true");
    watched.insert(
        watched.end(),
        {{"regime.probe_sharpness", "2"}, {"regime.probe_landscape", "both"}, {"regime.probe_every", "3"}});
    for (const char* optimizer : {"sgd", "adam"}) {
        const auto a = make_spec("gru", optimizer, "sgd", plain),
                   b = make_spec("gru", optimizer, "sgd", watched);
        EXPECT_EQ(registry().catalog.key(a), registry().catalog.key(b))
            << "what is looked at is no part of identity";
        Training unwatched(a), seen(b);
        ASSERT_EQ(unwatched.trainer.run(), RunState::finished);
        ASSERT_EQ(seen.trainer.run(), RunState::finished);
        EXPECT_TRUE(same_bits(unwatched.experiment.weights().flat(), seen.experiment.weights().flat()));
        std::map<std::string, int> looks;
        for (const auto& s : seen.store.samples()) ++looks[s.metric];
        EXPECT_EQ(looks["sharpness/1"], 5); // of 15 updates, every third
        EXPECT_EQ(looks["gradient/cosine"], 5);
        EXPECT_EQ(looks["weights/distance"], 5);
        bool plane = false;
        for (const auto& batch : seen.store.batches)
            for (const auto& matrix : batch->matrices) plane |= matrix.name == "landscape/plane";
        EXPECT_TRUE(plane);
    }
}

TEST(Meter, KeepsToItsShareByLookingLessOften) {
    // Costs are stated, not timed: an instrument that has not looked is due when its share has been earned.
    const auto spec = make_spec("elman", "sgd", "full-batch",
                                small({{"regime.probe_distance", "true"}, {"regime.probe_share", "0.05"}}));
    Experiment experiment(spec, small_task());
    Recorder recorder;
    Meter meter(experiment, recorder);
    ASSERT_FALSE(meter.idle());
    const auto gradient = experiment.weights().gradient();
    const auto looked = [&](double trained) {
        recorder.take();
        const Lens lens{experiment, gradient, 1, 0.1, {1}};
        meter.before(lens, trained, 10.0); // a look is reckoned at a hundredth of a pass of ten seconds
        return recorder.size() > 0;
    };
    EXPECT_FALSE(looked(0));
    EXPECT_FALSE(looked(1.9));
    EXPECT_TRUE(looked(2.1)) << "0.1 s is a twentieth of 2 s";
    EXPECT_FALSE(looked(0)) << "what it took is to be earned first";
}

TEST(Meter, SaysWhatWillNotBeMeasured) {
    const auto spec = make_spec("elman", "sgd", "full-batch",
                                small({{"regime.probe_distance", "true"}, {"regime.probe_sharpness", "1"}}));
    Experiment experiment(spec, small_task());
    Recorder recorder;
    const Meter meter(experiment, recorder);
    EXPECT_TRUE(meter.too_dear(1.0, 1e6).empty());
    const auto dear = meter.too_dear(1.0, 30); // the distance is a hundredth of a pass, the sharpness many
    ASSERT_EQ(dear.size(), 1U);
    EXPECT_TRUE(dear[0].starts_with("sharpness will hardly be measured: a look takes about ")) << dear[0];
}

} // namespace descent::test

// How ensembles are put together, how they end, and how they are begun anew.

#include "tests/engine/ensemble_fixture.h"
#include "tests/engine/stored_runs.h"

#include <cmath>
#include <thread>

namespace descent::test {

TEST(Ensemble, StopsWhenItIsTold) {
    Ensemble together(
        {points({{"updates", "1000000000"}}), points({{"seed", "1"}, {"updates", "1000000000"}})});
    std::thread stopper([&] {
        while (together.control.progress().update.count == 0) std::this_thread::yield();
        together.control.stop(RunState::interrupted);
    });
    EXPECT_EQ(together.run(), (std::vector{RunState::interrupted, RunState::interrupted}));
    stopper.join();
    EXPECT_EQ(last_state(together.of(0)).reason, "the program was ended");
    EXPECT_EQ(together.of(0).states(), (std::vector{RunState::running, RunState::interrupted}));
}

TEST(Ensemble, TimesItsUpdatesAndStoresNothing) {
    Ensemble together({points({{"updates", "1000000000"}}), points({{"seed", "1"}, {"updates", "5"}})});
    const double seconds = together.trainer.time_updates({});
    EXPECT_GT(seconds, 1) << "a thousand million updates";
    EXPECT_TRUE(std::isfinite(seconds));
    EXPECT_TRUE(together.sink.by_run.empty());
    // One that is over before anything could be timed.
    EXPECT_GT(Ensemble({points({{"updates", "1"}})}).trainer.time_updates({}), 0);
    std::stop_source stop;
    stop.request_stop();
    EXPECT_GT(Ensemble({points()}).trainer.time_updates(stop.get_token()), 0);
}

TEST(Ensemble, FailsWithTheReasonWhereItCannotBeStored) {
    Ensemble together({points(), points({{"seed", "1"}})});
    together.sink.left = 2;
    EXPECT_EQ(together.run(), (std::vector{RunState::failed, RunState::failed}));
}

TEST(Ensemble, RefusesWhatLooksAtOneNetwork) {
    for (const auto& [path, value] : Settings{{"regime.penalty", "0.5"},
                                              {"regime.sam_radius", "0.05"},
                                              {"regime.noise", "0.1"},
                                              {"regime.averaging", "ema"},
                                              {"regime.clip_agc", "0.01"},
                                              {"regime.checkpoint_every", "5"},
                                              {"regime.balance", "bootstrap"},
                                              {"regime.changes", "5 optimizer.lr=0.1"},
                                              {"regime.probe_sharpness", "2"},
                                              {"regime.probe_cosine", "true"}}) {
        EXPECT_TRUE(ensemble_refusal(points({{path, value}}))) << path;
        EXPECT_THROW(Ensemble({points({{path, value}})}), InputError) << path;
    }
    EXPECT_FALSE(ensemble_refusal(points(
        {{"regime.probe_weights", "true"}, {"regime.probe_share", "0.5"}, {"regime.record_every", "9"}})));
    EXPECT_TRUE(ensemble_refusal(make_spec("gru", "sgd", "full-batch")));
    EXPECT_THROW(Ensemble({points(), points({{"regime.loss", "mse"}})}), InputError);
    EXPECT_THROW(Ensemble({points(), points({{"model.activation", "relu"}})}), InputError);
}

TEST(Ensemble, GroupsAreOfOneFamilyAndOfLikeWidth) {
    std::vector<RunSpec> specs;
    for (const char* seed : {"0", "1"})
        for (const char* hidden : {"4", "100", "16", "300", "60", "200"})
            specs.push_back(points({{"model.hidden", hidden}, {"seed", seed}}));
    specs.push_back(points({{"regime.penalty", "0.5"}}));
    specs.push_back(points({{"model.activation", "relu"}}));
    const auto groups = ensemble_groups(specs, 3);
    std::vector<char> seen(specs.size(), 0);
    for (const auto& group : groups) {
        ASSERT_FALSE(group.empty());
        EXPECT_LE(group.size(), 3u);
        std::int64_t least = 1 << 20, most = 0;
        for (const auto i : group) {
            EXPECT_EQ(seen[i]++, 0);
            EXPECT_EQ(ensemble_family(specs[i]), ensemble_family(specs[group.front()]));
            least = std::min(least, specs[i].model.params.integer("hidden"));
            most = std::max(most, specs[i].model.params.integer("hidden"));
        }
        EXPECT_LE(most, std::max<std::int64_t>(16, 2 * least));
    }
    EXPECT_EQ(std::ranges::count(seen, 1), std::ssize(specs));
    EXPECT_EQ(ensemble_groups(specs, 100).size(),
              5u); // up to 16, 60 and 100, 200 and 300, and the two others
}

TEST(Ensemble, OneThatWasInterruptedIsBegunAnewInItsPlace) {
    auto& engine = *unwrap(load_engine());
    std::vector<RunSpec> specs;
    for (const char* seed : {"0", "1", "2", "3"})
        specs.push_back(
            points({{"seed", seed}, {"updates", "300"}, {"model.hidden", seed[0] == '2' ? "9" : "4"}}));
    StoredRuns whole, broken;
    const auto session = unwrap(engine.start_ensemble(specs, *whole.writer, {.tags = {"kept"}}));
    EXPECT_EQ(session->wait(), std::vector(4, RunState::finished));
    EXPECT_EQ(session->progress().over, 4);

    auto endless = specs;
    for (auto& spec : endless) spec.budget = {{}, 100'000'000};
    std::vector<std::optional<RunId>> again;
    {
        const auto first = unwrap(engine.start_ensemble(endless, *broken.writer));
        while (first->progress().update.count < 50) std::this_thread::yield();
        EXPECT_FALSE(engine.start_ensemble(specs, *broken.writer)); // one at a time
        first->stop();
        EXPECT_EQ(first->wait(), std::vector(4, RunState::interrupted));
        for (const auto& run : first->runs()) again.emplace_back(run);
    }
    again[3].reset(); // a new run in this one's place
    // In parts on threads of their own, which change no bit.
    const auto second = unwrap(engine.start_ensemble(specs, *broken.writer, {.threads = 3, .again = again}));
    EXPECT_EQ(second->wait(), std::vector(4, RunState::finished));
    EXPECT_EQ(second->progress().members, 4);
    EXPECT_EQ(second->progress().over, 4);
    unwrap(whole.writer->flush());
    unwrap(broken.writer->flush());
    for (std::size_t i = 0; i < 4; ++i) {
        const auto a = whole.samples(session->runs()[i]), b = broken.samples(second->runs()[i]);
        EXPECT_GT(a.size(), 600u);
        EXPECT_EQ(a, b);
        const auto run = unwrap(broken.reader()->run(second->runs()[i]));
        EXPECT_EQ(run.state, RunState::finished);
        EXPECT_EQ(run.updates.count, 300);
        EXPECT_EQ(run.provenance.parameters,
                  unwrap(whole.reader()->run(session->runs()[i])).provenance.parameters);
        if (again[i]) {
            EXPECT_EQ(second->runs()[i], *again[i]);
        }
    }
    EXPECT_NE(second->runs()[3], session->runs()[3]);
    EXPECT_EQ(unwrap(whole.reader()->run(session->runs()[0])).tags, std::vector<std::string>{"kept"});
    // One that is finished is not begun anew.
    EXPECT_FALSE(engine.start_ensemble(specs, *broken.writer, {.again = again}));
}

} // namespace descent::test

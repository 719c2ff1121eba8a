// What makes training fast without changing what it learns: threads by measurement, evaluations within a
// share of the time, denormal numbers as zero.

#include "core/engine/system.h"
#include "core/engine/time_share.h"
#include "core/engine/timing.h"
#include "tests/engine/support.h"

#include <gmock/gmock.h>

#include <ATen/Parallel.h>

#include <atomic>
#include <cmath>
#include <limits>
#include <set>
#include <thread>
#include <utility>

namespace descent::test {

TEST(Timing, AnExperimentIsTheSameAfterItsThreadsWereChosen) {
    const auto spec = make_spec("gru", "adam", "sgd", {{"epochs", "2"}, {"model.hidden", "6"}});
    Training untouched(spec), measured(spec);
    std::vector<std::string> told;
    double last = -1;
    const auto choice =
        fastest_threads(measured.experiment, {.progress = [&](double share, const std::string& what) {
                            EXPECT_GT(share, std::exchange(last, share));
                            EXPECT_LT(share, 1);
                            told.push_back(what);
                        }});
    ASSERT_FALSE(told.empty());
    EXPECT_EQ(told.front(), "timing updates on 1 thread");
    EXPECT_GE(choice.threads, 1);
    EXPECT_LE(choice.threads, engine_info().cores);
    EXPECT_THAT(choice.line, ::testing::HasSubstr("ms on 1"));
    EXPECT_EQ(untouched.trainer.run(), RunState::finished);
    EXPECT_EQ(measured.trainer.run(), RunState::finished);
    expect_same(untouched.store.samples(), measured.store.samples());
    EXPECT_TRUE(same_bits(untouched.experiment.weights().flat(), measured.experiment.weights().flat()));
}

TEST(Timing, OfThreadsStopsWhereItIsAsked) {
    const Training like(make_spec("gru", "adam", "sgd", {{"epochs", "2"}, {"model.hidden", "6"}}));
    std::stop_source stop;
    const auto stop_at_once = [&](double, const std::string&) { stop.request_stop(); };
    try {
        fastest_threads(like.experiment, {stop.get_token(), stop_at_once});
        // One core: there is no second number to stop before.
        EXPECT_EQ(engine_info().cores, 1);
    } catch (const InputError& e) {
        EXPECT_STREQ(e.what(), "interrupted");
    }
}

TEST(TimeShare, LeavesOutWhatWouldExceedIt) {
    TimeShare tenth(0.1, 100);
    EXPECT_TRUE(tenth.allows(100)); // nothing is known of it
    tenth.took(1);
    for (const double now : {101.0, 105.0, 117.9}) EXPECT_FALSE(tenth.allows(now)) << now;
    EXPECT_TRUE(tenth.allows(119)); // two of twenty seconds, when it is done
    tenth.took(3);
    EXPECT_FALSE(tenth.allows(160));
    EXPECT_TRUE(tenth.allows(167)); // seven of seventy
    EXPECT_EQ(tenth.left_out(), 4);
    EXPECT_EQ(tenth.spent(), 4);

    TimeShare all(0);
    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(all.allows(0));
        all.took(1e9);
    }
}

std::set<std::int64_t> evaluated_updates(const KeepingSink& store) {
    std::set<std::int64_t> updates;
    for (const auto& sample : store.samples())
        if (sample.metric == "validation/loss") updates.insert(sample.update);
    return updates;
}

TEST(EvaluationShare, LeavesOutEvaluationsAndChangesNoWeight) {
    const auto spec_with = [](const char* share) {
        return make_spec("gru", "sgd", "sgd",
                         {{"epochs", "5"},
                          {"model.hidden", "6"},
                          {"regime.batch_size", "7"},
                          {"regime.evaluate_share", share}});
    };
    Training all(spec_with("0")), few(spec_with("1e-9"));
    EXPECT_EQ(all.trainer.run(), RunState::finished);
    EXPECT_EQ(few.trainer.run(), RunState::finished);
    EXPECT_TRUE(same_bits(all.experiment.weights().flat(), few.experiment.weights().flat()));
    EXPECT_EQ(evaluated_updates(all.store), (std::set<std::int64_t>{0, 4, 8, 12, 16, 20}));
    EXPECT_EQ(evaluated_updates(few.store), (std::set<std::int64_t>{0, 20}));
    std::string log;
    for (const auto& batch : few.store.batches)
        for (const auto& line : batch->log) log += line.text + "\n";
    EXPECT_THAT(log, ::testing::HasSubstr("4 evaluations left out"));
    EXPECT_EQ(registry().catalog.key(spec_with("0")), registry().catalog.key(spec_with("1e-9")));
}

TEST(EvaluationShare, IsRefusedWhereTheRunGoesByItsEvaluations) {
    for (const auto& [name, value] : {std::pair{"regime.schedule", "plateau"}, {"regime.patience", "3"}}) {
        const auto spec = make_spec("gru", "sgd", "sgd", {{"regime.evaluate_share", "0.1"}, {name, value}});
        EXPECT_THROW(Experiment(spec, small_task()), InputError) << name;
    }
}

TEST(Threads, TakeDenormalNumbersForZero) {
    std::atomic<int> kept = 0, asked = 0;
    at::globalContext().setFlushDenormal(false);
    const int before = at::get_num_threads();
    std::thread([&] {
        use_threads(3);
        at::parallel_for(0, 3, 1, [&](std::int64_t, std::int64_t) {
            volatile float smallest = std::numeric_limits<float>::min();
            volatile float half = smallest / 2;
            kept += half != 0 ? 1 : 0;
            ++asked;
        });
        use_threads(before); // that of the BLAS is one for all
    }).join();
    EXPECT_EQ(kept, 0);
    EXPECT_GE(asked, 1);
    volatile float least = std::numeric_limits<float>::min();
    EXPECT_GT(least / 2, 0); // other threads go on as they were
}

} // namespace descent::test

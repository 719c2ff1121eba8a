#include "core/store/checkpoints.h"
#include "tests/store/store_testing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <iostream>
#include <thread>

namespace descent {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsNan;

namespace {

struct WriterTest : ::testing::Test {
    StorePlace place;
    std::unique_ptr<StoreWriter> writer = place.writer();
    RunId run = must(writer->create(example_run())).id;

    RunRecord::Summary summary(const std::string& metric) {
        must(writer->flush());
        return place.stored(run).summary.at(metric);
    }
    void change(RunState state, std::string reason = "") {
        auto batch = batch_of(run);
        batch->state = StateChange{state, std::move(reason)};
        ASSERT_TRUE(writer->push(batch));
        must(writer->flush());
    }
    void checkpoint(std::int64_t update, const std::string& file) {
        std::filesystem::create_directories(checkpoint_folder(place.path()));
        std::ofstream(checkpoint_folder(place.path()) / file) << update;
        auto batch = batch_of(run);
        batch->checkpoint = CheckpointInfo{Update{update}, file, 2};
        batch->progress.update = Update{update};
        ASSERT_TRUE(writer->push(batch));
        must(writer->flush());
    }
    bool has_file(const std::string& file) {
        return std::filesystem::exists(checkpoint_folder(place.path()) / file);
    }
};

} // namespace

TEST_F(WriterTest, KeepsTheSummaries) {
    for (const auto& [update, value] : {std::pair{1, 3.0}, {2, kNaN}, {3, 1.0}, {4, 1.0}, {5, 2.0}})
        for (const std::uint32_t metric : {0u, 1u, 2u}) push_value(*writer, run, metric, update, value);
    EXPECT_EQ(summary("train/loss").last, 2);
    EXPECT_EQ(summary("train/loss").best, 1);
    EXPECT_EQ(summary("train/loss").best_update, Update{3}) << "the first of equals";
    EXPECT_EQ(summary("validation/accuracy").best, 3);
    EXPECT_EQ(summary("validation/accuracy").best_update, Update{1});
    EXPECT_EQ(summary("rate").best, 2) << "the last where no direction is better";
    EXPECT_EQ(summary("rate").best_update, Update{5});
    for (const std::uint32_t metric : {0u, 1u, 2u}) push_value(*writer, run, metric, 6, kNaN);
    EXPECT_THAT(summary("train/loss").last, IsNan());
    EXPECT_EQ(summary("train/loss").best, 1) << "NaN is never best";
    EXPECT_THAT(summary("rate").best, IsNan());
}

TEST_F(WriterTest, OnlyNaNHasNoBest) {
    push_value(*writer, run, 0, 1, kNaN);
    EXPECT_THAT(summary("train/loss").last, IsNan());
    EXPECT_THAT(summary("train/loss").best, IsNan());
    EXPECT_FALSE(place.stored(run).summary.contains("rate")) << "declared, never measured";
}

TEST_F(WriterTest, ASecondSampleReplaces) {
    push_value(*writer, run, 0, 1, 5);
    push_value(*writer, run, 0, 2, 1);
    push_value(*writer, run, 0, 3, 4);
    push_value(*writer, run, 0, 2, 6); // the best was a mistake
    EXPECT_EQ(summary("train/loss").best, 4);
    EXPECT_EQ(summary("train/loss").best_update, Update{3});
    push_value(*writer, run, 0, 3, 7);
    EXPECT_EQ(summary("train/loss").last, 7);
    EXPECT_EQ(summary("train/loss").best, 5);
    EXPECT_THAT(values(place.reader()->series(run, "train/loss")), ElementsAre(5, 6, 7));
}

TEST_F(WriterTest, SummariesGoOnInAnotherWriter) {
    push_value(*writer, run, 0, 1, 1);
    writer.reset();
    writer = place.writer();
    push_value(*writer, run, 0, 2, 2);
    EXPECT_EQ(summary("train/loss").best, 1);
    EXPECT_EQ(summary("train/loss").last, 2);
    // Not declared by this writer, but by the one before.
    writer.reset();
    writer = place.writer();
    auto batch = batch_of(run);
    batch->samples = {sample(0, 3, 0.5)};
    writer->push(batch);
    EXPECT_EQ(summary("train/loss").best, 0.5);
}

TEST_F(WriterTest, AResumedRunMayNumberItsMetricsAnew) {
    push_value(*writer, run, 0, 1, 10);
    auto batch = batch_of(run);
    batch->metrics = {
        {0, "rate"}, {1, "new", "s", Direction::higher}, {2, "train/loss", "nats", Direction::lower}};
    batch->samples = {sample(0, 2, 20), sample(1, 2, 21), sample(2, 2, 22)};
    writer->push(batch);
    must(writer->flush());
    const auto reader = place.reader();
    EXPECT_THAT(values(reader->series(run, "train/loss")), ElementsAre(10, 22));
    EXPECT_THAT(values(reader->series(run, "rate")), ElementsAre(20));
    EXPECT_THAT(values(reader->series(run, "new")), ElementsAre(21));
    EXPECT_EQ(reader->metrics(run).size(), 4u);
}

TEST_F(WriterTest, StatesSetTimesAndProcess) {
    change(RunState::paused);
    EXPECT_EQ(place.stored(run).state, RunState::paused);
    EXPECT_NE(place.stored(run).pid, 0);
    change(RunState::running);
    change(RunState::diverged, "diverged at update 3: loss is not a number");
    const RunRecord over = place.stored(run);
    EXPECT_EQ(over.state, RunState::diverged);
    EXPECT_EQ(over.reason, "diverged at update 3: loss is not a number");
    EXPECT_EQ(over.pid, 0);
    ASSERT_TRUE(over.ended_ms);
    EXPECT_LT(std::abs(*over.ended_ms - now_ms()), 60'000);
}

TEST_F(WriterTest, ProgressNeverGoesBack) {
    auto batch = batch_of(run);
    batch->progress = {Update{10}, Update{50}, Epoch{2}, 3, {}};
    writer->push(batch);
    auto only_a_word = batch_of(run);
    only_a_word->log = {{LogLine::Level::info, 1, "hello"}};
    writer->push(only_a_word);
    must(writer->flush());
    EXPECT_EQ(place.stored(run).updates, Update{10});
    EXPECT_EQ(place.stored(run).planned, Update{50});
    EXPECT_EQ(place.stored(run).seconds, 3);
}

TEST_F(WriterTest, KeepsTheLastCheckpointTheBestAndSomeOfTheWay) {
    checkpoint(10, "ten");
    checkpoint(20, "twenty");
    EXPECT_TRUE(has_file("ten"));
    EXPECT_EQ(place.reader()->last_checkpoint(run)->file, "twenty");
    checkpoint(20, "again");
    EXPECT_FALSE(has_file("twenty"));
    auto batch = batch_of(run);
    batch->checkpoint =
        CheckpointInfo{.update = Update{10}, .file = "ten", .bytes = 2, .loss = 1, .best = true};
    writer->push(batch);
    for (std::int64_t update = 30; update <= 400; update += 10) checkpoint(update, std::to_string(update));
    auto kept = place.reader()->checkpoints(run);
    EXPECT_EQ(kept.size(), CheckpointLimits{}.count + 2);
    EXPECT_TRUE(kept.front().best);
    EXPECT_EQ(kept.back().update, Update{400});
    std::size_t files = 0;
    for (const auto& file : std::filesystem::directory_iterator(checkpoint_folder(place.path()))) {
        ++files;
        EXPECT_EQ(std::ranges::count(kept, file.path().filename().string(), &CheckpointInfo::file), 1);
    }
    EXPECT_EQ(files, kept.size()) << "what has no row has no file";

    batch = batch_of(run);
    batch->checkpoint =
        CheckpointInfo{.update = Update{410}, .file = "410", .bytes = 2, .loss = 0.5, .best = true};
    writer->push(batch);
    must(writer->flush());
    EXPECT_EQ(query(place.path(), "SELECT update_count FROM checkpoint WHERE best"), "410");
}

TEST_F(WriterTest, WhatACrashLeftIsRemovedAtTheNextOpen) {
    const auto of = [](const RunId& id, const std::string& rest) { return id.uuid + "-" + rest; };
    checkpoint(10, of(run, "10.safetensors"));
    const auto folder = checkpoint_folder(place.path());
    const auto make = [&](const std::string& name) { std::ofstream(folder / name) << 1; };
    make(of(run, "20.safetensors"));
    make(of(run, "30.safetensors.0123abcd.tmp"));
    make("notes.txt");
    make(of(RunId::random(), "1.safetensors"));
    writer.reset();
    writer = place.writer();
    must(writer->flush());
    EXPECT_TRUE(has_file(of(run, "20.safetensors"))) << "its trainer may be about to tell";
    change(RunState::interrupted);
    writer.reset();
    writer = place.writer();
    must(writer->flush());
    EXPECT_TRUE(has_file(of(run, "10.safetensors")));
    EXPECT_TRUE(has_file("notes.txt"));
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 2);
}

TEST_F(WriterTest, ACheckpointsNameCannotReachOutOfItsFolder) {
    const auto outside = place.folder.write("precious", "x");
    checkpoint(10, "../precious");
    checkpoint(20, "b");
    EXPECT_TRUE(std::filesystem::exists(outside));
}

TEST_F(WriterTest, ReopensAtACheckpoint) {
    for (std::int64_t update = 1; update <= 30; ++update)
        push_value(*writer, run, 0, update, 100.0 - static_cast<double>(update));
    auto batch = batch_of(run);
    batch->matrices = {{"m", Update{20}, Epoch{}, 1, 1, {20}}, {"m", Update{25}, Epoch{}, 1, 1, {25}}};
    batch->log = {{LogLine::Level::info, 1, "kept"}};
    batch->changes = {{Update{10}, "optimizer.lr", "0.1"}, {Update{25}, "optimizer.lr", "0.2"}};
    writer->push(batch);
    checkpoint(20, "twenty");
    query(place.path(), "INSERT INTO checkpoint (run_no, update_count, file, bytes, created_ms) SELECT "
                        "run_no, 30, 'thirty', 1, 1 FROM run");
    std::ofstream(checkpoint_folder(place.path()) / "thirty") << 1;
    change(RunState::interrupted, "the process that trained it is gone");

    must(writer->reopen(run, Update{20}, 60));
    const RunRecord reopened = place.stored(run);
    EXPECT_EQ(reopened.state, RunState::running);
    EXPECT_EQ(reopened.reason, "");
    EXPECT_EQ(reopened.ended_ms, std::nullopt);
    EXPECT_EQ(reopened.updates, Update{20});
    EXPECT_EQ(reopened.planned, Update{60});
    EXPECT_EQ(reopened.epoch, Epoch{5});
    EXPECT_EQ(reopened.seconds, 10);
    EXPECT_NE(reopened.pid, 0);
    EXPECT_EQ(reopened.summary.at("train/loss").last, 80);
    EXPECT_EQ(reopened.summary.at("train/loss").best_update, Update{20});
    const auto reader = place.reader();
    EXPECT_EQ(reader->series(run, "train/loss").size(), 20u) << "the sample at the checkpoint stays";
    EXPECT_EQ(reader->matrix(run, "m")->values[0], 20);
    EXPECT_EQ(reader->last_checkpoint(run)->update, Update{20});
    EXPECT_TRUE(has_file("twenty"));
    EXPECT_FALSE(has_file("thirty"));
    EXPECT_EQ(reader->log(run).size(), 1u);
    EXPECT_EQ(place.stored(run).changes, batch->changes) << "they are made again";

    push_value(*writer, run, 0, 21, 1);
    EXPECT_EQ(summary("train/loss").best, 1);
    EXPECT_EQ(place.stored(run).updates, Update{20}) << "progress counts, not samples";
}

TEST_F(WriterTest, ReopensFromTheStart) {
    push_value(*writer, run, 0, 0, 1);
    push_value(*writer, run, 0, 1, 1);
    checkpoint(1, "one");
    change(RunState::stopped);
    must(writer->reopen(run, Update{-1}, 10));
    EXPECT_THAT(place.reader()->series(run, "train/loss"), IsEmpty());
    EXPECT_FALSE(has_file("one"));
    EXPECT_FALSE(place.stored(run).summary.contains("train/loss"));
    EXPECT_EQ(place.stored(run).updates, Update{0});
}

TEST_F(WriterTest, ReopensOnlyWhatCanBeResumed) {
    const std::string name = place.stored(run).name;
    EXPECT_EQ(refusal(writer->reopen(run, Update{0}, 1)),
              "run '" + name + "' is being trained by this program already");
    change(RunState::finished);
    EXPECT_EQ(refusal(writer->reopen(run, Update{0}, 1)), "accepted") << "to be trained longer";
    EXPECT_THAT(refusal(writer->reopen(RunId{"none"}, Update{0}, 1)), HasSubstr("there is no run none"));

    Child other({"hold", place.path().string()});
    const RunId held{other.line()};
    EXPECT_THAT(refusal(writer->reopen(held, Update{0}, 1)),
                HasSubstr("is being trained by process " + std::to_string(other.pid()) + " on "));
    other.kill();
    other.wait();
    EXPECT_EQ(refusal(writer->reopen(held, Update{0}, 1)), "accepted");
}

TEST_F(WriterTest, ADivergedRunForgetsWhatWasChangedFromThereOn) {
    auto batch = std::make_shared<MetricBatch>();
    batch->run = run;
    batch->changes = {{{3}, "optimizer.lr", "0.2"}, {{7}, "optimizer.lr", "9"}};
    ASSERT_TRUE(writer->push(batch));
    change(RunState::diverged);
    must(writer->reopen(run, Update{5}, 10));
    EXPECT_EQ(place.stored(run).changes, (std::vector<Change>{{{3}, "optimizer.lr", "0.2"}}));
}

TEST_F(WriterTest, OrderHoldsBetweenBatchesAndTasks) {
    for (std::int64_t update = 1; update <= 50; ++update) {
        push_value(*writer, run, 0, update, static_cast<double>(update));
        const auto undo = must(writer->apply({SetNote{run, std::to_string(update)}}));
        EXPECT_EQ(std::get<SetNote>(undo[0]).note, update == 1 ? "" : std::to_string(update - 1));
        EXPECT_EQ(place.reader()->series(run, "train/loss").size(), static_cast<std::size_t>(update))
            << "what was pushed before an edit is there with it";
    }
}

TEST_F(WriterTest, ABurstIsNeitherDroppedNorUnbounded) {
    constexpr std::int64_t kBatches = 20'000;
    const auto started = std::chrono::steady_clock::now();
    for (std::int64_t update = 1; update <= kBatches; ++update) {
        auto batch = batch_of(run);
        if (update == 1)
            for (std::uint32_t m = 0; m < 10; ++m) batch->metrics.push_back({m, "m" + std::to_string(m)});
        for (std::uint32_t m = 0; m < 10; ++m)
            batch->samples.push_back(sample(m, update, 0.001 * static_cast<double>(update)));
        ASSERT_TRUE(writer->push(batch));
    }
    must(writer->flush());
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
    std::cout << "[ measured ] " << static_cast<std::int64_t>(10 * kBatches / took.count()) << " samples/s\n";
    EXPECT_EQ(query(place.path(), "SELECT count(*), min(update_count), max(update_count) FROM sample"),
              "200000|1|20000");
}

TEST_F(WriterTest, ABatchLargerThanTheQueueIsTaken) {
    auto batch = batch_of(run);
    batch->metrics = example_metrics();
    for (std::int64_t update = 0; update < 100'000; ++update) batch->samples.push_back(sample(0, update, 1));
    push_value(*writer, run, 1, 1, 1);
    EXPECT_TRUE(writer->push(batch));
    push_value(*writer, run, 1, 2, 1);
    must(writer->flush());
    EXPECT_EQ(query(place.path(), "SELECT count(*) FROM sample"), "100002");
}

TEST_F(WriterTest, EverythingQueuedIsWrittenAtTheEnd) {
    for (std::int64_t update = 1; update <= 1000; ++update) push_value(*writer, run, 0, update, 1);
    writer.reset();
    EXPECT_EQ(query(place.path(), "SELECT count(*) FROM sample"), "1000");
}

TEST_F(WriterTest, IsCommittedSoonWithoutAFlush) {
    push_value(*writer, run, 0, 1, 1);
    const auto reader = place.reader();
    const auto started = std::chrono::steady_clock::now();
    while (reader->series(run, "train/loss").empty() &&
           std::chrono::steady_clock::now() - started < std::chrono::seconds(20))
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - started;
    std::cout << "[ measured ] readable after " << took.count() << " ms\n";
    EXPECT_EQ(reader->series(run, "train/loss").size(), 1u);
}

TEST_F(WriterTest, ManyThreadsMayAsk) {
    const RunId other = must(writer->create(example_run(2))).id;
    std::atomic<int> accepted = 0;
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&, t] {
                for (std::int64_t i = 0; i < 300; ++i) {
                    auto batch = batch_of(t % 2 ? run : other);
                    batch->metrics = {{static_cast<std::uint32_t>(t), "m" + std::to_string(t)}};
                    batch->samples = {sample(static_cast<std::uint32_t>(t), i, 1)};
                    accepted += writer->push(batch);
                    if (i % 50 == 0) accepted += writer->apply({SetStar{run, i % 100 == 0}}).has_value();
                    if (i % 90 == 0) accepted += writer->failure().empty();
                }
            });
    }
    must(writer->flush());
    EXPECT_EQ(accepted, 4 * (300 + 6 + 4));
    EXPECT_EQ(query(place.path(), "SELECT count(*) FROM sample"), "1200");
}

TEST_F(WriterTest, TwoWritersAtOnce) {
    const auto second = place.writer();
    const RunId other = must(second->create(example_run(2))).id;
    Child child({"burst", place.path().string(), "3000"});
    const RunId third{child.line()};
    {
        std::jthread thread([&] {
            for (std::int64_t update = 1; update <= 2000; ++update) push_value(*second, other, 0, update, 2);
        });
        for (std::int64_t update = 1; update <= 2000; ++update) push_value(*writer, run, 0, update, 1);
    }
    must(writer->flush());
    must(second->flush());
    EXPECT_EQ(child.wait(), 0);
    const auto reader = place.reader();
    EXPECT_EQ(reader->series(run, "train/loss").size(), 2000u);
    EXPECT_EQ(reader->series(other, "train/loss").size(), 2000u);
    EXPECT_EQ(reader->series(third, "more/9").size(), 3000u);
    EXPECT_EQ(must(reader->run(third)).state, RunState::finished);
    EXPECT_EQ(query(place.path(), "PRAGMA integrity_check"), "ok");
}

TEST_F(WriterTest, FailsForGoodWhenTheFileIsReplaced) {
    push_value(*writer, run, 0, 1, 1);
    must(writer->flush());
    std::filesystem::rename(place.path(), place.folder.file("elsewhere"));
    auto batch = batch_of(run);
    batch->samples = {sample(0, 2, 1)};
    writer->push(batch); // taken before it is known
    EXPECT_THAT(refusal(writer->flush()), HasSubstr("was moved, deleted or replaced while it was in use"));
    EXPECT_FALSE(writer->push(batch));
    EXPECT_THAT(writer->failure(), HasSubstr(place.path().string()));
    EXPECT_THAT(refusal(writer->create(example_run(5))), HasSubstr("was moved"));
}

TEST_F(WriterTest, ARefusedTaskLeavesTheWriterGoing) {
    EXPECT_THAT(refusal(writer->apply({SetStar{RunId{"none"}, true}})), HasSubstr("there is no run none"));
    EXPECT_EQ(writer->failure(), "");
    push_value(*writer, run, 0, 1, 1);
    EXPECT_EQ(summary("train/loss").last, 1);
}

TEST_F(WriterTest, ABatchThatContradictsItselfStopsTheRun) {
    auto batch = batch_of(run);
    batch->samples = {sample(7, 1, 1)};
    writer->push(batch);
    EXPECT_THAT(refusal(writer->flush()),
                HasSubstr("a sample came for metric 7, which the run did not declare"));
    EXPECT_FALSE(writer->push(batch));
}

TEST_F(WriterTest, AMatrixMustHaveItsValues) {
    auto batch = batch_of(run);
    batch->matrices = {{"m", Update{1}, Epoch{}, 2, 2, {1, 2, 3}}};
    writer->push(batch);
    EXPECT_THAT(refusal(writer->flush()), HasSubstr("matrix 'm' of 2 by 2 has 3 values"));
}

TEST_F(WriterTest, WaitsWhileAnotherProcessHoldsTheStore) {
    std::jthread slow([&] {
        query(place.path(), "BEGIN IMMEDIATE; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
                            "WHERE i < 2000000)"
                            " SELECT sum(i) FROM n; COMMIT");
    });
    for (std::int64_t update = 1; update <= 300; ++update) {
        push_value(*writer, run, 0, update, 1);
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    EXPECT_EQ(refusal(writer->flush()), "accepted");
    EXPECT_EQ(place.reader()->series(run, "train/loss").size(), 300u);
}

} // namespace descent

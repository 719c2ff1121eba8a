#include "core/base/live_feed.h"

#include <gtest/gtest.h>

#include <thread>

namespace descent {

namespace {

BatchPtr with_sample(std::int64_t update) {
    MetricBatch batch;
    batch.run = {"a"};
    batch.samples = {{0, Update{update}, {}, 0, 1.0}};
    batch.progress.update = {update};
    return std::make_shared<const MetricBatch>(batch);
}

} // namespace

TEST(LiveFeed, HandsOverInOrder) {
    LiveFeed feed;
    for (int i = 0; i < 10; ++i) EXPECT_TRUE(feed.push(with_sample(i)));
    const auto drained = feed.drain();
    EXPECT_FALSE(drained.gap);
    ASSERT_EQ(drained.batches.size(), 10u);
    for (int i = 0; i < 10; ++i)
        EXPECT_EQ(drained.batches[static_cast<std::size_t>(i)]->progress.update.count, i);
    EXPECT_TRUE(feed.drain().batches.empty());
}

TEST(LiveFeed, MarksAGapAndKeepsAllButSamples) {
    LiveFeed feed(4);
    MetricBatch first;
    first.run = {"a"};
    first.metrics = {{0, "train/loss", "nats", Direction::lower}};
    first.log = {{LogLine::Level::info, 0, "begun"}};
    first.state = StateChange{RunState::running, ""};
    feed.push(std::make_shared<const MetricBatch>(first));
    for (int i = 0; i < 100; ++i) feed.push(with_sample(i));
    MetricBatch last;
    last.run = {"a"};
    last.state = StateChange{RunState::diverged, "why"};
    feed.push(std::make_shared<const MetricBatch>(last));

    const auto drained = feed.drain();
    EXPECT_TRUE(drained.gap);
    EXPECT_LE(drained.batches.size(), 5u);
    ASSERT_EQ(drained.batches.front()->metrics.size(), 1u);
    EXPECT_EQ(drained.batches.front()->log.at(0).text, "begun");
    EXPECT_TRUE(drained.batches.front()->samples.empty());
    std::optional<StateChange> state;
    for (const auto& batch : drained.batches)
        if (batch->state) state = batch->state;
    EXPECT_EQ(state->state, RunState::diverged);
    EXPECT_FALSE(feed.drain().gap) << "a gap is told once";
}

TEST(LiveFeed, KeepsRunsApartWhenItOverflows) {
    LiveFeed feed(2);
    for (int i = 0; i < 20; ++i) {
        MetricBatch batch;
        batch.run = {i < 10 ? "a" : "b"};
        if (i == 9) batch.state = StateChange{RunState::finished, ""};
        feed.push(std::make_shared<const MetricBatch>(batch));
    }
    const auto drained = feed.drain();
    EXPECT_EQ(drained.batches.front()->run.uuid, "a");
    EXPECT_EQ(drained.batches.front()->state->state, RunState::finished);
    EXPECT_EQ(drained.batches.back()->run.uuid, "b");
}

TEST(LiveFeed, LosesNothingBetweenThreads) {
    LiveFeed feed(100'000);
    std::jthread trainer([&] {
        for (int i = 0; i < 20'000; ++i) feed.push(with_sample(i));
    });
    std::int64_t next = 0;
    while (next < 20'000)
        for (const auto& batch : feed.drain().batches) ASSERT_EQ(batch->progress.update.count, next++);
}

} // namespace descent

#include "core/base/live_feed.h"

#include <benchmark/benchmark.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace descent {
namespace {

BatchPtr small_batch() {
    MetricBatch batch;
    batch.samples.resize(8);
    return std::make_shared<const MetricBatch>(std::move(batch));
}

/// What a push costs the trainer while a window drains every 16 ms.
void LiveFeedPush(benchmark::State& state) {
    LiveFeed feed;
    std::jthread window([&feed](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            benchmark::DoNotOptimize(feed.drain());
            std::this_thread::sleep_for(std::chrono::milliseconds(16));
        }
    });
    const BatchPtr batch = small_batch();
    for (auto _ : state) feed.push(batch);
}
BENCHMARK(LiveFeedPush);

/// Peer: a locked push to a vector that nobody reads.
void LiveFeedPeerLockedVector(benchmark::State& state) {
    std::mutex mutex;
    std::vector<BatchPtr> queue;
    const BatchPtr batch = small_batch();
    for (auto _ : state) {
        const std::lock_guard lock(mutex);
        if (queue.size() == 256) queue.clear();
        queue.push_back(batch);
    }
}
BENCHMARK(LiveFeedPeerLockedVector);

} // namespace
} // namespace descent

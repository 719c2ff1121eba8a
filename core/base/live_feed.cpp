#include "core/base/live_feed.h"

#include <algorithm>
#include <utility>

namespace descent {

namespace {

constexpr std::size_t kKeptLogLines = 1000;

// What must reach the view even when samples do not: declarations, log, checkpoint, state. One batch a run.
std::deque<BatchPtr> without_samples(const std::deque<BatchPtr>& queue) {
    std::vector<std::shared_ptr<MetricBatch>> kept;
    for (const BatchPtr& batch : queue) {
        if (kept.empty() || kept.back()->run != batch->run) {
            kept.push_back(std::make_shared<MetricBatch>());
            kept.back()->run = batch->run;
        }
        MetricBatch& into = *kept.back();
        into.metrics.insert(into.metrics.end(), batch->metrics.begin(), batch->metrics.end());
        into.log.insert(into.log.end(), batch->log.begin(), batch->log.end());
        if (batch->checkpoint) into.checkpoint = batch->checkpoint;
        if (batch->state) into.state = batch->state;
        into.progress = batch->progress;
    }
    for (const auto& batch : kept) {
        const auto excess = batch->log.size() - std::min(batch->log.size(), kKeptLogLines);
        batch->log.erase(batch->log.begin(), batch->log.begin() + static_cast<std::ptrdiff_t>(excess));
    }
    return {kept.begin(), kept.end()};
}

} // namespace

LiveFeed::LiveFeed(std::size_t capacity) : capacity_(std::max<std::size_t>(capacity, 1)) {}

bool LiveFeed::push(BatchPtr batch) {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= capacity_) {
        queue_ = without_samples(queue_);
        gap_ = true;
    }
    queue_.push_back(std::move(batch));
    return true;
}

LiveFeed::Drained LiveFeed::drain() {
    std::deque<BatchPtr> queue;
    Drained drained;
    {
        const std::lock_guard lock(mutex_);
        queue.swap(queue_);
        drained.gap = std::exchange(gap_, false);
    }
    drained.batches.assign(std::make_move_iterator(queue.begin()), std::make_move_iterator(queue.end()));
    return drained;
}

} // namespace descent

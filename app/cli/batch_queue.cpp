#include "app/cli/batch_queue.h"

#include <utility>

namespace descent::cli {

BatchQueue::BatchQueue(std::size_t capacity) : capacity_(capacity) {}

bool BatchQueue::push(BatchPtr batch) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return queue_.size() < capacity_ || discarding_; });
    if (discarding_) return true;
    queue_.push_back(std::move(batch));
    news_.notify_one();
    return true;
}

std::optional<std::vector<BatchPtr>> BatchQueue::take(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    news_.wait_for(lock, patience, [&] { return !queue_.empty() || closed_; });
    if (queue_.empty() && closed_) return std::nullopt;
    room_.notify_all();
    return std::exchange(queue_, {});
}

void BatchQueue::close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    news_.notify_all();
}

void BatchQueue::discard() {
    const std::lock_guard lock(mutex_);
    discarding_ = true;
    queue_.clear();
    room_.notify_all();
}

} // namespace descent::cli

#pragma once

#include "core/base/events.h"

#include <cstddef>
#include <deque>
#include <mutex>
#include <vector>

namespace descent {

/// The window's end of a run: a bounded queue that never blocks the trainer. When it overflows, samples are
/// dropped and the gap is marked: the view then refills from the store, which drops nothing. Thread: push
/// from the trainer, drain from any one other thread.
class LiveFeed : public BatchSink {
public:
    explicit LiveFeed(std::size_t capacity = 256);
    bool push(BatchPtr batch) override; ///< always true
    struct Drained {
        std::vector<BatchPtr> batches;
        bool gap = false; ///< something before these batches was dropped
    };
    Drained drain();

private:
    const std::size_t capacity_;
    std::mutex mutex_;
    std::deque<BatchPtr> queue_; // guarded by mutex_
    bool gap_ = false;           // guarded by mutex_
};

} // namespace descent

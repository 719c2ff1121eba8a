#pragma once

#include "core/base/events.h"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <vector>

namespace descent::cli {

/// The command line's end of a run: every batch, in order, none dropped. A slow reader (a pager) slows
/// training down rather than losing lines. Thread: push from the trainer, take from main, close and discard
/// from any.
class BatchQueue : public BatchSink {
public:
    explicit BatchQueue(std::size_t capacity = 256);

    /// Blocks while full. Always true: what is shown is no reason to end a run.
    bool push(BatchPtr batch) override;
    /// Waits for the next batches, at most `patience`. Empty when nothing came; none once closed and drained.
    std::optional<std::vector<BatchPtr>> take(std::chrono::milliseconds patience);
    /// Nothing more will come.
    void close();
    /// Nobody takes any more: drops what there is and what comes, so that the trainer never waits.
    void discard();

private:
    const std::size_t capacity_;
    std::mutex mutex_;
    std::condition_variable room_, news_;
    std::vector<BatchPtr> queue_; // guarded by mutex_
    bool closed_ = false;         // guarded by mutex_
    bool discarding_ = false;     // guarded by mutex_
};

} // namespace descent::cli

#pragma once

#include "core/base/units.h"

#include <condition_variable>
#include <mutex>
#include <optional>

namespace descent {

/// What a person may ask of a running trainer. Thread: any; wait_for_leave is the trainer's.
class Control {
public:
    void pause();
    void proceed();
    void step(); ///< one update, then paused
    void stop(RunState as);

    struct Leave {
        bool stop = false;
        RunState as = RunState::stopped;
    };
    /// Returns when the next update may be made or the run must end. Calls `paused` once if it has to wait,
    /// and `running` when it goes on after that.
    template<class Paused, class Running>
    Leave wait_for_leave(Paused&& paused, Running&& running) {
        std::unique_lock lock(mutex_);
        const auto may_go = [this] { return stop_ || !paused_ || steps_ > 0; };
        if (!may_go()) {
            lock.unlock();
            paused();
            lock.lock();
            waiting_ = true;
            changed_.wait(lock, may_go);
            waiting_ = false;
            if (!stop_) {
                lock.unlock();
                running();
                lock.lock();
            }
        }
        if (!stop_ && steps_ > 0) --steps_;
        return {stop_.has_value(), stop_.value_or(RunState::stopped)};
    }
    /// Paused, every step asked for made, and the trainer waiting.
    bool idle() const;

private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool paused_ = false;          // guarded by mutex_
    bool waiting_ = false;         // guarded by mutex_
    int steps_ = 0;                // guarded by mutex_
    std::optional<RunState> stop_; // guarded by mutex_
};

} // namespace descent

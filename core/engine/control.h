#pragma once

#include "core/analysis/breakpoint.h"
#include "core/base/change.h"
#include "core/base/units.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <vector>

namespace descent {

/// What a person may ask of a running trainer. Thread: any; wait_for_leave is the trainer's.
class Control {
public:
    void pause();
    void proceed();
    void step(); ///< one update, then paused
    void stop(RunState as);
    void change(Change change); ///< its `at` is the trainer's to say
    void set_breakpoints(std::vector<Breakpoint> breakpoints);

    /// What has been asked for since the last time.
    struct Requests {
        std::vector<Change> changes;
        std::optional<std::vector<Breakpoint>> breakpoints;
    };
    Requests take();
    bool stopping() const;

    struct Leave {
        bool stop = false;
        RunState as = RunState::stopped;
    };
    /// Returns when the next update may be made or the run must end. Calls `paused` once if it has to wait,
    /// `asked` whenever something was requested while it waits, and `running` when it goes on after that.
    template<class Paused, class Running, class Asked>
    Leave wait_for_leave(Paused&& paused, Running&& running, Asked&& asked) {
        std::unique_lock lock(mutex_);
        const auto may_go = [this] { return stop_ || !paused_ || steps_ > 0; };
        const auto unlocked = [&lock](auto&& call) {
            lock.unlock();
            call();
            lock.lock();
        };
        if (!may_go()) {
            unlocked(paused);
            while (!may_go()) {
                if (requested_) unlocked(asked);
                waiting_ = true;
                changed_.wait(lock, [&] { return may_go() || requested_; });
                waiting_ = false;
            }
            if (!stop_) unlocked(running);
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
    bool requested_ = false;       // guarded by mutex_
    Requests requests_;            // guarded by mutex_
    std::optional<RunState> stop_; // guarded by mutex_
};

} // namespace descent

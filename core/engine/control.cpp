#include "core/engine/control.h"

namespace descent {

void Control::pause() {
    const std::lock_guard lock(mutex_);
    paused_ = true;
    steps_ = 0;
}

void Control::proceed() {
    {
        const std::lock_guard lock(mutex_);
        paused_ = false;
        steps_ = 0;
    }
    changed_.notify_all();
}

void Control::step() {
    {
        const std::lock_guard lock(mutex_);
        if (!paused_) return;
        ++steps_;
    }
    changed_.notify_all();
}

void Control::stop(RunState as) {
    {
        const std::lock_guard lock(mutex_);
        if (!stop_) stop_ = as;
    }
    changed_.notify_all();
}

bool Control::idle() const {
    const std::lock_guard lock(mutex_);
    return waiting_ && steps_ == 0 && paused_ && !stop_;
}

} // namespace descent

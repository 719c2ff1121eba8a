#include "core/engine/control.h"

#include <utility>

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

void Control::change(Change change) {
    {
        const std::lock_guard lock(mutex_);
        requests_.changes.push_back(std::move(change));
        requested_ = true;
    }
    changed_.notify_all();
}

void Control::set_breakpoints(std::vector<Breakpoint> breakpoints) {
    {
        const std::lock_guard lock(mutex_);
        requests_.breakpoints = std::move(breakpoints);
        requested_ = true;
    }
    changed_.notify_all();
}

Control::Requests Control::take() {
    const std::lock_guard lock(mutex_);
    requested_ = false;
    return std::exchange(requests_, {});
}

bool Control::stopping() const {
    const std::lock_guard lock(mutex_);
    return stop_.has_value();
}

bool Control::idle() const {
    const std::lock_guard lock(mutex_);
    return waiting_ && steps_ == 0 && paused_ && !stop_;
}

} // namespace descent

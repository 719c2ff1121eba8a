#include "core/engine/early_stop.h"

#include "core/base/format.h"

#include <limits>

namespace descent {

bool goes_by_evaluations(const ParamSet& regime) {
    return regime.text("schedule") == "plateau" || regime.integer("patience") > 0 ||
           regime.integer("stop_when_perfect") > 0;
}

EarlyStop::EarlyStop(const ParamSet& regime, bool regression)
    : patience_(regime.integer("patience"))
    , accuracy_(regime.text("stop_on") == "validation-accuracy")
    , delta_(regime.real("stop_delta"))
    , best_(-std::numeric_limits<double>::infinity())
    , after_perfect_(regime.integer("stop_when_perfect")) {
    if (!regression) return;
    if (patience_ > 0 && accuracy_)
        throw InputError(
            "regime.stop_on = validation-accuracy: this task has no classes; expected validation-loss");
    if (after_perfect_ > 0)
        throw InputError("regime.stop_when_perfect = " + std::to_string(after_perfect_) +
                         ": this task has no classes; expected 0");
}

void EarlyStop::observe(double loss, double accuracy, Update update) {
    const double value = accuracy_ ? accuracy : -loss;
    if (value > best_ + delta_) { // NaN never is
        best_ = value;
        best_update_ = update.count;
        without_ = 0;
    } else {
        ++without_;
    }
}

void EarlyStop::observe_training(double accuracy, Update update) {
    if (!perfect_at_ && accuracy == 1) perfect_at_ = update;
}

std::optional<std::string> EarlyStop::reason(Update update) const {
    if (after_perfect_ > 0 && !past_perfect_ && perfect_at_ &&
        update.count >= perfect_at_->count + after_perfect_)
        return "stopped early: all training examples were first answered rightly at update " +
               format_count(perfect_at_->count);
    if (patience_ == 0 || without_ < patience_) return std::nullopt;
    return "stopped early: validation " + std::string(accuracy_ ? "accuracy" : "loss") +
           " was best at update " + format_count(best_update_) + " (" +
           format_number(accuracy_ ? best_ : -best_) + "), " + format_count(without_) + " evaluations ago";
}

void EarlyStop::go_on() {
    without_ = 0;
    past_perfect_ = true;
}

std::vector<double> EarlyStop::state() const {
    return {best_, static_cast<double>(best_update_), static_cast<double>(without_),
            perfect_at_ ? static_cast<double>(perfect_at_->count) : -1, past_perfect_ ? 1.0 : 0.0};
}

void EarlyStop::restore(const std::vector<double>& state) {
    best_ = state.at(0);
    best_update_ = static_cast<std::int64_t>(state.at(1));
    without_ = static_cast<std::int64_t>(state.at(2));
    if (state.size() > 3 && state[3] >= 0) // earlier versions did not watch for it
        perfect_at_ = Update{static_cast<std::int64_t>(state[3])};
    past_perfect_ = state.size() > 4 && state[4] > 0;
}

} // namespace descent

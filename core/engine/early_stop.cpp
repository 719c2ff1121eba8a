#include "core/engine/early_stop.h"

#include "core/base/format.h"

#include <limits>

namespace descent {

EarlyStop::EarlyStop(const ParamSet& regime)
    : patience_(regime.integer("patience"))
    , accuracy_(regime.text("stop_on") == "validation-accuracy")
    , delta_(regime.real("stop_delta"))
    , best_(-std::numeric_limits<double>::infinity()) {}

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

std::optional<std::string> EarlyStop::reason() const {
    if (patience_ == 0 || without_ < patience_) return std::nullopt;
    return "stopped early: validation " + std::string(accuracy_ ? "accuracy" : "loss") +
           " was best at update " + format_count(best_update_) + " (" +
           format_number(accuracy_ ? best_ : -best_) + "), " + format_count(without_) + " evaluations ago";
}

std::vector<double> EarlyStop::state() const {
    return {best_, static_cast<double>(best_update_), static_cast<double>(without_)};
}

void EarlyStop::restore(const std::vector<double>& state) {
    best_ = state.at(0);
    best_update_ = static_cast<std::int64_t>(state.at(1));
    without_ = static_cast<std::int64_t>(state.at(2));
}

} // namespace descent

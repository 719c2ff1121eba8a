#include "ui/plots/value_axis.h"

#include "core/base/format.h"

#include <algorithm>
#include <cmath>

namespace descent::ui {

QString RunsAxis::text(double value) const {
    if (words.empty()) return QString::fromStdString(format_number(value, 3));
    const double last = double(words.size()) - 1;
    return value >= 0 && value <= last ? words[std::size_t(std::lround(value))] : QStringLiteral("–");
}

ValueAxis::ValueAxis(const RunsAxis& axis, std::span<const double> values, double margin) {
    if (!axis.words.empty()) {
        low_ = -0.5;
        high_ = double(axis.words.size()) - 0.5;
        return;
    }
    log_ = axis.log && std::ranges::any_of(values, [](double v) { return v > 0 && std::isfinite(v); });
    bool any = false;
    for (const double v : values) {
        if (!shows(v)) continue;
        low_ = any ? std::min(low_, v) : v;
        high_ = any ? std::max(high_, v) : v;
        any = true;
    }
    if (!any) return;
    if (log_) {
        const double room = low_ < high_ ? std::pow(high_ / low_, margin) : 2;
        low_ = std::max(low_ / room, 1e-300);
        high_ *= room;
        return;
    }
    const double room = low_ < high_ ? (high_ - low_) * margin : std::max(std::abs(low_) * 0.1, 0.5);
    low_ -= room;
    high_ += room;
}

void ValueAxis::arrange(const RunsAxis& axis, int most) {
    ticks_.clear();
    if (axis.words.empty()) {
        ticks_ = log_ ? logTicks(low_, high_, most) : linearTicks(low_, high_, most);
        return;
    }
    const std::size_t stride = std::max<std::size_t>(1, (axis.words.size() + std::size_t(most) - 1) /
                                                            std::size_t(std::max(1, most)));
    for (std::size_t i = 0; i < axis.words.size(); i += stride) ticks_.push_back({double(i), axis.words[i]});
}

bool ValueAxis::shows(double value) const {
    return std::isfinite(value) && (!log_ || value > 0);
}

double ValueAxis::place(double value) const {
    return log_ ? std::log(value / low_) / std::log(high_ / low_) : (value - low_) / (high_ - low_);
}

double ValueAxis::valueAt(double place) const {
    return log_ ? low_ * std::pow(high_ / low_, place) : low_ + place * (high_ - low_);
}

} // namespace descent::ui

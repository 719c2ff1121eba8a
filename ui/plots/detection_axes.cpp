#include "ui/plots/detection_axes.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <cmath>

namespace descent::ui {

namespace {

constexpr double kDetailBelow = 0.35; ///< of the equal error rate: chance is 0.5

QString tr(const char* text) {
    return QCoreApplication::translate("DetectionAxes", text);
}

/// "0.1%", with no digit that is not needed.
QString percentLabel(double rate) {
    return QString::number(100 * rate, 'g', 4) + QLatin1Char('%');
}

std::vector<Tick> probitTicks(const RateAxis& axis, double length, double room) {
    static constexpr std::array<double, 20> kRates{0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01,
                                                   0.02,   0.05,   0.1,    0.2,   0.4,   0.6,   0.8,
                                                   0.9,    0.95,   0.98,   0.99,  0.995, 0.999};
    std::vector<Tick> ticks;
    double taken = -room; // the zero on the lower border comes first
    ticks.push_back({axis.low, QStringLiteral("0")});
    taken = 0;
    for (const double rate : kRates) {
        const double at = axis.place(rate) * length;
        if (rate <= axis.low || rate > axis.high * (1 + 1e-9) || at - taken < room) continue;
        ticks.push_back({rate, percentLabel(rate)});
        taken = at;
    }
    return ticks;
}

std::vector<Tick> ticksFor(const RateAxis& axis, double length, double room, bool percent) {
    const int most = std::clamp(int(length / room), 2, 10);
    switch (axis.kind) {
    case RateAxis::Kind::probit:
        return probitTicks(axis, length, room);
    case RateAxis::Kind::log: {
        auto ticks = logTicks(axis.low, axis.high, most);
        std::erase_if(ticks, [&](const Tick& t) { return axis.place(t.value) * length < room; });
        ticks.insert(ticks.begin(), {axis.low, QStringLiteral("0")});
        return ticks;
    }
    case RateAxis::Kind::linear:
        break;
    }
    auto ticks = linearTicks(axis.low, axis.high, most);
    if (percent)
        for (auto& tick : ticks) tick.label = percentLabel(tick.value);
    return ticks;
}

} // namespace

double RateAxis::place(double value) const {
    const double v = std::clamp(value, low, high);
    switch (kind) {
    case Kind::linear:
        return (v - low) / (high - low);
    case Kind::log:
        return std::log(v / low) / std::log(high / low);
    case Kind::probit:
        return (probit(v) - probit(low)) / (probit(high) - probit(low));
    }
    return 0;
}

DetectionAxes::DetectionAxes(DetectionScale scale, double positives, double negatives, std::int64_t examples,
                             double equal_error)
    : scale_(scale)
    , positives_(positives)
    , negatives_(negatives) {
    const double n = double(std::max<std::int64_t>(examples, 2));
    const double least = 0.5 / n; // half of one example, so that one is seen apart from none
    switch (scale) {
    case DetectionScale::linear:
        x_ = {RateAxis::Kind::linear, 0, std::max(negatives, 2 * least), {}};
        y_ = {RateAxis::Kind::linear, 0, std::max(positives, 2 * least), {}};
        break;
    case DetectionScale::log:
        x_ = {RateAxis::Kind::log, least, std::max(negatives, 4 * least), {}};
        y_ = {RateAxis::Kind::log, least, std::max(positives, 4 * least), {}};
        break;
    case DetectionScale::det: {
        const double high = equal_error < kDetailBelow ? 0.6 : 0.99;
        const auto low = [&](double share) { return std::min(0.1, least / std::max(share, 2 * least)); };
        x_ = {RateAxis::Kind::probit, low(negatives), high, {}};
        y_ = {RateAxis::Kind::probit, low(positives), high, {}};
        break;
    }
    case DetectionScale::roc:
        break;
    }
}

void DetectionAxes::arrange(const QRectF& area, double line, double letter) {
    area_ = area;
    const bool percent = scale_ == DetectionScale::roc;
    x_.ticks = ticksFor(x_, area.width(), letter * 7, percent);
    y_.ticks = ticksFor(y_, area.height(), line * 2.2, percent);
}

QString DetectionAxes::xTitle() const {
    switch (scale_) {
    case DetectionScale::linear:
    case DetectionScale::log:
        return tr("false alarms, share of all");
    default:
        return tr("false alarms, of negatives");
    }
}

QString DetectionAxes::yTitle() const {
    switch (scale_) {
    case DetectionScale::linear:
    case DetectionScale::log:
        return tr("false rejects, share of all");
    case DetectionScale::det:
        return tr("false rejects, of positives");
    case DetectionScale::roc:
        return tr("found, of positives");
    }
    return {};
}

double DetectionAxes::xOf(const DetectionPoint& point) const {
    const bool rate = scale_ == DetectionScale::det || scale_ == DetectionScale::roc;
    return rate ? (negatives_ > 0 ? point.false_alarm / negatives_ : 0) : point.false_alarm;
}

double DetectionAxes::yOf(const DetectionPoint& point) const {
    const double missed = positives_ > 0 ? point.false_reject / positives_ : 0;
    switch (scale_) {
    case DetectionScale::det:
        return missed;
    case DetectionScale::roc:
        return 1 - missed;
    default:
        return point.false_reject;
    }
}

QPointF DetectionAxes::at(const DetectionPoint& point) const {
    return {px(xOf(point)), py(yOf(point))};
}

} // namespace descent::ui

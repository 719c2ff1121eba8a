#include "core/analysis/detection.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>

namespace descent {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// Whether b lies inside a run from a to c along one axis.
bool inside(const DetectionPoint& a, const DetectionPoint& b, const DetectionPoint& c) {
    return (a.false_alarm == b.false_alarm && b.false_alarm == c.false_alarm) ||
           (a.false_reject == b.false_reject && b.false_reject == c.false_reject);
}

} // namespace

DetectionCurve::DetectionCurve(std::span<const double> scores, std::span<const std::uint8_t> positive) {
    if (scores.size() != positive.size())
        throw std::invalid_argument("a detection curve needs a class for each score");
    if (scores.empty()) return;
    struct Example {
        double score;
        bool positive;
    };
    std::vector<Example> ranked;
    ranked.reserve(scores.size());
    std::size_t alarms = 0, rejects = 0;
    for (std::size_t i = 0; i < scores.size(); ++i) {
        ranked.push_back({std::isnan(scores[i]) ? -kInfinity : scores[i], positive[i] != 0});
        rejects += ranked.back().positive;
    }
    std::ranges::sort(ranked, std::greater{}, &Example::score);

    const auto n = static_cast<double>(scores.size());
    points_.push_back({kInfinity, 0, static_cast<double>(rejects) / n});
    for (std::size_t i = 0; i < ranked.size();) {
        const double threshold = ranked[i].score;
        for (; i < ranked.size() && ranked[i].score == threshold; ++i)
            ranked[i].positive ? --rejects : ++alarms;
        const DetectionPoint point{threshold, static_cast<double>(alarms) / n,
                                   static_cast<double>(rejects) / n};
        if (points_.size() > 1 && inside(points_[points_.size() - 2], points_.back(), point))
            points_.back() = point;
        else
            points_.push_back(point);
    }
}

DetectionCurve::DetectionCurve(std::vector<DetectionPoint> points) : points_(std::move(points)) {
    for (std::size_t i = 1; i < points_.size(); ++i)
        if (!(points_[i - 1].false_alarm <= points_[i].false_alarm) ||
            !(points_[i - 1].false_reject >= points_[i].false_reject))
            throw std::invalid_argument("the points of a detection curve must run from few alarms to many");
}

double DetectionCurve::positive_share() const {
    return points_.empty() ? kNan : points_.front().false_reject;
}

double DetectionCurve::area() const {
    double sum = 0;
    for (std::size_t i = 1; i < points_.size(); ++i)
        sum += (points_[i].false_alarm - points_[i - 1].false_alarm) *
               (points_[i].false_reject + points_[i - 1].false_reject) / 2;
    return sum;
}

double DetectionCurve::auroc() const {
    if (points_.empty()) return kNan;
    const double pairs = points_.front().false_reject * points_.back().false_alarm;
    return pairs > 0 ? 1 - area() / pairs : kNan;
}

double DetectionCurve::equal_error_rate() const {
    if (points_.empty()) return kNan;
    const double positives = points_.front().false_reject, negatives = points_.back().false_alarm;
    if (positives == 0 || negatives == 0) return kNan;
    for (std::size_t i = 1; i < points_.size(); ++i) {
        const double fa0 = points_[i - 1].false_alarm / negatives, fa1 = points_[i].false_alarm / negatives;
        const double fr0 = points_[i - 1].false_reject / positives, fr1 = points_[i].false_reject / positives;
        if (fa1 < fr1) continue;
        // From below the diagonal to on or above it: fa0 < fr0 and fa1 ≥ fr1.
        const double along = (fr0 - fa0) / ((fr0 - fa0) + (fa1 - fr1));
        return fa0 + along * (fa1 - fa0);
    }
    return kNan;
}

double DetectionCurve::false_reject_at(double rate) const {
    if (points_.empty()) return kNan;
    const double positives = points_.front().false_reject, negatives = points_.back().false_alarm;
    if (positives == 0 || negatives == 0) return kNan;
    double best = 1;
    for (const auto& point : points_)
        if (point.false_alarm <= rate * negatives) best = point.false_reject / positives;
    return best;
}

double probit(double p) {
    if (std::isnan(p) || p < 0 || p > 1) return kNan;
    if (p == 0) return -kInfinity;
    if (p == 1) return kInfinity;
    if (p > 0.5) return -probit(1 - p);
    // P. J. Acklam 2003: relative error below 1.15e-9, then one step of Halley's method on erfc.
    constexpr double a[] = {-3.969683028665376e+01, 2.209460984245205e+02,  -2.759285104469687e+02,
                            1.383577518672690e+02,  -3.066479806614716e+01, 2.506628277459239e+00};
    constexpr double b[] = {-5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02,
                            6.680131188771972e+01, -1.328068155288572e+01};
    constexpr double c[] = {-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
                            -2.549732539343734e+00, 4.374664141464968e+00,  2.938163982698783e+00};
    constexpr double d[] = {7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00,
                            3.754408661907416e+00};
    double x = 0;
    if (p < 0.02425) {
        const double q = std::sqrt(-2 * std::log(p));
        x = (((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5]) /
            ((((d[0] * q + d[1]) * q + d[2]) * q + d[3]) * q + 1);
    } else {
        const double q = p - 0.5, r = q * q;
        x = (((((a[0] * r + a[1]) * r + a[2]) * r + a[3]) * r + a[4]) * r + a[5]) * q /
            (((((b[0] * r + b[1]) * r + b[2]) * r + b[3]) * r + b[4]) * r + 1);
    }
    const double error = 0.5 * std::erfc(-x / std::numbers::sqrt2) - p;
    const double u = error * std::sqrt(2 * std::numbers::pi) * std::exp(x * x / 2);
    return x - u / (1 + x * u / 2);
}

namespace {

/// log Σ exp over the row's entries that `use` keeps.
template<class Use>
double log_sum_exp(std::span<const double> row, Use use) {
    double largest = -kInfinity;
    for (std::size_t c = 0; c < row.size(); ++c)
        if (use(c)) largest = std::max(largest, row[c]);
    if (!std::isfinite(largest)) return largest;
    double sum = 0;
    for (std::size_t c = 0; c < row.size(); ++c)
        if (use(c)) sum += std::exp(row[c] - largest);
    return largest + std::log(sum);
}

template<class Score>
std::vector<double> by_row(std::span<const double> logits, std::int64_t classes, Score score) {
    const auto width = static_cast<std::size_t>(classes);
    std::vector<double> all;
    all.reserve(logits.size() / width);
    for (std::size_t i = 0; i + width <= logits.size(); i += width)
        all.push_back(score(logits.subspan(i, width)));
    return all;
}

} // namespace

std::vector<double> log_odds(std::span<const double> logits, std::int64_t classes, std::int64_t target) {
    const auto k = static_cast<std::size_t>(target);
    return by_row(logits, classes, [k](std::span<const double> row) {
        return row[k] - log_sum_exp(row, [k](std::size_t c) { return c != k; });
    });
}

std::vector<double> log_odds_of_any(std::span<const double> logits, std::int64_t classes) {
    return by_row(logits, classes, [](std::span<const double> row) {
        return log_sum_exp(row, [](std::size_t c) { return c != 0; }) - row[0];
    });
}

} // namespace descent

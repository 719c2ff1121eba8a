#include "core/optimizers/strong_wolfe.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace descent {

namespace {

struct Point {
    double t = 0, loss = 0, slope = 0;
    Tensor gradient;
};

constexpr double kDecrease = 1e-4, kCurvature = 0.9;
constexpr std::int64_t kMost = 25;

double between(const Point& a, const Point& b, double least, double most) {
    return cubic_minimum(a.t, a.loss, a.slope, b.t, b.loss, b.slope, least, most);
}

} // namespace

double cubic_minimum(double x1, double f1, double g1, double x2, double f2, double g2, double least,
                     double most) {
    const double d1 = g1 + g2 - 3 * (f1 - f2) / (x1 - x2), square = d1 * d1 - g1 * g2;
    if (!(square >= 0)) return (least + most) / 2;
    const double d2 = std::sqrt(square);
    const double at = x1 <= x2 ? x2 - (x2 - x1) * ((g2 + d2 - d1) / (g2 - g1 + 2 * d2))
                               : x1 - (x1 - x2) * ((g1 + d2 - d1) / (g1 - g2 + 2 * d2));
    return std::min(std::max(at, least), most);
}

LineSearch strong_wolfe(const Step& s, const Tensor& direction, double t, double loss, double slope,
                        double tolerance_change) {
    const auto start = s.weights.clone();
    const double longest = direction.abs().max().item<double>();
    std::int64_t evaluations = 0;
    const auto at = [&](double step) {
        s.weights.add_(direction, step);
        Point p{.t = step};
        p.loss = s.objective.evaluate();
        p.gradient = s.gradient.clone();
        p.slope = p.gradient.dot(direction).item<double>();
        s.weights.copy_(start);
        ++evaluations;
        return p;
    };
    const auto too_high = [&](const Point& p) { return p.loss > loss + kDecrease * p.t * slope; };
    const auto flat = [&](const Point& p) { return std::abs(p.slope) <= -kCurvature * slope; };

    // Bracket: lengthen the step until an interval holds one that satisfies both conditions.
    Point before{0, loss, slope, s.gradient.clone()}, now = at(t);
    const auto origin = before;
    std::array<Point, 2> bracket;
    bool done = false;
    std::int64_t tried = 0;
    for (;; ++tried) {
        if (tried == kMost) {
            bracket = {origin, now};
            break;
        }
        if (too_high(now) || (tried > 1 && now.loss >= before.loss)) {
            bracket = {before, now};
            break;
        }
        if (flat(now)) {
            bracket = {now, now};
            done = true;
            break;
        }
        if (now.slope >= 0) {
            bracket = {before, now};
            break;
        }
        const double next = between(before, now, now.t + 0.01 * (now.t - before.t), now.t * 10);
        before = std::exchange(now, at(next));
    }

    // Zoom: shrink the bracket around it.
    bool slow = false;
    std::size_t low = bracket[0].loss <= bracket[1].loss ? 0 : 1, high = 1 - low;
    while (!done && tried < kMost) {
        const auto [least, most] = std::minmax(bracket[0].t, bracket[1].t);
        if ((most - least) * longest < tolerance_change) break;
        double step = between(bracket[0], bracket[1], least, most);
        // Twice near an end, or once on it, is no progress: a tenth inside the bracket instead.
        const double edge = 0.1 * (most - least);
        if (std::min(most - step, step - least) < edge) {
            if (slow || step >= most || step <= least) {
                step = std::abs(step - most) < std::abs(step - least) ? most - edge : least + edge;
                slow = false;
            } else {
                slow = true;
            }
        } else {
            slow = false;
        }
        const auto p = at(step);
        ++tried;
        if (too_high(p) || p.loss >= bracket[low].loss) {
            bracket[high] = p;
            low = bracket[0].loss <= bracket[1].loss ? 0 : 1;
            high = 1 - low;
        } else {
            if (flat(p))
                done = true;
            else if (p.slope * (bracket[high].t - bracket[low].t) >= 0)
                bracket[high] = bracket[low];
            bracket[low] = p;
        }
    }
    const auto& best = bracket[low];
    return {best.loss, best.t, best.gradient, evaluations};
}

} // namespace descent

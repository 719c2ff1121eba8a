#include "core/analysis/intervals.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>
#include <vector>

namespace descent {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// The continued fraction of the incomplete beta function, by Lentz's method; converges fast for
/// x < (a + 1)/(a + b + 2).
double beta_fraction(double a, double b, double x) {
    constexpr double tiny = 1e-300;
    constexpr int most = 10'000;
    const auto safe = [](double v) { return std::abs(v) < tiny ? tiny : v; };
    double c = 1, d = 1 / safe(1 - (a + b) * x / (a + 1)), value = d;
    for (int m = 1; m <= most; ++m) {
        const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        d = 1 / safe(1 + even * d);
        c = safe(1 + even / c);
        value *= d * c;
        const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 / safe(1 + odd * d);
        c = safe(1 + odd / c);
        value *= d * c;
        if (std::abs(d * c - 1) < 1e-16) break;
    }
    return value;
}

// std::lgamma leaves the sign in a global, where threads would meet.
double log_gamma(double x) {
    int sign = 0;
    return lgamma_r(x, &sign);
}

/// The regularised incomplete beta function I_x(a, b), given both x and 1 − x, so that neither loses digits.
double incomplete_beta(double a, double b, double x, double rest) {
    if (x <= 0) return 0;
    if (rest <= 0) return 1;
    const double front =
        std::exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * std::log(x) + b * std::log(rest));
    if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(a, b, x) / a;
    return 1 - front * beta_fraction(b, a, rest) / b;
}

/// P(T > t) for t ≥ 0.
double upper_tail(double t, double dof) {
    if (std::isinf(t)) return 0;
    const double square = t * t, sum = dof + square;
    return incomplete_beta(dof / 2, 0.5, dof / sum, square / sum) / 2;
}

double normal_cdf(double x) {
    return std::erfc(-x * std::numbers::sqrt2 / 2) / 2;
}

/// Nodes and weights of Gauss and Legendre on [−1, 1], by Newton's method from Tricomi's guess.
struct Quadrature {
    static constexpr int kNodes = 24;
    std::array<double, kNodes> nodes{}, weights{};
    Quadrature() {
        for (int i = 0; i < kNodes; ++i) {
            double x = std::cos(std::numbers::pi * (i + 0.75) / (kNodes + 0.5)), slope = 0;
            for (int step = 0; step < 8; ++step) {
                double before = 1, value = x; // Legendre's polynomials of degree k − 1 and k
                for (int k = 2; k <= kNodes; ++k)
                    before = std::exchange(value, ((2 * k - 1) * x * value - (k - 1) * before) / k);
                slope = kNodes * (x * value - before) / (x * x - 1);
                x -= value / slope;
            }
            nodes[static_cast<std::size_t>(i)] = x;
            weights[static_cast<std::size_t>(i)] = 2 / ((1 - x * x) * slope * slope);
        }
    }
};

Difference difference(double mean, double standard_error, double dof, double level) {
    Difference result{.mean = mean, .error = standard_error, .dof = dof};
    // Replicates that are all alike leave nothing to be unsure of.
    result.half_width = standard_error == 0 ? 0 : student_t_quantile((1 + level) / 2, dof) * standard_error;
    return result;
}

} // namespace

Moments moments(std::span<const double> values) {
    Moments m{std::ssize(values), kNaN, kNaN};
    if (values.empty()) return m;
    const auto n = static_cast<double>(values.size());
    double sum = 0, squares = 0;
    for (const double v : values) sum += v;
    m.mean = sum / n;
    for (const double v : values) squares += (v - m.mean) * (v - m.mean);
    if (values.size() > 1) m.deviation = std::sqrt(squares / (n - 1));
    return m;
}

double student_t_cdf(double t, double dof) {
    if (std::isnan(t) || !(dof > 0)) return kNaN;
    const double tail = upper_tail(std::abs(t), dof);
    return t > 0 ? 1 - tail : tail;
}

double student_t_quantile(double p, double dof) {
    if (!(p >= 0 && p <= 1) || !(dof > 0)) return kNaN;
    const double tail = std::min(p, 1 - p);
    const double sign = p < 0.5 ? -1 : 1;
    if (tail == 0) return sign * std::numeric_limits<double>::infinity();
    if (tail == 0.5) return 0;
    double low = 0, high = 1;
    while (upper_tail(high, dof) > tail) {
        low = high;
        high *= 2;
        if (std::isinf(high)) return sign * high;
    }
    // By halving: as many steps as a double has digits, and no derivative that could lead astray.
    for (double middle = low + (high - low) / 2; middle > low && middle < high;
         middle = low + (high - low) / 2)
        (upper_tail(middle, dof) > tail ? low : high) = middle;
    return sign * high;
}

double noncentral_t_cdf(double t, double dof, double shift) {
    if (std::isnan(t) || std::isnan(shift) || !(dof > 0)) return kNaN;
    if (std::isinf(t)) return t > 0 ? 1 : 0;
    // T = (Z + shift)/S with S = χ/√dof, so that P(T ≤ t) = ∫ Φ(t·s − shift) f(s) ds over the density of S,
    // which is all but 0 ten normal deviations off 1.
    static const Quadrature rule;
    constexpr int panels = 24;
    const double log_scale = dof / 2 * std::log(dof / 2) - log_gamma(dof / 2) + std::log(2.0);
    const double reach = 10 / std::sqrt(2 * dof), low = std::max(0.0, 1 - reach), high = 1 + reach;
    const double half = (high - low) / panels / 2;
    double sum = 0;
    for (int panel = 0; panel < panels; ++panel)
        for (std::size_t i = 0; i < rule.nodes.size(); ++i) {
            const double s = low + half * (2 * panel + 1 + rule.nodes[i]);
            const double density = std::exp(log_scale + (dof - 1) * std::log(s) - dof / 2 * s * s);
            sum += rule.weights[i] * half * density * normal_cdf(t * s - shift);
        }
    return std::clamp(sum, 0.0, 1.0);
}

Difference paired_difference(std::span<const double> before, std::span<const double> after, double level) {
    std::vector<double> moved;
    for (std::size_t i = 0; i < std::min(before.size(), after.size()); ++i)
        moved.push_back(after[i] - before[i]);
    const auto m = moments(moved);
    const auto n = static_cast<double>(m.count);
    auto result = difference(m.mean, m.deviation / std::sqrt(n), n - 1, level);
    result.count = m.count;
    result.paired = true;
    return result;
}

Difference welch_difference(std::span<const double> before, std::span<const double> after, double level) {
    const auto a = moments(before), b = moments(after);
    const auto na = static_cast<double>(a.count), nb = static_cast<double>(b.count);
    const double va = a.deviation * a.deviation / na, vb = b.deviation * b.deviation / nb, sum = va + vb;
    const double dof = sum * sum / (va * va / (na - 1) + vb * vb / (nb - 1));
    auto result = difference(b.mean - a.mean, std::sqrt(sum), dof, level);
    result.count = std::min(a.count, b.count);
    return result;
}

} // namespace descent

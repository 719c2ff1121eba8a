#include "core/analysis/asymptotics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <span>
#include <vector>

namespace descent {

namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

double square(double x) {
    return x * x;
}

/// Zero of a function that falls from positive to negative between `low` and `high`, both > 0, to the last
/// bits of its logarithm.
template<class F>
double falling_zero(const F& f, double low, double high) {
    if (f(low) <= 0) return low;
    for (int i = 0; i < 200 && high / low > 1 + 4e-16; ++i) {
        const double middle = std::sqrt(low) * std::sqrt(high);
        (f(middle) > 0 ? low : high) = middle;
    }
    return std::sqrt(low) * std::sqrt(high);
}

struct Function {
    const char* name;
    double (*value)(double);
    std::vector<double> kinks; ///< where it is not smooth
};

double sigmoid(double x) {
    return 1 / (1 + std::exp(-x));
}

const std::array kFunctions{
    Function{"relu", [](double x) { return std::max(0.0, x); }, {0}},
    Function{"tanh", [](double x) { return std::tanh(x); }, {}},
    Function{"sigmoid", sigmoid, {}},
    Function{"silu", [](double x) { return x * sigmoid(x); }, {}},
    Function{"gelu", [](double x) { return x * std::erfc(-x / std::numbers::sqrt2) / 2; }, {}},
    Function{"softplus", [](double x) { return std::max(0.0, x) + std::log1p(std::exp(-std::abs(x))); }, {}},
    Function{"hard-sigmoid", [](double x) { return std::clamp(x / 6 + 0.5, 0.0, 1.0); }, {-3, 3}},
    Function{"hard-tanh", [](double x) { return std::clamp(x, -1.0, 1.0); }, {-1, 1}},
    Function{"threshold", [](double x) { return x > 0 ? 1.0 : 0.0; }, {0}},
    Function{"identity", [](double x) { return x; }, {}},
};

struct Node {
    double x = 0, weight = 0;
};

/// Gauss–Legendre on [−1, 1], from Newton's method on the Legendre polynomial.
template<std::size_t N>
std::array<Node, N> legendre_nodes() {
    std::array<Node, N> nodes;
    constexpr auto n = static_cast<unsigned>(N);
    for (unsigned i = 0; i < n; ++i) {
        double x = std::cos(std::numbers::pi * (i + 0.75) / (n + 0.5)), slope = 1;
        for (int k = 0; k < 8; ++k) {
            slope = n * (x * std::legendre(n, x) - std::legendre(n - 1, x)) / (x * x - 1);
            x -= std::legendre(n, x) / slope;
        }
        nodes[i] = {x, 2 / ((1 - x * x) * slope * slope)};
    }
    return nodes;
}

/// Moments of s(z + bias), panel by panel between the kinks.
ActivationMoments moments(const Function& s, double bias) {
    constexpr double reach = 12, panel = 1.5; // beyond, the density is below 1e-31
    static const auto nodes = legendre_nodes<20>();
    std::vector<double> edges{-reach};
    for (const double kink : s.kinks)
        if (std::abs(kink - bias) < reach) edges.push_back(kink - bias);
    edges.push_back(reach);
    double mean = 0, linear = 0, squares = 0;
    for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
        const double width = edges[i + 1] - edges[i];
        const auto panels = std::max(1.0, std::ceil(width / panel));
        for (double k = 0; k < panels; ++k)
            for (const auto& node : nodes) {
                const double z = edges[i] + width * (k + (node.x + 1) / 2) / panels;
                const double weight = node.weight * width / (2 * panels) * std::exp(-z * z / 2) *
                                      std::numbers::inv_sqrtpi / std::numbers::sqrt2;
                const double value = s.value(z + bias);
                mean += weight * value;
                linear += weight * z * value;
                squares += weight * value * value;
            }
    }
    const double rest = squares - mean * mean - linear * linear;
    // What rounding leaves of a nonlinearity that is none.
    return {mean, linear, rest > 1e-13 * squares ? std::sqrt(rest) : 0};
}

const Function* function(std::string_view name) {
    const auto* found = std::ranges::find(kFunctions, name, [](const Function& f) { return f.name; });
    return found == kFunctions.end() ? nullptr : found;
}

/// A share of the features, with the squares of their moments.
struct Kind {
    double share = 1, linear = 0, rest = 0; ///< μ1², μ⋆²
};

/// The features' kinds over biases N(0, scale²), by the trapezoidal rule, which on a smooth integrand that
/// falls like a Gaussian is exact to rounding.
std::vector<Kind> kinds(const Function& s, double scale) {
    constexpr int reach = 24; // of a quarter deviation each
    std::vector<Kind> all;
    double total = 0;
    for (int i = scale > 0 ? -reach : 0; i <= (scale > 0 ? reach : 0); ++i) {
        const double z = i / 4.0;
        const auto m = moments(s, scale * z);
        all.push_back({std::exp(-z * z / 2), square(m.linear), square(m.rest)});
        total += all.back().share;
    }
    for (auto& kind : all) kind.share /= total;
    return all;
}

/// The equivalent Gaussian features φ = D1·W·x + D⋆·ε, W [p × d] ~ N(0, 1/d), D1 = diag(μ1), D⋆ = diag(μ⋆),
/// at an effective ridge κ. With A = (D1WWᵀD1 + D⋆² + κ)⁻¹, everything below follows from t = the limit of
/// (1/d)·Tr(1 + WᵀD1(D⋆² + κ)⁻¹D1W)⁻¹, which solves t·(1 + ψ1·E[μ1²/(μ⋆² + κ + μ1²t)]) = 1 (Silverstein
/// 1995), with A_jj → 1/(μ⋆² + κ + μ1²t), (1/d)·Tr WᵀD1·A·D1W → 1 − t.
struct Equivalent {
    double freedom = 0;       ///< Tr Σ(Σ + κ)⁻¹ / d
    double freedom_twice = 0; ///< Tr Σ²(Σ + κ)⁻² / d
    double unexplained = 0; ///< t − κ·dt/dκ: the teacher's share in bias and in what is not linear in φ
};

Equivalent equivalent(std::span<const Kind> kinds, double psi1, double kappa) {
    // The left side is concave and rises, so Newton's method from 0 comes up from below.
    double t = 0;
    for (int i = 0; i < 500; ++i) {
        double sum = 0, slope = 0;
        for (const auto& k : kinds) {
            const double c = k.rest + kappa, d = c + k.linear * t;
            sum += k.share * k.linear * t / d;
            slope += k.share * k.linear * c / square(d);
        }
        const double step = (1 - t - psi1 * sum) / (1 + psi1 * slope);
        t += step;
        if (step <= 1e-16 * t) break;
    }
    double along = 0, across = 0;
    for (const auto& k : kinds) {
        const double c = k.rest + kappa, d = c + k.linear * t;
        along += psi1 * k.share * k.linear * t / square(d);
        across += psi1 * k.share * k.linear * c / square(d);
    }
    const double slope = along / (1 + across); // dt/dκ
    Equivalent result{.unexplained = t - kappa * slope};
    for (const auto& k : kinds) {
        const double signal = k.rest + k.linear * t, d = signal + kappa;
        result.freedom += psi1 * k.share * signal / d;
        // 1 − 2κ/d + κ²(1 + μ1²·dt/dκ)/d²
        result.freedom_twice +=
            psi1 * k.share * (square(signal) + square(kappa) * k.linear * slope) / square(d);
    }
    return result;
}

} // namespace

double ridgeless_linear_risk(double gamma, double signal, double noise) {
    if (gamma < 1) return noise * gamma / (1 - gamma);
    if (gamma == 1) return kInfinite;
    return signal * (1 - 1 / gamma) + noise / (gamma - 1);
}

std::optional<ActivationMoments> activation_moments(std::string_view activation, double bias) {
    const auto* s = function(activation);
    if (!s) return std::nullopt;
    return moments(*s, bias);
}

double random_features_risk(double psi1, double psi2, double lambda, const ActivationMoments& activation,
                            double signal, double noise) {
    // Definition 1 on the imaginary axis. There ν1 = i·a and ν2 = i·b, a and b > 0; with k = a·b/μ⋆² the two
    // equations become u·a = ψ1 − g and u·b = ψ2 − g with g = μ⋆²k + μ1²k/(1 + μ1²k) and u² = ψ1ψ2λ/μ⋆²,
    // whose product has one unknown. The polynomials E0, E1 and E2 are written with s = μ⋆²k = −χ, q = m/(1 +
    // m), m = μ1²k = −χζ², each over (1 + m)³, so that a purely linear activation (μ⋆ = 0) is no special
    // case.
    const double linear = square(activation.linear), rest = square(activation.rest);
    const double psi = std::min(psi1, psi2);
    if (lambda <= 0 && psi1 == psi2 && (rest > 0 || psi < 1)) return kInfinite;
    const auto g = [&](double k) { return rest * k + linear * k / (1 + linear * k); };
    double s = 0, q = 1; // of k without bound, where nothing but a linear activation holds it
    if (lambda > 0 || rest > 0 || psi < 1) {
        const double most = 1e18 / (linear + rest);
        const double high = lambda > 0 ? std::min(most, 1 / lambda) : most;
        const double k = falling_zero(
            [&](double x) {
                const double left1 = psi1 - g(x), left2 = psi2 - g(x);
                if (left1 <= 0 || left2 <= 0) return -1.0;
                return left1 * left2 - psi1 * psi2 * lambda * x;
            },
            1e-18 * psi / (linear + rest), high);
        s = rest * k;
        q = linear * k / (1 + linear * k);
    }
    const double r = 1 - q;
    const double shared = s * s + 2 * s * q * r + q * q * (r - q);
    const double e0 = shared - psi1 * psi2 + (psi1 + psi2) * q * q;
    const double e1 = -psi2 * r * (q * s + psi1 * r);
    const double e2 = -(shared + psi1 * q * q);
    return (signal * e1 + noise * e2) / e0;
}

double linear_test_risk(const RegressionSetting& set) {
    const double n = set.examples, d = set.dimension, noise = square(set.noise);
    if (set.ridge <= 0) return ridgeless_linear_risk(d / n, square(set.signal), noise);
    // n = d/(1 + κ) + λ/κ, a quadratic in κ.
    const double b = n - d - set.ridge;
    const double root = std::sqrt(b * b + 4 * n * set.ridge);
    const double kappa = b > 0 ? 2 * set.ridge / (b + root) : (root - b) / (2 * n);
    const double used = d / square(1 + kappa) / n;
    return (square(set.signal * kappa / (1 + kappa)) + noise) / (1 - used) - noise;
}

std::optional<double> random_features_test_risk(const RegressionSetting& set, double features,
                                                std::string_view activation, double bias_scale) {
    const auto* s = function(activation);
    if (!s) return std::nullopt;
    const double psi1 = features / set.dimension, psi2 = set.examples / set.dimension;
    const auto all = kinds(*s, bias_scale);
    double energy = 0; // a feature's variance
    bool bounded = true;
    for (const auto& kind : all) {
        energy += kind.share * (kind.linear + kind.rest);
        bounded = bounded && kind.rest > 0;
    }
    const double noise = square(set.noise), rank = bounded ? psi1 : std::min(psi1, 1.0);
    if (set.ridge <= 0 && rank == psi2) return kInfinite;
    // The effective ridge: ψ2 = Tr Σ(Σ + κ)⁻¹/d + λp/(κd).
    const double ridge = std::max(0.0, set.ridge) * psi1;
    const double high = (psi1 * energy + ridge) / psi2;
    const double kappa = falling_zero(
        [&](double k) { return equivalent(all, psi1, k).freedom + ridge / k - psi2; }, 1e-18 * high, high);
    const auto e = equivalent(all, psi1, kappa);
    return (square(set.signal) * e.unexplained + noise) / (1 - e.freedom_twice / psi2) - noise;
}

} // namespace descent

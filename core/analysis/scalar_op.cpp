#include "core/analysis/scalar_op.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace descent {

namespace {

constexpr double kSeluScale = 1.0507009873554805, kSeluAlpha = 1.6732632423543772;
constexpr double kLeak = 0.01; // PyTorch's default
constexpr double kRootHalf = std::numbers::sqrt2 / 2;

double sigmoid(double a) {
    return a >= 0 ? 1 / (1 + std::exp(-a)) : std::exp(a) / (1 + std::exp(a));
}
double normal_cdf(double a) {
    return std::erfc(-a * kRootHalf) / 2;
}
double normal_density(double a) {
    return std::exp(-a * a / 2) * std::numbers::inv_sqrtpi * kRootHalf;
}
double softplus(double a) {
    return std::max(a, 0.0) + std::log1p(std::exp(-std::abs(a)));
}
int sides(double a, double at) {
    return a < at ? 0 : a == at ? 1 : 2;
}
int between(double a, double low, double high) {
    return a < high ? sides(a, low) : 2 + sides(a, high);
}
double power_slope(double a, double b, double) {
    return b == 0 ? 0 : b * std::pow(a, b - 1);
}
double exponent_slope(double a, double b, double v) {
    return a == 0 && b >= 0 ? 0 : v * std::log(a);
}

using D = double;

std::vector<ScalarOp> make_ops() {
    const std::string_view minus = "−1", one = "1";
    return {
        {"number", 0},
        {"variable", 0},
        {"copy", 1, [](D a, D) { return a; }, {[](D, D, D) { return 1.0; }}, {one}},
        {"negate", 1, [](D a, D) { return -a; }, {[](D, D, D) { return -1.0; }}, {minus}},
        {"+",
         2,
         [](D a, D b) { return a + b; },
         {[](D, D, D) { return 1.0; }, [](D, D, D) { return 1.0; }},
         {one, one}},
        {"-",
         2,
         [](D a, D b) { return a - b; },
         {[](D, D, D) { return 1.0; }, [](D, D, D) { return -1.0; }},
         {one, minus}},
        {"*",
         2,
         [](D a, D b) { return a * b; },
         {[](D, D b, D) { return b; }, [](D a, D, D) { return a; }},
         {"{b}", "{a}"}},
        {"/",
         2,
         [](D a, D b) { return a / b; },
         {[](D, D b, D) { return 1 / b; }, [](D a, D b, D) { return -a / (b * b); }},
         {"1/{b}", "−{a}/{b}²"}},
        {"^",
         2,
         [](D a, D b) { return std::pow(a, b); },
         {power_slope, exponent_slope},
         {"{b}·{a}^({b} − 1)", "{v}·log({a})"}},
        {"max",
         2,
         [](D a, D b) { return std::isnan(a) || a > b ? a : b; },
         {[](D a, D b, D) { return a > b    ? 1.0
                                   : a == b ? 0.5
                                            : 0.0; },
          [](D a, D b, D) { return b > a    ? 1.0
                                   : a == b ? 0.5
                                            : 0.0; }},
         {},
         [](D a, D b) { return sides(a, b); },
         {"{a} < {b}", "{a} and {b} are equal, a kink: each gets half, as in PyTorch", "{a} > {b}"}},
        {"min",
         2,
         [](D a, D b) { return std::isnan(a) || a < b ? a : b; },
         {[](D a, D b, D) { return a < b    ? 1.0
                                   : a == b ? 0.5
                                            : 0.0; },
          [](D a, D b, D) { return b < a    ? 1.0
                                   : a == b ? 0.5
                                            : 0.0; }},
         {},
         [](D a, D b) { return sides(a, b); },
         {"{a} < {b}", "{a} and {b} are equal, a kink: each gets half, as in PyTorch", "{a} > {b}"}},
        {"abs",
         1,
         [](D a, D) { return std::abs(a); },
         {[](D a, D, D) { return a > 0   ? 1.0
                                 : a < 0 ? -1.0
                                         : 0.0; }},
         {},
         [](D a, D) { return sides(a, 0); },
         {"{a} < 0", "{a} = 0 is a kink: 0, as in PyTorch", "{a} > 0"}},
        {"cos",
         1,
         [](D a, D) { return std::cos(a); },
         {[](D a, D, D) { return -std::sin(a); }},
         {"−sin({a})"}},
        {"elu",
         1,
         [](D a, D) { return a > 0 ? a : std::expm1(a); },
         {[](D a, D, D) { return a > 0 ? 1.0 : std::exp(a); }},
         {"1 for {a} > 0, else exp({a})"}},
        {"exp", 1, [](D a, D) { return std::exp(a); }, {[](D, D, D v) { return v; }}, {"{v}"}},
        {"gelu",
         1,
         [](D a, D) { return a * normal_cdf(a); },
         {[](D a, D, D) { return normal_cdf(a) + a * normal_density(a); }},
         {"Φ({a}) + {a}·φ({a})"}},
        {"hardsigmoid",
         1,
         [](D a, D) { return std::clamp(a / 6 + 0.5, 0.0, 1.0); },
         {[](D a, D, D) { return a > -3 && a < 3 ? 1.0 / 6 : 0.0; }},
         {},
         [](D a, D) { return between(a, -3, 3); },
         {"{a} < −3", "{a} = −3 is a kink: 0, as in PyTorch", "−3 < {a} < 3",
          "{a} = 3 is a kink: 0, as in PyTorch", "{a} > 3"}},
        {"hardtanh",
         1,
         [](D a, D) { return std::clamp(a, -1.0, 1.0); },
         {[](D a, D, D) { return a > -1 && a < 1 ? 1.0 : 0.0; }},
         {},
         [](D a, D) { return between(a, -1, 1); },
         {"{a} < −1", "{a} = −1 is a kink: 0, as in PyTorch", "−1 < {a} < 1",
          "{a} = 1 is a kink: 0, as in PyTorch", "{a} > 1"}},
        {"leaky_relu",
         1,
         [](D a, D) { return a > 0 ? a : kLeak * a; },
         {[](D a, D, D) { return a > 0 ? 1.0 : kLeak; }},
         {},
         [](D a, D) { return sides(a, 0); },
         {"{a} < 0", "{a} = 0 is a kink: 0.01, as in PyTorch", "{a} > 0"}},
        {"log", 1, [](D a, D) { return std::log(a); }, {[](D a, D, D) { return 1 / a; }}, {"1/{a}"}},
        {"logsigmoid",
         1,
         [](D a, D) { return -softplus(-a); },
         {[](D a, D, D) { return sigmoid(-a); }},
         {"1 − sigmoid({a})"}},
        {"relu",
         1,
         [](D a, D) { return a < 0 ? 0.0 : a; },
         {[](D a, D, D) { return a > 0 ? 1.0 : 0.0; }},
         {},
         [](D a, D) { return sides(a, 0); },
         {"{a} < 0", "{a} = 0 is a kink: 0, as in PyTorch", "{a} > 0"}},
        {"selu",
         1,
         [](D a, D) { return kSeluScale * (a > 0 ? a : kSeluAlpha * std::expm1(a)); },
         {[](D a, D, D) { return kSeluScale * (a > 0 ? 1.0 : kSeluAlpha * std::exp(a)); }},
         {},
         [](D a, D) { return sides(a, 0); },
         {"1.7581·exp({a}) for {a} < 0", "{a} = 0 is a kink: 1.7581, as in PyTorch", "{a} > 0"}},
        {"sigmoid",
         1,
         [](D a, D) { return sigmoid(a); },
         {[](D, D, D v) { return v * (1 - v); }},
         {"{v}·(1 − {v})"}},
        {"silu",
         1,
         [](D a, D) { return a * sigmoid(a); },
         {[](D a, D, D) { return sigmoid(a) * (1 + a * sigmoid(-a)); }},
         {"s·(1 + {a}·(1 − s)) with s = sigmoid({a})"}},
        {"sin", 1, [](D a, D) { return std::sin(a); }, {[](D a, D, D) { return std::cos(a); }}, {"cos({a})"}},
        {"softplus",
         1,
         [](D a, D) { return softplus(a); },
         {[](D a, D, D) { return sigmoid(a); }},
         {"sigmoid({a})"}},
        {"sqrt", 1, [](D a, D) { return std::sqrt(a); }, {[](D, D, D v) { return 0.5 / v; }}, {"1/(2·{v})"}},
        {"square", 1, [](D a, D) { return a * a; }, {[](D a, D, D) { return 2 * a; }}, {"2·{a}"}},
        {"tanh", 1, [](D a, D) { return std::tanh(a); }, {[](D, D, D v) { return 1 - v * v; }}, {"1 − {v}²"}},
    };
}

const std::vector<ScalarOp>& ops() {
    static const std::vector<ScalarOp> all = make_ops();
    return all;
}

std::string value_problem(std::string_view name, double a, double b) {
    if (name == "log")
        return a < 0 ? "the logarithm of a negative number is not a number" : "the logarithm of 0 is −∞";
    if (name == "sqrt") return "the square root of a negative number is not a number";
    if (name == "/" && b == 0) return a == 0 ? "0 divided by 0 is not a number" : "division by 0 is infinite";
    if (name == "^" && a == 0) return "0 to a negative power is infinite";
    if (name == "^" && a < 0 && b != std::floor(b))
        return "a negative number to a power that is not whole is not a number";
    return "the value is beyond the largest double, about 1.8e308";
}

} // namespace

std::span<const ScalarOp> scalar_ops() {
    return ops();
}

const ScalarOp* scalar_op(std::string_view name) {
    if (name == "ln") name = "log";
    if (name == "pow") name = "^";
    const auto found = std::ranges::find(ops(), name, &ScalarOp::name);
    return found == ops().end() ? nullptr : &*found;
}

std::vector<std::string> scalar_function_names() {
    std::vector<std::string> names{"ln", "pow"};
    const auto& all = ops();
    for (auto op = std::ranges::find(all, "max", &ScalarOp::name); op != all.end(); ++op)
        names.emplace_back(op->name);
    std::ranges::sort(names);
    return names;
}

std::string scalar_domain_problem(const ScalarOp& op, double a, double b) {
    if (op.inputs == 0 || !std::isfinite(a) || (op.inputs == 2 && !std::isfinite(b))) return {};
    return std::isfinite(op.value(a, b)) ? std::string() : value_problem(op.name, a, b);
}

} // namespace descent

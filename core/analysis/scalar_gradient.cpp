#include "core/analysis/scalar_gradient.h"

#include "core/base/param.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace descent {

namespace {

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
constexpr double kStep = 6e-6; // about the cube root of a double's epsilon
constexpr int kNarrower = 3;   // steps tried, each a hundredth of the last

double input_of(const ScalarNode& node, std::size_t slot, const std::vector<double>& values) {
    return slot < node.inputs.size() ? values[std::size_t(node.inputs[slot])] : 0;
}

/// All values, and for each node the piece of its function that they lie on.
struct Forward {
    std::vector<double> values;
    std::vector<int> pieces;

    Forward(const ScalarGraph& graph, const std::vector<double>& leaf_values)
        : values(graph.nodes.size())
        , pieces(graph.nodes.size()) {
        for (std::size_t i = 0; i < graph.leaves.size(); ++i)
            values[std::size_t(graph.leaves[i])] = leaf_values[i];
        for (std::size_t i = 0; i < values.size(); ++i) {
            const auto& node = graph.nodes[i];
            if (node.op->inputs > 0) {
                const double a = input_of(node, 0, values), b = input_of(node, 1, values);
                values[i] = node.op->value(a, b);
                if (node.op->piece) pieces[i] = node.op->piece(a, b);
            } else if (graph.is_number(int(i))) {
                values[i] = node.number;
            }
        }
    }
};

void forward_steps(const ScalarGraph& graph, ScalarPasses& passes) {
    passes.steps.push_back({.kind = ScalarStep::Kind::given, .node = graph.output});
    for (std::size_t i = 0; i < graph.nodes.size(); ++i)
        if (graph.nodes[i].op->inputs > 0)
            passes.steps.push_back({.kind = ScalarStep::Kind::forward, .node = int(i)});
}

void backward(const ScalarGraph& graph, ScalarPasses& passes) {
    const auto varying = graph.varying(), reaching = graph.reaching();
    std::vector<std::ptrdiff_t> latest(graph.nodes.size(), -1); // the step that last handed something to it
    passes.gradients.assign(graph.nodes.size(), 0);
    passes.gradients[std::size_t(graph.output)] = 1;
    passes.steps.push_back({.kind = ScalarStep::Kind::seed, .node = graph.output});
    for (std::size_t i = graph.nodes.size(); i-- > 0;) {
        const auto& node = graph.nodes[i];
        for (std::size_t slot = 0; slot < node.inputs.size(); ++slot) {
            const auto input = std::size_t(node.inputs[slot]);
            if (!varying[input]) continue;
            const double a = input_of(node, 0, passes.values), b = input_of(node, 1, passes.values);
            passes.locals[i][slot] = node.op->slopes[slot](a, b, passes.values[i]);
            if (!reaching[i]) continue;
            const double product = passes.gradients[i] * passes.locals[i][slot];
            passes.products[i][slot] = product;
            passes.gradients[input] += product;
            ScalarStep step{.kind = ScalarStep::Kind::backward,
                            .node = int(i),
                            .slot = int(slot),
                            .product = product,
                            .total = passes.gradients[input]};
            if (latest[input] >= 0) {
                step.first = false;
                passes.steps[std::size_t(latest[input])].last = false;
            }
            latest[input] = std::ssize(passes.steps);
            passes.steps.push_back(step);
        }
    }
}

void note(const ScalarGraph& graph, const Forward& forward, ScalarPasses& passes) {
    const auto varying = graph.varying();
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        const auto& node = graph.nodes[i];
        if (node.op->inputs == 0) continue;
        const double a = input_of(node, 0, forward.values), b = input_of(node, 1, forward.values);
        const std::string where = node.name + " = " + graph.operation(int(i)) + ": ";
        if (const auto problem = scalar_domain_problem(*node.op, a, b); !problem.empty()) {
            passes.notes.push_back({int(i), false, where + problem});
            continue;
        }
        for (std::size_t slot = 0; slot < node.inputs.size(); ++slot) {
            const double local = passes.locals[i][slot];
            if (std::isfinite(forward.values[i]) && !std::isfinite(local))
                passes.notes.push_back(
                    {int(i), false,
                     where + "its slope along " + graph.word(node.inputs[slot]) +
                         (std::isnan(local) ? " is not a number here" : " is infinite here")});
        }
        if (varying[i] && node.op->piece && forward.pieces[i] % 2 == 1) {
            // "1.7581, since a = 0 is a kink …": the reason is enough.
            const std::string reason = graph.slope_formula(int(i), 0, a, b);
            passes.notes.push_back({int(i), true, where + reason.substr(reason.find(", since ") + 8)});
        }
    }
}

struct Difference {
    double central = 0, left = 0, right = 0;
    bool kink = false;   ///< some function changes its piece between the three points
    double rounding = 0; ///< what the rounding of the values may do to it
};

Difference difference(const ScalarGraph& graph, const ScalarPasses& passes, const Forward& middle,
                      std::vector<double> values, std::size_t leaf, double h) {
    const double x = values[leaf];
    values[leaf] = x + h;
    const Forward above(graph, values);
    values[leaf] = x - h;
    const Forward below(graph, values);
    const auto out = std::size_t(graph.output);
    // What the doubles' own distance is, not what was asked for.
    const double up = (x + h) - x, down = x - (x - h);
    Difference d;
    d.right = (above.values[out] - middle.values[out]) / up;
    d.left = (middle.values[out] - below.values[out]) / down;
    d.central = (above.values[out] - below.values[out]) / (up + down);
    const auto reaching = graph.reaching();
    double rounding = 0;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        if (!reaching[i]) continue;
        d.kink = d.kink || above.pieces[i] != middle.pieces[i] || below.pieces[i] != middle.pieces[i];
        const double carried = std::abs(passes.gradients[i] * middle.values[i]);
        if (std::isfinite(carried)) rounding += carried;
    }
    // Each value is rounded, and handed on as its gradient says.
    d.rounding = 4 * kEpsilon * rounding / h;
    return d;
}

void compare(ScalarCheck& check, const Difference& wide, const Difference& narrow, double gradient) {
    using Outcome = ScalarCheck::Outcome;
    check.left = narrow.left;
    check.right = narrow.right;
    check.difference = wide.kink ? narrow.central : narrow.central + (narrow.central - wide.central) / 3;
    check.allowed = ScalarCheck::kTolerance * std::max(1.0, std::abs(gradient)) + narrow.rounding;
    const double apart = std::abs(check.difference - gradient);
    check.outcome = !std::isfinite(check.difference)                       ? Outcome::undefined
                    : apart <= check.allowed                               ? Outcome::agrees
                    : wide.kink                                            ? Outcome::kink
                    : apart <= 2 * std::abs(narrow.central - wide.central) ? Outcome::unresolved
                                                                           : Outcome::differs;
}

ScalarCheck check(const ScalarGraph& graph, const ScalarPasses& passes, const Forward& middle,
                  const std::vector<double>& values, std::size_t leaf) {
    using Outcome = ScalarCheck::Outcome;
    ScalarCheck check;
    check.leaf = graph.leaves[leaf];
    const double gradient = passes.gradients[std::size_t(check.leaf)];
    if (!std::isfinite(middle.values[std::size_t(graph.output)]) || !std::isfinite(gradient)) {
        check.difference = std::numeric_limits<double>::quiet_NaN();
        check.outcome = Outcome::undefined;
        return check;
    }
    // A step that is too wide for a steep function is made narrower, as far as rounding allows.
    ScalarCheck first;
    for (int i = 0; i < kNarrower; ++i) {
        const double h = kStep * std::pow(0.01, i) * std::max(1.0, std::abs(values[leaf]));
        compare(check, difference(graph, passes, middle, values, leaf, h),
                difference(graph, passes, middle, values, leaf, h / 2), gradient);
        if (check.outcome == Outcome::agrees) return check;
        if (i == 0) first = check;
    }
    return first;
}

} // namespace

ScalarPasses differentiate(const ScalarGraph& graph, const std::vector<double>& leaf_values) {
    const Forward forward(graph, leaf_values);
    ScalarPasses passes;
    passes.values = forward.values;
    passes.locals.resize(graph.nodes.size());
    passes.products.resize(graph.nodes.size());
    forward_steps(graph, passes);
    backward(graph, passes);
    note(graph, forward, passes);
    for (std::size_t i = 0; i < graph.leaves.size(); ++i)
        passes.checks.push_back(check(graph, passes, forward, leaf_values, i));
    return passes;
}

Result<std::vector<double>> scalar_values(const ScalarGraph& graph,
                                          const std::map<std::string, double>& by_name) {
    std::vector<std::string> names;
    for (const int leaf : graph.leaves) names.push_back(graph.nodes[std::size_t(leaf)].name);
    std::string list;
    for (const auto& name : names) list += (list.empty() ? "" : ", ") + name;
    for (const auto& [name, value] : by_name) {
        if (std::ranges::count(names, name) == 0) {
            if (graph.find(name) >= 0)
                return fail("'" + name + "' is computed, not given; the variables are " + list);
            const auto meant = nearest(name, names);
            return fail("no variable '" + name + "'" +
                        (names.empty() ? "; the expression has none"
                         : meant       ? "; did you mean '" + *meant + "'?"
                                       : "; there are: " + list));
        }
        if (!std::isfinite(value)) return fail("the value of " + name + ": expected a finite number");
    }
    std::vector<double> values;
    for (const int leaf : graph.leaves) {
        const auto& node = graph.nodes[std::size_t(leaf)];
        const auto given = by_name.find(node.name);
        if (given == by_name.end() && !node.given)
            return fail("no value for " + node.name + ": expected " + node.name + "=NUMBER");
        values.push_back(given != by_name.end() ? given->second : *node.given);
    }
    return values;
}

std::vector<int> shown_nodes(const ScalarGraph& graph) {
    std::vector<int> shown;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i)
        if (!graph.is_number(int(i)) || int(i) == graph.output) shown.push_back(int(i));
    return shown;
}

} // namespace descent

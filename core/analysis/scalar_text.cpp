#include "core/analysis/scalar_gradient.h"
#include "core/base/format.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace descent {

namespace {

constexpr int kDigits = 6;

std::string number(double v) {
    return format_number(v, kDigits);
}

/// The shortest text that reads back as the same double.
std::string in_full(double v) {
    if (std::isnan(v)) return "nan";
    if (std::isinf(v)) return v < 0 ? "-inf" : "inf";
    std::array<char, 32> text;
    return {text.data(), std::to_chars(text.data(), text.data() + text.size(), v).ptr};
}

std::string partial(const ScalarGraph& graph, int of, int by) {
    return "∂" + graph.nodes[std::size_t(of)].name + "/∂" + graph.word(by);
}

/// The operation with the values in the place of the names: "6 + 1.5".
std::string with_values(const ScalarGraph& graph, const ScalarPasses& passes, int node) {
    ScalarGraph filled;
    filled.nodes = {graph.nodes[std::size_t(node)]};
    ScalarNode& copy = filled.nodes.front();
    std::vector<ScalarNode> numbers;
    for (int& input : copy.inputs) {
        ScalarNode value;
        value.op = scalar_op("number");
        value.number = passes.values[std::size_t(input)];
        numbers.push_back(value);
        input = int(numbers.size());
    }
    filled.nodes.insert(filled.nodes.end(), numbers.begin(), numbers.end());
    return filled.operation(0);
}

std::string join(const std::vector<std::string>& parts, const char* between) {
    std::string all;
    for (const auto& part : parts) all += (all.empty() ? "" : between) + part;
    return all;
}

std::string given_sentence(const ScalarGraph& graph, const ScalarPasses& passes) {
    std::vector<std::string> parts;
    for (const int leaf : graph.leaves)
        parts.push_back(graph.word(leaf) + " = " + number(passes.values[std::size_t(leaf)]));
    return parts.empty() ? "There are no variables." : "Given: " + join(parts, ", ");
}

std::string backward_sentence(const ScalarGraph& graph, const ScalarPasses& passes, const ScalarStep& step) {
    const auto& node = graph.nodes[std::size_t(step.node)];
    const int input = node.inputs[std::size_t(step.slot)];
    const double local = passes.locals[std::size_t(step.node)][std::size_t(step.slot)];
    const double above = passes.gradients[std::size_t(step.node)];
    const auto value = [&](std::size_t slot) {
        return slot < node.inputs.size() ? passes.values[std::size_t(node.inputs[slot])] : 0;
    };
    const std::string formula = graph.slope_formula(step.node, step.slot, value(0), value(1));
    const std::string slope =
        partial(graph, step.node, input) + " = " +
        (node.op->piece || formula == number(local) ? formula : formula + " = " + number(local));
    const std::string whole = partial(graph, graph.output, input);
    if (step.node == graph.output) // times 1
        return slope + (step.first ? std::string()
                                   : "; added to what came before: " + whole + " = " + number(step.total));
    const std::string product =
        scalar_number(above) + " · " + scalar_number(local) + " = " + number(step.product);
    return slope + "; " + (step.first ? whole + " = " : "along this edge ") +
           partial(graph, graph.output, step.node) + " · " + partial(graph, step.node, input) + " = " +
           product +
           (step.first ? std::string()
                       : "; added to what came before: " + whole + " = " + number(step.total));
}

} // namespace

std::string scalar_sentence(const ScalarGraph& graph, const ScalarPasses& passes, const ScalarStep& step) {
    const std::string& output = graph.nodes[std::size_t(graph.output)].name;
    switch (step.kind) {
    case ScalarStep::Kind::given:
        return given_sentence(graph, passes);
    case ScalarStep::Kind::forward:
        return graph.word(step.node) + " = " + graph.operation(step.node) + " = " +
               with_values(graph, passes, step.node) + " = " + number(passes.values[std::size_t(step.node)]);
    case ScalarStep::Kind::seed:
        return "Backward: ∂" + output + "/∂" + output + " = 1";
    case ScalarStep::Kind::backward:
        break;
    }
    return backward_sentence(graph, passes, step);
}

std::string scalar_verdict(const ScalarGraph& graph, const ScalarPasses& passes, const ScalarCheck& check,
                           bool whole) {
    using Outcome = ScalarCheck::Outcome;
    const double gradient = passes.gradients[std::size_t(check.leaf)];
    const std::string slopes = number(check.left) + " and " + number(check.right);
    if (!whole) {
        switch (check.outcome) {
        case Outcome::agrees:
            return "agrees";
        case Outcome::kink:
            return "kink: slopes " + slopes;
        case Outcome::undefined:
            return "undefined";
        case Outcome::unresolved:
            return "too steep to tell";
        case Outcome::differs:
            return "differs";
        }
    }
    const std::string name = partial(graph, graph.output, check.leaf);
    const std::string both =
        name + " = " + number(gradient) + ", finite difference " + number(check.difference);
    switch (check.outcome) {
    case Outcome::agrees:
        return both + ": they agree within " + format_number(check.allowed, 2);
    case Outcome::kink:
        return both + ": a kink lies here, with slope " + number(check.left) + " on its left and " +
               number(check.right) + " on its right; the gradient is what PyTorch takes";
    case Outcome::undefined:
        return both + ": a value is no finite number, so there is nothing to compare";
    case Outcome::unresolved:
        return both + ": the function bends too much within the step to tell";
    case Outcome::differs:
        break;
    }
    return both + ": they differ by more than " + format_number(check.allowed, 2);
}

std::string scalar_check_summary(const ScalarGraph& graph, const ScalarPasses& passes) {
    if (passes.checks.empty()) return "There is no variable to take a gradient by.";
    std::vector<std::string> others;
    for (const auto& check : passes.checks)
        if (check.outcome != ScalarCheck::Outcome::agrees)
            others.push_back(scalar_verdict(graph, passes, check, true));
    const auto all = passes.checks.size(), agree = all - others.size();
    std::string text = std::to_string(agree) + " of " + std::to_string(all) +
                       (all == 1 ? " gradient agrees" : " gradients agree") +
                       " with finite differences (within " + format_number(ScalarCheck::kTolerance, 1) +
                       " of max(1, |gradient|)).";
    for (const auto& other : others) text += " " + other + ".";
    return text;
}

TextTable scalar_cells(const ScalarGraph& graph, const ScalarPasses& passes, bool full) {
    const auto text = [full](double v) { return full ? in_full(v) : number(v); };
    const auto varying = graph.varying(), reaching = graph.reaching();
    TextTable table;
    table.headings = {"node",
                      "operation",
                      "value",
                      "local gradients",
                      "∂" + graph.nodes[std::size_t(graph.output)].name + "/∂node",
                      "finite difference",
                      "check"};
    table.right = {false, false, true, false, true, true, false};
    for (const int i : shown_nodes(graph)) {
        const auto at = std::size_t(i);
        const auto& node = graph.nodes[at];
        std::vector<std::string> locals;
        for (std::size_t slot = 0; slot < node.inputs.size(); ++slot)
            if (varying[std::size_t(node.inputs[slot])])
                locals.push_back(partial(graph, i, node.inputs[slot]) + " = " +
                                 text(passes.locals[at][slot]));
        const std::string gradient = varying[at] && reaching[at] ? text(passes.gradients[at])
                                     : varying[at]               ? text(0)
                                                                 : "";
        std::vector<std::string> row{
            node.name, graph.operation(i), text(passes.values[at]), join(locals, ", "), gradient, "", ""};
        const auto check = std::ranges::find(passes.checks, i, &ScalarCheck::leaf);
        if (check != passes.checks.end()) {
            row[5] = text(check->difference);
            row[6] = scalar_verdict(graph, passes, *check);
        } else if (!reaching[at]) {
            row[6] = "the output does not depend on it";
        }
        table.rows.push_back(std::move(row));
    }
    return table;
}

} // namespace descent

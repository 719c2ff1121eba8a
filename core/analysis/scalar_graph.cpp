#include "core/analysis/scalar_graph.h"

#include "core/base/format.h"

#include <cmath>

namespace descent {

namespace {

constexpr int kDigits = 6;

std::string filled(std::string_view text, const std::string& a, const std::string& b, const std::string& v) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '{') {
            out += text[at];
            continue;
        }
        out += text[at + 1] == 'a' ? a : text[at + 1] == 'b' ? b : v;
        at += 2;
    }
    return out;
}

std::string power_formula(const std::string& a, double exponent) {
    if (exponent == 0) return "0";
    if (exponent == 1) return "1";
    if (exponent == 2) return "2·" + a;
    return scalar_number(exponent) + "·" + a + "^" + scalar_number(exponent - 1);
}

} // namespace

std::string scalar_number(double v) {
    const std::string text = format_number(v, kDigits);
    return v < 0 ? "(" + text + ")" : text;
}

int ScalarGraph::find(std::string_view name) const {
    for (std::size_t i = 0; i < nodes.size(); ++i)
        if (nodes[i].named && nodes[i].name == name) return int(i);
    return -1;
}

std::vector<bool> ScalarGraph::varying() const {
    std::vector<bool> varies(nodes.size());
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        varies[i] = is_variable(int(i));
        for (const int input : nodes[i].inputs) varies[i] = varies[i] || varies[std::size_t(input)];
    }
    return varies;
}

std::vector<bool> ScalarGraph::reaching() const {
    std::vector<bool> reaches(nodes.size());
    reaches[std::size_t(output)] = true;
    for (std::size_t i = nodes.size(); i-- > 0;)
        if (reaches[i])
            for (const int input : nodes[i].inputs) reaches[std::size_t(input)] = true;
    return reaches;
}

std::string ScalarGraph::word(int node) const {
    return is_number(node) ? scalar_number(nodes[std::size_t(node)].number) : nodes[std::size_t(node)].name;
}

std::string ScalarGraph::operation(int node) const {
    const auto& n = nodes[std::size_t(node)];
    if (n.inputs.empty()) return is_number(node) ? "number" : "variable";
    const std::string a = word(n.inputs[0]);
    if (n.op->name == "copy") return a;
    if (n.op->name == "negate") return "−" + a;
    const auto bare = [](const std::string& word) { // parentheses and commas set them apart already
        return word.starts_with('(') ? word.substr(1, word.size() - 2) : word;
    };
    if (n.inputs.size() == 1) return std::string(n.op->name) + "(" + bare(a) + ")";
    const std::string b = word(n.inputs[1]);
    if (n.op->name == "max" || n.op->name == "min")
        return std::string(n.op->name) + "(" + bare(a) + ", " + bare(b) + ")";
    if (n.op->name == "^") return a + "^" + b;
    const std::string sign = n.op->name == "*" ? "·" : n.op->name == "-" ? "−" : std::string(n.op->name);
    return a + " " + sign + " " + b;
}

std::string ScalarGraph::slope_formula(int node, int slot, double a, double b) const {
    const auto& n = nodes[std::size_t(node)];
    const std::string first = word(n.inputs[0]), second = n.inputs.size() > 1 ? word(n.inputs[1]) : "";
    if (n.op->piece) {
        const double slope = n.op->slopes[slot](a, b, n.op->value(a, b));
        const std::string value = format_number(slope, kDigits);
        if (std::isnan(a) || std::isnan(b)) return value;
        const auto reason = n.op->because[std::size_t(n.op->piece(a, b))];
        return value + ", since " + filled(reason, first, second, n.name);
    }
    if (n.op->name == "^" && slot == 0 && is_number(n.inputs[1]))
        return power_formula(first, nodes[std::size_t(n.inputs[1])].number);
    return filled(n.op->formulas[slot], first, second, n.name);
}

} // namespace descent

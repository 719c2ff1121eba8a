#pragma once

#include "core/analysis/scalar_op.h"

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace descent {

/// One value of a computation: a number, a variable, or an operation on nodes before it.
struct ScalarNode {
    const ScalarOp* op = nullptr;
    std::vector<int> inputs;     ///< as many as op->inputs; each less than this node's own index
    std::string name;            ///< given by the person, or made ("v1", …; "o" for an output without one)
    bool named = false;          ///< by the person
    double number = 0;           ///< of a number
    std::optional<double> given; ///< of a variable that the text gives a value: "x = 3"
};

/// What is wrong with a text, and where: bytes [begin, end) of it; empty at its end.
struct ScalarSyntaxError {
    std::string message; ///< one line: "column 7: expected a number, a name or '(', found ')'"
    std::size_t begin = 0, end = 0;
};

/// A scalar computation as a graph with shared nodes, for learning how gradients flow through it: a name is
/// one node however often it is used; equal expressions are not merged.
///
/// Grammar: statements apart by ';' or a line break, each `name = expression`; the last one, whose value is
/// the output, may go without a name. Operators + − * / ^ (right to left, before a minus on its left), also
/// ×, ·, ÷, **; functions scalar_function_names(), max and min of two or more. A name that is never assigned
/// is a variable, as is one that is assigned a plain number, which then is its value until another is given.
struct ScalarGraph {
    static constexpr std::size_t kLongest = 10'000; ///< bytes of a text
    static constexpr int kDeepest = 200;            ///< parentheses within each other
    static constexpr std::size_t kMostNodes = 2'000;

    /// Errors: see ScalarSyntaxError; any bytes are fit to be tried.
    static std::expected<ScalarGraph, ScalarSyntaxError> parse(std::string_view text);

    std::vector<ScalarNode> nodes; ///< inputs before what uses them
    std::vector<int> leaves;       ///< the variables, as they first appear
    int output = 0;

    int find(std::string_view name) const; ///< below 0: no variable or assigned name
    bool is_number(int node) const { return nodes[std::size_t(node)].op->name == "number"; }
    bool is_variable(int node) const { return nodes[std::size_t(node)].op->name == "variable"; }
    /// Whether its value depends on a variable, so that it has a gradient.
    std::vector<bool> varying() const;
    std::vector<bool> reaching() const;    ///< whether the output depends on it
    std::string word(int node) const;      ///< its name; of a number the number, "(−2)"
    std::string operation(int node) const; ///< by the names of its inputs: "max(0, a)", "x · m"
    /// ∂node/∂input as a formula, and the reason where it has pieces: "2·d", "1, since a > 0".
    std::string slope_formula(int node, int slot, double a, double b) const;
};

/// A number as it is read within a formula: "2.5", "(−2.5)" where it is negative.
std::string scalar_number(double v);

} // namespace descent

#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace descent {

/// An operation on one or two real numbers: what a scalar graph (scalar_graph.h) is made of. Where it has no
/// slope, it has the one that PyTorch takes; `because` says so.
struct ScalarOp {
    std::string_view name; ///< as it is written: "+", "relu"; "number" and "variable" are leaves
    int inputs = 1;        ///< 0, 1 or 2
    double (*value)(double a, double b) = nullptr;
    /// ∂value/∂a and, of two inputs, ∂value/∂b; `v` is the value.
    double (*slopes[2])(double a, double b, double v) = {nullptr, nullptr};
    /// The slopes as they are written: {a}, {b} and {v} stand for the names.
    std::string_view formulas[2] = {};
    /// On which piece of the function the inputs lie, counted from the left; an odd one is a kink between
    /// two. Absent where the function is smooth.
    int (*piece)(double a, double b) = nullptr;
    /// For each piece the reason for its slope: "{a} > 0".
    std::vector<std::string_view> because = {};
};

/// Leaves, then "copy", operators, functions; they live as long as the program.
std::span<const ScalarOp> scalar_ops();
/// By name, also "ln", "pow"; null: there is none.
const ScalarOp* scalar_op(std::string_view name);
/// Those that are written name(…), in alphabetical order.
std::vector<std::string> scalar_function_names();

/// Why the value is no finite number though the inputs are: "the logarithm of a negative number is not a
/// number". "" where nothing is wrong, or where the inputs were no finite numbers already.
std::string scalar_domain_problem(const ScalarOp& op, double a, double b);

} // namespace descent

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace descent {

/// What a breakpoint says, read: see core/analysis/breakpoint.h for the grammar.
struct BreakCondition {
    enum class Kind { is_nan, is_infinite, rises, falls, below, at_most, above, at_least };

    /// A metric, and what stands in for it until it has been measured ("" for nothing).
    struct Metric {
        std::string name, otherwise;
    };
    /// One step of a calculation on a stack: push a number or a metric, or apply an operator.
    struct Step {
        enum class Kind { number, metric, negate, add, subtract, multiply, divide };
        Kind kind;
        double number = 0;
        Metric metric{};
    };
    struct Sum {
        std::vector<Step> steps;
        std::string text; ///< as typed
    };

    Kind kind = Kind::is_nan;
    Metric metric;          ///< what is NaN or infinite, or rises or falls
    std::int64_t times = 0; ///< it rises or falls, ≥ 1
    Sum left, right;        ///< what is compared
};

/// Throws InputError: "breakpoint 'loss >': expected a number or a metric at the end".
BreakCondition parse_break_condition(std::string_view text);

} // namespace descent

#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace descent {

/// A filter over runs turned into an SQL condition over the view `run_summary` (alias r) with its bound
/// values, so that no text of the user's ever becomes SQL. It calls fold(), which the store's own connections
/// have.
///
///     expr   := expr "or" expr | expr "and" expr | "not" expr | "(" expr ")" | term
///     term   := field op value | "tag:" word | "starred" | "trashed" | word
///     op     := "=" "!=" "<" "<=" ">" ">=" "~"            (~ is "contains")
///     field  := name state task model optimizer regime seed epochs updates planned seconds note key threads
///     host
///             | parameters (trainable weights) | created started ended | tag
///             | parameter ("lr", "optimizer.lr") | metric ("validation/accuracy": last;
///             "best:validation/accuracy"; "validation/accuracy@500": the last until update 500)
///
/// A bare word looks in name, task, model, optimizer, regime, note and tags; that of a state also finds the
/// runs in it. Text is compared without its case. Keywords are case-insensitive; values, and fields with odd
/// names, may be quoted ('"' or "'", doubled inside). A value that reads as a number is compared as one,
/// unless it is quoted. Dates are those of core/store/filter_date.h: `created = 2026-11` is any time in that
/// month, `>` after it. A run without the field meets no comparison, and `not` is always the exact opposite.
/// `= nan` finds metrics that are not a number.
struct Condition {
    std::string sql; ///< "1" for an empty filter
    std::vector<std::variant<std::int64_t, double, std::string>> bindings;
    bool asks_for_trash = false; ///< has the term "trashed": the filter itself says which to list
};

/// Error: "column 12: expected a value after '>'".
Result<Condition> parse_filter(std::string_view text);

} // namespace descent

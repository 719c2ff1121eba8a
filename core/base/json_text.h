#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string_view>

namespace descent {

/// How deep arrays and objects of a foreign JSON text may lie within each other: they are copied, compared
/// and written recursively, and the stack is bounded.
inline constexpr int kDeepestJson = 100;
/// Deeper than that. Of text that is not JSON either answer may come.
bool is_nested_too_deep(std::string_view json);

/// A JSON text from outside; discarded (is_discarded(), of no type) where it is none or nested too deep.
nlohmann::json foreign_json(std::string_view text);

} // namespace descent

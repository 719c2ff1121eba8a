#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace descent {

/// The parts of "256,128,64", without blanks around them; none of an empty text.
std::vector<std::string> list_parts(const std::string& text);
/// Whole numbers of a list within `least` … `most`. Throws InputError naming `where`.
std::vector<std::int64_t> whole_numbers(const std::string& text, const std::string& where, std::int64_t least,
                                        std::int64_t most);
/// Shares of a list, each ≥ 0 and < 1. Throws InputError naming `where`.
std::vector<double> share_list(const std::string& text, const std::string& where);

} // namespace descent

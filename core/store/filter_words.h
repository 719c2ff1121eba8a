#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace descent {

/// A word of a filter (core/store/filter.h).
struct FilterWord {
    enum class Kind { word, quoted, op, open, close, end };
    Kind kind = Kind::end;
    std::string text;
    std::size_t at = 0; ///< byte in the filter
};

/// The filter in words, with one of Kind::end last. Throws InputError where it cannot be read.
std::vector<FilterWord> filter_words(std::string_view text);
/// Throws InputError: "column 12: expected …". Columns count characters, not bytes.
[[noreturn]] void filter_error(std::string_view text, std::size_t at, const std::string& what);

} // namespace descent

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace descent {

inline constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf"; ///< some editors put it first

/// The offset of the first byte that is not UTF-8 (RFC 3629), std::string_view::npos where all of it is.
std::size_t first_not_utf8(std::string_view text);

/// A character and its bytes; U+FFFD and 1 for a byte that is not UTF-8. `text` must not be empty.
struct Character {
    std::int32_t code = 0;
    std::size_t bytes = 1;
};
Character first_character(std::string_view text);

void append_utf8(std::string& text, std::int32_t code);

/// ISO 8859-1, where each byte is a code point, as UTF-8.
std::string latin1_to_utf8(std::string_view bytes);

/// Unicode's White_Space.
bool is_blank(std::int32_t code);

/// In lower case as Unicode has it, with its two special cases: İ becomes i and a dot above, and Σ at the end
/// of a word ς. Bytes that are not UTF-8 become U+FFFD.
std::string lower_case(std::string_view utf8);

} // namespace descent

#pragma once

#include <string_view>

namespace descent {

/// A UUID in its usual form (RFC 9562), in lower case: of what comes from outside, nothing else is an id, for
/// ids become parts of file names.
inline bool is_uuid(std::string_view text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        const char c = text[i];
        if (dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
    }
    return true;
}

} // namespace descent

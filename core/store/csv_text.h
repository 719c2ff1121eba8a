#pragma once

#include <charconv>
#include <cmath>
#include <string>
#include <string_view>

namespace descent {

/// A field of CSV as RFC 4180 has it: quoted where it has to be, quotes doubled.
inline std::string csv_field(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + '"';
}

/// The shortest text that reads back as the same number; "nan" whatever its sign.
template<class T>
void append_csv_number(std::string& out, T value) {
    if constexpr (std::is_floating_point_v<T>) {
        if (std::isnan(value)) {
            out += "nan";
            return;
        }
    }
    char digits[32];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

template<class T>
std::string csv_number(T value) {
    std::string text;
    append_csv_number(text, value);
    return text;
}

} // namespace descent

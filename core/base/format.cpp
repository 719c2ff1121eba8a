#include "core/base/format.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <string_view>

namespace descent {

namespace {

constexpr std::string_view kMinus = "\u2212";

// std::to_chars and not printf: the window sets the C locale, and with it the decimal point.
std::string digits_of(double magnitude, std::chars_format format, int precision) {
    std::array<char, 400> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), magnitude, format, precision).ptr;
    return {text.data(), end};
}

std::string without_trailing_zeros(std::string text) {
    if (text.find('.') == std::string::npos) return text;
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text;
}

std::string two_digits(std::int64_t n) {
    return (n < 10 ? "0" : "") + std::to_string(n);
}

} // namespace

std::string format_count(std::int64_t n) {
    std::string text = std::to_string(n);
    const bool negative = n < 0;
    if (negative) text.erase(0, 1);
    for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, 1, ',');
    return negative ? std::string(kMinus) + text : text;
}

std::string format_number(double v, int digits) {
    if (std::isnan(v)) return "not a number";
    const std::string sign(v < 0 ? kMinus : "");
    if (std::isinf(v)) return sign + "∞";
    if (v == 0) return "0";
    digits = std::clamp(digits, 1, 17);
    // Rounded first, so that 9.9999 has the exponent of the 10 that is shown.
    const std::string rounded = digits_of(std::abs(v), std::chars_format::scientific, digits - 1);
    const std::size_t e = rounded.find('e');
    const int exponent = std::atoi(rounded.c_str() + e + 1);
    if (exponent < -4 || exponent >= 6)
        return sign + without_trailing_zeros(rounded.substr(0, e)) + "e" +
               std::string(exponent < 0 ? kMinus : "") + std::to_string(std::abs(exponent));
    const int decimals = std::max(0, digits - 1 - exponent);
    return sign + without_trailing_zeros(digits_of(std::abs(v), std::chars_format::fixed, decimals));
}

std::string format_duration(double seconds) {
    if (!std::isfinite(seconds) || std::abs(seconds) > 1e15) return "—";
    if (seconds < 0) return std::string(kMinus) + format_duration(-seconds);
    if (seconds < 9.95)
        return (seconds < 0.05 ? "0" : digits_of(seconds, std::chars_format::fixed, 1)) + " s";
    const std::int64_t whole = std::llround(seconds);
    if (whole < 60) return std::to_string(whole) + " s";
    const std::int64_t hours = whole / 3600, minutes = whole / 60 % 60;
    if (hours == 0) return std::to_string(minutes) + ":" + two_digits(whole % 60);
    return std::to_string(hours) + ":" + two_digits(minutes) + ":" + two_digits(whole % 60);
}

std::string format_percent(double share) {
    if (!std::isfinite(share)) return format_number(share);
    const double percent = 100 * share;
    const double size = std::abs(percent);
    const std::string sign(percent < 0 ? kMinus : "");
    // Near the ends a whole number would say "none" or "all" of what is only nearly so.
    if (size > 0 && size < 0.05) return "<" + sign + "0.1%";
    if (size < 0.95) return sign + without_trailing_zeros(digits_of(size, std::chars_format::fixed, 1)) + "%";
    if (size >= 99.95 && size < 100) return ">" + sign + "99.9%";
    if (size >= 99.5 && size < 100) return sign + digits_of(size, std::chars_format::fixed, 1) + "%";
    return sign + digits_of(size, std::chars_format::fixed, 0) + "%";
}

std::string format_time(std::int64_t ms_utc) {
    const auto seconds = static_cast<std::time_t>(ms_utc >= 0 ? ms_utc / 1000 : (ms_utc - 999) / 1000);
    std::tm local{};
    if (!localtime_r(&seconds, &local)) return "—";
    std::array<char, 64> text;
    return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M", &local)};
}

std::string counted(std::int64_t n, std::string_view noun) {
    return format_count(n) + " " + std::string(noun) + (n == 1 ? "" : "s");
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
    std::string text;
    for (const auto& word : words) {
        if (!text.empty()) text += between;
        text += word;
    }
    return text;
}

} // namespace descent

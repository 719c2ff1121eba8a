#include "core/analysis/interval_text.h"

#include "core/base/format.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace descent {

namespace {

constexpr const char* kMinus = "\u2212";

/// Decimals that show two digits of a spread.
int decimals_for(double spread) {
    return static_cast<int>(std::clamp(1 - std::floor(std::log10(spread)), 0.0, 9.0));
}

std::string fixed(double value, int decimals) {
    if (!std::isfinite(value) || std::abs(value) >= 1e12) return format_number(value);
    std::array<char, 64> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), std::abs(value),
                                   std::chars_format::fixed, decimals)
                         .ptr;
    const std::string digits(text.data(), end);
    const bool zero = digits.find_first_not_of("0.") == std::string::npos;
    return (value < 0 && !zero ? kMinus : "") + digits;
}

} // namespace

std::string with_spread(double value, double spread) {
    // Sums of equal numbers differ in their last bits.
    if (spread <= 1e-12 * std::abs(value)) return format_number(value) + " ± 0";
    if (!std::isfinite(spread)) return format_number(value) + " ± " + format_number(spread);
    const int decimals = decimals_for(spread);
    return fixed(value, decimals) + " ± " + fixed(spread, decimals);
}

std::string gap_text(const Difference& gap, double unit, std::string_view of) {
    if (gap.count == 0) return "";
    if (gap.count == 1) return "one " + std::string(of) + " tells no difference";
    const double mean = gap.mean * unit, half = gap.half_width * unit;
    if (!std::isfinite(half)) return "no difference to tell: not all values are numbers";
    if (gap.distinct()) return (mean < 0 ? "lower by " : "higher by ") + with_spread(std::abs(mean), half);
    if (half == 0) return "the same with " + counted(gap.count, of);
    return "not distinguishable with " + counted(gap.count, of) + " (" + with_spread(mean, half) + ")";
}

std::string spread_text(const Moments& value, double unit) {
    if (value.count == 0) return "";
    if (value.count == 1) return format_number(value.mean * unit);
    return with_spread(value.mean * unit, value.deviation * unit);
}

} // namespace descent

#pragma once

#include "core/base/units.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Numbers as people read them, the same in window, command line and log. Real minus sign (U+2212).
namespace descent {

std::string format_count(std::int64_t n); ///< "16,034"
std::string
format_number(double v,
              int digits = 4); ///< significant digits, "1.234e−5" when far from 1, "not a number", "∞"
std::string format_duration(double seconds);                ///< "0.8 s", "58 s", "1:20", "2:03:04"
std::string format_percent(double share);                   ///< "97%", "0.3%"
std::string format_time(std::int64_t ms_utc);               ///< local time, "2026-11-20 14:03"
std::string counted(std::int64_t n, std::string_view noun); ///< "1 run", "2,000 runs"
std::string joined(const std::vector<std::string>& words, std::string_view between = ", ");

} // namespace descent

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace descent {

/// What a date names: from its first millisecond to the one after its last, since 1970-01-01 UTC.
struct DateRange {
    std::int64_t first_ms = 0, end_ms = 0;
    bool operator==(const DateRange&) const = default;
};

/// "2026", "2026-11", "2026-11-01", "2026-11-01T14" or "2026-11-01T14:03" (a space or a t may stand for the
/// T), "today" or "yesterday", in local time, as the window shows times. None where it is no date. Thread:
/// any.
std::optional<DateRange> date_range(std::string_view text, std::int64_t now_ms);

} // namespace descent

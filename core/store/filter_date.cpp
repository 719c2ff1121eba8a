#include "core/store/filter_date.h"

#include <array>
#include <charconv>
#include <chrono>
#include <ctime>

namespace descent {
namespace {

/// Year, month, day, hour, minute; from the first one on as many as are named.
struct Fields {
    std::array<int, 5> values{1970, 1, 1, 0, 0};
    std::size_t named = 0;
};

std::int64_t local_ms(const std::array<int, 5>& at) {
    std::tm parts{};
    parts.tm_year = at[0] - 1900;
    parts.tm_mon = at[1] - 1; // mktime carries over what is too much
    parts.tm_mday = at[2];
    parts.tm_hour = at[3];
    parts.tm_min = at[4];
    parts.tm_isdst = -1;
    return static_cast<std::int64_t>(std::mktime(&parts)) * 1000;
}

DateRange range_of(const Fields& fields) {
    auto end = fields.values;
    ++end[fields.named - 1];
    return {local_ms(fields.values), local_ms(end)};
}

std::optional<Fields> parse(std::string_view text) {
    constexpr std::array<std::size_t, 5> kDigits{4, 2, 2, 2, 2};
    constexpr std::array<std::string_view, 5> kBefore{"", "-", "-", "Tt ", ":"};
    Fields fields;
    while (!text.empty()) {
        const std::size_t i = fields.named;
        if (i == kDigits.size()) return std::nullopt;
        if (i > 0) {
            if (!kBefore[i].contains(text.front())) return std::nullopt;
            text.remove_prefix(1);
        }
        if (text.size() < kDigits[i]) return std::nullopt;
        const auto [end, bad] = std::from_chars(text.data(), text.data() + kDigits[i], fields.values[i]);
        if (bad != std::errc{} || end != text.data() + kDigits[i] || fields.values[i] < 0)
            return std::nullopt;
        text.remove_prefix(kDigits[i]);
        ++fields.named;
    }
    const auto [year, month, day, hour, minute] = fields.values;
    const std::chrono::year_month_day date{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (fields.named == 0 || year < 1970 || !date.ok() || hour > 23 || minute > 59) return std::nullopt;
    return fields;
}

} // namespace

std::optional<DateRange> date_range(std::string_view text, std::int64_t now_ms) {
    if (text == "today" || text == "yesterday") {
        const std::time_t seconds = static_cast<std::time_t>(now_ms / 1000);
        std::tm now{};
        localtime_r(&seconds, &now);
        const int day = now.tm_mday - (text == "yesterday" ? 1 : 0);
        return range_of({{now.tm_year + 1900, now.tm_mon + 1, day, 0, 0}, 3});
    }
    const auto fields = parse(text);
    return fields ? std::optional(range_of(*fields)) : std::nullopt;
}

} // namespace descent

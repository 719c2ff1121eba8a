#include "core/store/filter_date.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <string>

namespace descent {
namespace {

/// The zone of Berlin: an hour ahead of UTC, in summer two.
struct FilterDate : ::testing::Test {
    FilterDate() { zone("CET-1CEST,M3.5.0,M10.5.0/3"); }
    ~FilterDate() override {
        if (before_.empty())
            unsetenv("TZ");
        else
            zone(before_.c_str());
        tzset();
    }
    static void zone(const char* name) {
        setenv("TZ", name, 1);
        tzset();
    }
    const std::string before_ = std::getenv("TZ") ? std::getenv("TZ") : "";
};

constexpr std::int64_t kHour = 3'600'000, kDay = 24 * kHour;
constexpr std::int64_t kNow = 1'795'718'400'000; // 2026-11-26 19:40 in Berlin

TEST_F(FilterDate, NamesWhatLiesBetween) {
    const std::int64_t first = 1'793'487'600'000; // date -d '2026-11-01 00:00 +0100' +%s
    EXPECT_EQ(date_range("2026-11-01", kNow), (DateRange{first, first + kDay}));
    EXPECT_EQ(date_range("2026-11", kNow), (DateRange{first, first + 30 * kDay}));
    EXPECT_EQ(date_range("2026-11-01T14", kNow), (DateRange{first + 14 * kHour, first + 15 * kHour}));
    EXPECT_EQ(date_range("2026-11-01 14:03", kNow),
              (DateRange{first + 14 * kHour + 180'000, first + 14 * kHour + 240'000}));
    EXPECT_EQ(date_range("2026", kNow), (DateRange{1'767'222'000'000, 1'798'758'000'000}));
    EXPECT_EQ(date_range("2026-12-31", kNow)->end_ms, date_range("2027", kNow)->first_ms);
}

TEST_F(FilterDate, DaysAreAsLongAsTheyAre) {
    const auto spring = date_range("2026-03-29", kNow), autumn = date_range("2026-10-25", kNow);
    EXPECT_EQ(spring->end_ms - spring->first_ms, 23 * kHour);
    EXPECT_EQ(autumn->end_ms - autumn->first_ms, 25 * kHour);
}

TEST_F(FilterDate, TodayAndYesterday) {
    EXPECT_EQ(date_range("today", kNow), date_range("2026-11-26", kNow));
    EXPECT_EQ(date_range("yesterday", kNow), date_range("2026-11-25", kNow));
    EXPECT_EQ(date_range("yesterday", 1'772'319'600'000 + kHour), date_range("2026-02-28", kNow));
}

TEST_F(FilterDate, RefusesWhatIsNone) {
    for (const char* text : {"", "26", "2026-", "2026-1", "2026-00", "2026-13", "2026-02-30", "2026-11-01-",
                             "2026/11", "2026-11-01T24", "2026-11-01T10:60", "2026-11-01T10:30:00", "-026",
                             "20261101", "tomorrow", "1969", "2026-+1"})
        EXPECT_FALSE(date_range(text, kNow)) << text;
}

} // namespace
} // namespace descent

#include "core/base/format.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>

namespace descent {

TEST(FormatCount, GroupsThousands) {
    EXPECT_EQ(format_count(0), "0");
    EXPECT_EQ(format_count(999), "999");
    EXPECT_EQ(format_count(1000), "1,000");
    EXPECT_EQ(format_count(16034), "16,034");
    EXPECT_EQ(format_count(-1234567), "−1,234,567");
    EXPECT_EQ(format_count(INT64_MIN), "−9,223,372,036,854,775,808");
}

TEST(FormatNumber, KeepsSignificantDigits) {
    EXPECT_EQ(format_number(0), "0");
    EXPECT_EQ(format_number(-0.0), "0");
    EXPECT_EQ(format_number(1), "1");
    EXPECT_EQ(format_number(0.5), "0.5");
    EXPECT_EQ(format_number(0.65594), "0.6559");
    EXPECT_EQ(format_number(1.15984), "1.16");
    EXPECT_EQ(format_number(-1.5), "−1.5");
    EXPECT_EQ(format_number(80.172), "80.17");
    EXPECT_EQ(format_number(0.0001), "0.0001");
    EXPECT_EQ(format_number(16034.2), "16034");
    EXPECT_EQ(format_number(3.14159, 2), "3.1");
}

TEST(FormatNumber, UsesAnExponentFarFromOne) {
    EXPECT_EQ(format_number(1.2e-5), "1.2e−5");
    EXPECT_EQ(format_number(-1.2346e-9), "−1.235e−9");
    EXPECT_EQ(format_number(1e6), "1e6");
    EXPECT_EQ(format_number(999999.9), "1e6");
    EXPECT_EQ(format_number(6.02e23), "6.02e23");
    EXPECT_EQ(format_number(0.00009999999), "0.0001");
    EXPECT_EQ(format_number(9.99999), "10");
}

TEST(FormatNumber, NamesWhatIsNotANumber) {
    EXPECT_EQ(format_number(std::numeric_limits<double>::quiet_NaN()), "not a number");
    EXPECT_EQ(format_number(std::numeric_limits<double>::infinity()), "∞");
    EXPECT_EQ(format_number(-std::numeric_limits<double>::infinity()), "−∞");
    EXPECT_EQ(format_number(std::numeric_limits<double>::max()), "1.798e308");
    EXPECT_EQ(format_number(std::numeric_limits<double>::denorm_min()), "4.941e−324");
}

TEST(FormatDuration, ReadsLikeAClock) {
    EXPECT_EQ(format_duration(0), "0 s");
    EXPECT_EQ(format_duration(0.8), "0.8 s");
    EXPECT_EQ(format_duration(9.94), "9.9 s");
    EXPECT_EQ(format_duration(9.96), "10 s");
    EXPECT_EQ(format_duration(58), "58 s");
    EXPECT_EQ(format_duration(59.6), "1:00");
    EXPECT_EQ(format_duration(80), "1:20");
    EXPECT_EQ(format_duration(3599.7), "1:00:00");
    EXPECT_EQ(format_duration(7384), "2:03:04");
    EXPECT_EQ(format_duration(360'000), "100:00:00");
    EXPECT_EQ(format_duration(std::numeric_limits<double>::infinity()), "—");
}

TEST(FormatPercent, NeverRoundsToNoneOrAll) {
    EXPECT_EQ(format_percent(0), "0%");
    EXPECT_EQ(format_percent(0.003), "0.3%");
    EXPECT_EQ(format_percent(0.0001), "<0.1%");
    EXPECT_EQ(format_percent(0.0096), "1%");
    EXPECT_EQ(format_percent(0.467), "47%");
    EXPECT_EQ(format_percent(0.97), "97%");
    EXPECT_EQ(format_percent(0.997), "99.7%");
    EXPECT_EQ(format_percent(0.99999), ">99.9%");
    EXPECT_EQ(format_percent(1), "100%");
    EXPECT_EQ(format_percent(1.25), "125%");
    EXPECT_EQ(format_percent(-0.5), "−50%");
    EXPECT_EQ(format_percent(std::numeric_limits<double>::quiet_NaN()), "not a number");
}

TEST(FormatTime, IsLocal) {
    const char* before = std::getenv("TZ");
    const std::string kept = before ? before : "";
    setenv("TZ", "UTC-2", 1);
    tzset();
    EXPECT_EQ(format_time(0), "1970-01-01 02:00");
    EXPECT_EQ(format_time(1'795'183'380'999), "2026-11-20 16:03");
    EXPECT_EQ(format_time(-1), "1970-01-01 01:59");
    if (before)
        setenv("TZ", kept.c_str(), 1);
    else
        unsetenv("TZ");
    tzset();
}

} // namespace descent

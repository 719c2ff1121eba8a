#include "core/analysis/breakpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <map>

namespace descent {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Measures, and looks after each measurement.
struct Bench {
    explicit Bench(std::string_view text) : breakpoint(unwrap(Breakpoint::parse(text))) {}

    void measure(const std::string& metric, double value) {
        auto& reading = readings[metric];
        reading.value = value;
        ++reading.times;
    }
    std::string look() {
        const auto why = breakpoint.fires([&](const std::string& name) -> std::optional<Breakpoint::Reading> {
            const auto found = readings.find(name);
            return found == readings.end() ? std::nullopt : std::optional(found->second);
        });
        return why.value_or("");
    }
    std::string after(const std::string& metric, double value) {
        measure(metric, value);
        return look();
    }

    Breakpoint breakpoint;
    std::map<std::string, Breakpoint::Reading> readings;
};

std::string refusal(std::string_view text) {
    const auto parsed = Breakpoint::parse(text);
    return parsed ? "accepted" : parsed.error().message;
}

/// The value of a sum.
double value_of(const std::string& sum, const std::map<std::string, double>& metrics = {}) {
    // By bisection: the message shows only four digits.
    double low = -1e6, high = 1e6;
    for (int i = 0; i < 200; ++i) {
        const double middle = (low + high) / 2;
        Bench bench(sum + " > x/limit");
        for (const auto& [name, value] : metrics) bench.measure(name, value);
        (bench.after("x/limit", middle).empty() ? high : low) = middle;
    }
    return low;
}

} // namespace

TEST(Breakpoint, NotANumber) {
    Bench bench("loss is NaN");
    EXPECT_EQ(bench.look(), "");
    EXPECT_EQ(bench.after("train/loss", 1), "");
    EXPECT_EQ(bench.after("train/loss", kInfinity), "");
    EXPECT_EQ(bench.after("train/loss", kNaN), "train/loss is not a number");
    EXPECT_EQ(bench.after("train/loss", kNaN), "") << "it was so before";
    EXPECT_EQ(bench.after("train/loss", 1), "");
    EXPECT_EQ(bench.after("batch/loss", kNaN), "batch/loss is not a number") << "of the two either";
    EXPECT_THAT(bench.breakpoint.metrics(), ElementsAre("train/loss", "batch/loss"));
    EXPECT_EQ(bench.breakpoint.text(), "loss is NaN");
}

TEST(Breakpoint, Infinite) {
    Bench bench("  gradient IS Infinite ");
    EXPECT_EQ(bench.after("gradient/norm", kNaN), "");
    EXPECT_EQ(bench.after("gradient/norm", -kInfinity), "gradient/norm is −∞");
    EXPECT_EQ(bench.breakpoint.text(), "gradient IS Infinite");
}

TEST(Breakpoint, EdgeOfStability) {
    Bench bench("sharpness > 2/lr");
    EXPECT_EQ(bench.after("sharpness/1", 21.3), "") << "lr is not known yet";
    EXPECT_EQ(bench.after("lr", 0.1), "sharpness/1 is 21.3, above 2/lr = 20");
    EXPECT_EQ(bench.after("sharpness/1", 22), "") << "still above";
    EXPECT_EQ(bench.after("sharpness/1", 20), "") << "at the edge is not above it";
    EXPECT_EQ(bench.after("sharpness/1", 20.5), "sharpness/1 is 20.5, above 2/lr = 20");
    EXPECT_THAT(bench.breakpoint.metrics(), ElementsAre("sharpness/1", "lr"));
}

TEST(Breakpoint, AMetricThatIsMissingIsFalse) {
    Bench bench("validation - loss > 0.5");
    EXPECT_EQ(bench.after("validation/loss", 2), "");
    EXPECT_EQ(bench.after("batch/loss", 1), "validation - loss is 1, above 0.5")
        << "until train/loss is there";
    EXPECT_EQ(bench.after("train/loss", 2), "");
    EXPECT_EQ(bench.after("batch/loss", 1), "");
    EXPECT_EQ(bench.after("train/loss", kNaN), "");
    EXPECT_EQ(bench.after("train/loss", 1), "validation - loss is 1, above 0.5");
}

TEST(Breakpoint, Comparisons) {
    EXPECT_EQ(Bench("validation/loss < 0.6").after("validation/loss", 0.5),
              "validation/loss is 0.5, below 0.6");
    EXPECT_EQ(Bench("validation<0.6").after("validation/loss", 0.6), "");
    EXPECT_EQ(Bench("validation <= 0.6").after("validation/loss", 0.6),
              "validation/loss is 0.6, at most 0.6");
    EXPECT_EQ(Bench("accuracy>=0.9").after("validation/accuracy", 0.9),
              "validation/accuracy is 0.9, at least 0.9");
    EXPECT_EQ(Bench("2 / lr < sharpness").after("lr", 1), "");
    EXPECT_EQ(Bench("1 < loss").after("batch/loss", 2), "1 is below batch/loss = 2");
    EXPECT_EQ(Bench("0 <= loss").after("train/loss", kNaN), "");
    EXPECT_EQ(Bench("validation/recall/Português < 0.5").after("validation/recall/Português", 0),
              "validation/recall/Português is 0, below 0.5");
    EXPECT_EQ(Bench("validation/1-auroc < .5").after("validation/1-auroc", 0.25),
              "validation/1-auroc is 0.25, below 0.5");
}

TEST(Breakpoint, Calculates) {
    EXPECT_NEAR(value_of("1 + 2*3 - 8/4/2"), 6, 1e-6);
    EXPECT_NEAR(value_of("-(1 + 2)*-3"), 9, 1e-6);
    EXPECT_NEAR(value_of("10 - 3 - 2"), 5, 1e-6);
    EXPECT_NEAR(value_of("2e2/1e-1 - -1"), 2001, 1e-6);
    EXPECT_NEAR(value_of("38/(1 - 0.9)/lr*lr", {{"lr", 0.5}}), 380, 1e-6);
    EXPECT_NEAR(value_of("loss / lr", {{"train/loss", 3}, {"lr", 0.5}}), 6, 1e-6);
    EXPECT_NEAR(value_of("sharpness/2*lr", {{"sharpness/2", 3}, {"lr", 0.5}}), 1.5, 1e-6)
        << "the second eigenvalue";
}

TEST(Breakpoint, RisesSeveralTimesInARow) {
    Bench bench("validation rises 3 times");
    for (const double value : {1.0, 2.0, 3.0}) EXPECT_EQ(bench.after("validation/loss", value), "");
    EXPECT_EQ(bench.look(), "") << "nothing new was measured";
    EXPECT_EQ(bench.after("validation/loss", 4), "validation/loss rose 3 times in a row, to 4");
    EXPECT_EQ(bench.after("validation/loss", 5), "") << "goes on as it did";
    EXPECT_EQ(bench.after("validation/loss", 5), "") << "the same is no rise";
    for (const double value : {6.0, 7.0, kNaN, 8.0, 9.0})
        EXPECT_EQ(bench.after("validation/loss", value), "");
    EXPECT_EQ(bench.after("validation/loss", 10), "") << "a rise from what is not a number is none";
    EXPECT_EQ(bench.after("validation/loss", 11), "validation/loss rose 3 times in a row, to 11");
}

TEST(Breakpoint, Falls) {
    Bench bench("accuracy falls 1 time");
    EXPECT_EQ(bench.after("validation/accuracy", 0.5), "");
    EXPECT_EQ(bench.after("validation/accuracy", 0.6), "");
    EXPECT_EQ(bench.after("validation/accuracy", 0.5), "validation/accuracy fell 1 time, to 0.5");
}

TEST(Breakpoint, WhatStandsInCountsForItself) {
    Bench bench("loss rises 2 times");
    EXPECT_EQ(bench.after("batch/loss", 1), "");
    EXPECT_EQ(bench.after("batch/loss", 2), "");
    EXPECT_EQ(bench.after("train/loss", 3), "") << "another metric, not a rise";
    EXPECT_EQ(bench.after("train/loss", 4), "");
    EXPECT_EQ(bench.after("train/loss", 5), "train/loss rose 2 times in a row, to 5");
}

TEST(Breakpoint, SaysWhatIsWrongAndWhere) {
    EXPECT_EQ(refusal("loss > "), "breakpoint 'loss >': expected a number or a metric at the end");
    EXPECT_EQ(refusal("loss >> 3"), "breakpoint 'loss >> 3': expected a number or a metric at '> 3'");
    EXPECT_EQ(refusal("loss"), "breakpoint 'loss': expected '<', '<=', '>' or '>=' at the end");
    EXPECT_EQ(refusal("loss = 3"), "breakpoint 'loss = 3': expected '<', '<=', '>' or '>=' at '= 3'");
    EXPECT_EQ(refusal("loss is big"),
              "breakpoint 'loss is big': expected 'NaN' or 'infinite' after 'is' at 'big'");
    EXPECT_EQ(refusal("loss is NaN now"), "breakpoint 'loss is NaN now': expected nothing more at 'now'");
    EXPECT_EQ(refusal("loss rises"),
              "breakpoint 'loss rises': expected how many times, 1 or more, after 'rises' at "
              "the end");
    EXPECT_THAT(refusal("loss rises 0 times"), HasSubstr("1 or more, after 'rises' at '0 times'"));
    EXPECT_THAT(refusal("loss falls 99999999999999999999 times"), HasSubstr("expected how many times"));
    EXPECT_EQ(refusal("loss rises 5"), "breakpoint 'loss rises 5': expected 'times' at the end");
    EXPECT_EQ(refusal("loss < (1 + 2"), "breakpoint 'loss < (1 + 2': expected ')' at the end");
    EXPECT_EQ(refusal("loss < 1 2"), "breakpoint 'loss < 1 2': expected nothing more at '2'");
    EXPECT_EQ(refusal("2*loss is NaN"),
              "breakpoint '2*loss is NaN': expected '<', '<=', '>' or '>=' at 'is NaN'");
    EXPECT_EQ(refusal("sharpnes > 2"), "breakpoint 'sharpnes > 2': unknown metric 'sharpnes'; did you mean "
                                       "'sharpness'?");
    EXPECT_THAT(refusal("banana > 2"), HasSubstr("unknown metric 'banana'; expected loss, validation"));
    EXPECT_EQ(refusal("loss/lr > 2"),
              "breakpoint 'loss/lr > 2': 'loss/lr' would be the name of a metric; to divide, "
              "write 'loss / lr'");
    EXPECT_THAT(refusal("gradient/2 > 2"), HasSubstr("write 'gradient / 2'"));
    EXPECT_EQ(refusal("1 < 2"), "breakpoint '1 < 2': there is no metric in it to look at");
    EXPECT_THAT(refusal("loss < 1e999"), HasSubstr("'1e999' is too large or too small for a number"));
    EXPECT_THAT(refusal("loss < ."), HasSubstr("expected a number or a metric at '.'"));
    EXPECT_EQ(refusal(" \n"), "a breakpoint is empty; expected a condition such as loss is NaN");
    EXPECT_THAT(refusal("loss < " + std::string(200, '(')), HasSubstr("nested too deeply"));
    EXPECT_THAT(refusal("loss < " + std::string(200, '-') + "1"), HasSubstr("nested too deeply"));
    EXPECT_EQ(refusal("loss < " + std::string(100'000, '(')),
              "breakpoint 'loss < (((((((((((((…' is too long; expected at most 500 characters");
    EXPECT_NE(refusal(std::string_view("loss\0< 1", 8)), "accepted");
}

} // namespace descent

#include "core/analysis/double_descent.h"

#include "core/base/random.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <gtest/gtest.h>
#include <limits>

namespace descent {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

using Courses = std::vector<std::vector<LevelPoint>>;

/// NumPy's and SciPy's; see tests/reference/README.md.
const nlohmann::json& golden() {
    static const auto all = [] {
        std::ifstream file(DESCENT_SOURCE_DIR "/tests/reference/golden/sweeps.json");
        return nlohmann::json::parse(file);
    }();
    return all;
}

Courses courses_of(const nlohmann::json& json) {
    const auto x = json.at("x").get<std::vector<double>>();
    Courses all;
    for (const auto& y : json.at("courses")) {
        auto& course = all.emplace_back();
        for (std::size_t i = 0; i < x.size(); ++i) course.push_back({x[i], y[i].get<double>()});
    }
    return all;
}

Courses one(std::vector<double> y) {
    Courses all(1);
    for (std::size_t i = 0; i < y.size(); ++i) all[0].push_back({static_cast<double>(i + 1), y[i]});
    return all;
}

TEST(Share, HasSciPysWilsonInterval) {
    ASSERT_GE(golden().at("wilson").size(), 9U);
    for (const auto& row : golden().at("wilson")) {
        const auto s = share(row[0], row[1]);
        SCOPED_TRACE(row.dump());
        EXPECT_DOUBLE_EQ(s.value, row[0].get<double>() / row[1].get<double>());
        EXPECT_NEAR(s.interval.low, row[2], 1e-12);
        EXPECT_NEAR(s.interval.high, row[3], 1e-12);
    }
    EXPECT_TRUE(std::isnan(share(0, 0).value));
    EXPECT_TRUE(std::isnan(share(0, 0).interval.low));
}

TEST(FisherP, IsSciPys) {
    ASSERT_GE(golden().at("fisher").size(), 10U);
    for (const auto& row : golden().at("fisher")) {
        SCOPED_TRACE(row.dump());
        const double p = row[4];
        EXPECT_NEAR(fisher_p(row[0], row[1], row[2], row[3]), p, 1e-9 * std::max(p, 1e-3));
        EXPECT_NEAR(fisher_p(row[2], row[3], row[0], row[1]), p, 1e-9 * std::max(p, 1e-3));
    }
    // By hand: of C(7, 2) = 21 ways to lay 2 hits into 3 and 4, C(3, 2) = 3 lay both into the first.
    EXPECT_NEAR(fisher_p(2, 3, 0, 4), 3. / 21, 1e-12);
    EXPECT_TRUE(std::isnan(fisher_p(0, 0, 1, 2)));
}

TEST(InterpolationThreshold, IsTheMedianOfFirstLevelsWithItsBootstrapInterval) {
    for (const auto& row : golden().at("thresholds")) {
        const auto courses = courses_of(row);
        const auto t = interpolation_threshold(courses, 0.1);
        EXPECT_EQ(t.seeds, std::ssize(courses));
        EXPECT_EQ(t.reached, t.seeds);
        EXPECT_DOUBLE_EQ(t.median, row.at("median"));
        const auto ends = row.at("ends").get<std::vector<double>>();
        EXPECT_GE(t.interval.low, ends[0]);
        EXPECT_LE(t.interval.low, ends[1]);
        EXPECT_GE(t.interval.high, ends[2]);
        EXPECT_LE(t.interval.high, ends[3]);
    }
}

TEST(InterpolationThreshold, CountsSeedsThatNeverGetThere) {
    // At 3, at 2, never, diverged.
    const Courses courses{{{1, .5}, {2, .4}, {3, .1}, {4, .2}},
                          {{1, .5}, {2, .05}},
                          {{1, .9}, {4, .8}},
                          {{1, kNaN}, {4, kNaN}}};
    const auto half = interpolation_threshold(courses, 0.1);
    EXPECT_EQ(half.reached, 2);
    EXPECT_EQ(half.seeds, 4);
    EXPECT_DOUBLE_EQ(half.median, 3) << "the lower of the middle two, as the other is beyond the last";
    EXPECT_DOUBLE_EQ(half.interval.low, 2);
    EXPECT_EQ(half.interval.high, kInfinity);
    const auto fewer = interpolation_threshold(std::span(courses).subspan(1), 0.1);
    EXPECT_EQ(fewer.reached, 1);
    EXPECT_TRUE(std::isnan(fewer.median));
    const auto single = interpolation_threshold(std::span(courses).first(1), 0.1);
    EXPECT_DOUBLE_EQ(single.median, 3);
    EXPECT_TRUE(std::isnan(single.interval.low));
    EXPECT_EQ(interpolation_threshold({}, 0.1).seeds, 0);
}

TEST(DescentPeak, IsWhereNumPySeesIt) {
    for (const auto& row : golden().at("peaks")) {
        const auto courses = courses_of(row);
        SCOPED_TRACE(courses.size());
        const auto peak = descent_peak(courses);
        ASSERT_TRUE(peak);
        EXPECT_DOUBLE_EQ(peak->x, row.at("at"));
        EXPECT_NEAR(peak->value, row.at("value"), 1e-12);
        EXPECT_DOUBLE_EQ(peak->before_x, row["before"][0]);
        EXPECT_NEAR(peak->before, row["before"][1], 1e-12);
        EXPECT_DOUBLE_EQ(peak->after_x, row["after"][0]);
        EXPECT_NEAR(peak->after, row["after"][1], 1e-12);
        EXPECT_LE(peak->where.low, peak->x);
        EXPECT_GE(peak->where.high, peak->x);
        EXPECT_GE(peak->where.low, 11);
        EXPECT_LE(peak->where.high, 23);
    }
}

TEST(DescentPeak, IsNotSeenWhereThereIsNone) {
    EXPECT_FALSE(descent_peak(one({.9, .5, .4, .3, .2, .1}))) << "falls";
    EXPECT_FALSE(descent_peak(one({.9, .5, .4, .6, .8}))) << "one valley";
    EXPECT_FALSE(descent_peak(one({.1, .5, .9}))) << "rises";
    EXPECT_FALSE(descent_peak(one({.5, .5}))) << "two levels";
    EXPECT_FALSE(descent_peak({}));
    EXPECT_TRUE(descent_peak(one({.5, .3, .25, .24, .9, .3, .2, .19, .18})));
    // Mere noise around one height.
    int seen = 0;
    for (std::uint64_t trial = 0; trial < 40; ++trial) {
        RandomStream noise(trial, "noise");
        Courses courses(10);
        for (auto& course : courses)
            for (int x = 1; x <= 15; ++x) course.push_back({double(x), 0.3 + 0.05 * noise.normal()});
        seen += descent_peak(courses).has_value();
    }
    EXPECT_LE(seen, 6);
}

TEST(DescentPeak, IsSeenWhereItIsHeavyTailed) {
    // As of least squares at as many inputs as examples: nobody knows how high the peak is, but high it is.
    Courses courses(20);
    RandomStream noise(3, "noise");
    for (auto& course : courses)
        for (int x = 1; x <= 23; ++x) {
            const double wide = x == 13 ? std::exp(4 + 2.5 * noise.normal()) : 0;
            course.push_back({double(x), (0.05 * std::min(x, 14) + wide) * std::exp(0.05 * noise.normal())});
        }
    const auto peak = descent_peak(courses);
    ASSERT_TRUE(peak);
    EXPECT_DOUBLE_EQ(peak->x, 13);
    EXPECT_DOUBLE_EQ(peak->before_x, 1);
}

TEST(DescentPeak, LeavesOutWhatDiverged) {
    auto courses = courses_of(golden().at("peaks")[0]);
    for (auto& point : courses[0]) point.value = kNaN;
    courses.emplace_back();
    const auto peak = descent_peak(courses);
    ASSERT_TRUE(peak);
    EXPECT_DOUBLE_EQ(peak->x, 16);
}

TEST(NextLevels, HalveTheGapsBesideThePeak) {
    // Without noise the peak is at 8 in every draw: its gaps are 4 … 8 and 8 … 16, alike on a log axis.
    const Courses courses(3, {{1, .9}, {2, .5}, {4, .3}, {8, .8}, {16, .3}, {32, .2}});
    auto two = next_levels(courses, 2, true, false);
    ASSERT_EQ(two.size(), 2U);
    EXPECT_NEAR(two[0], std::sqrt(32.), 1e-12);
    EXPECT_NEAR(two[1], std::sqrt(128.), 1e-12);
    EXPECT_EQ(next_levels(courses, 2, true, true), (std::vector<double>{6, 11}));
    EXPECT_EQ(next_levels(courses, 1, false, true), (std::vector<double>{12})) << "8 … 16 is wider";
    // All whole numbers from 5 to 7 and from 9 to 15, and no further ones.
    EXPECT_EQ(next_levels(courses, 100, false, true),
              (std::vector<double>{5, 6, 7, 9, 10, 11, 12, 13, 14, 15}));
    EXPECT_TRUE(next_levels(Courses{{{4, .3}}}, 3, true, true).empty());
}

TEST(NextLevels, LookEverywhereWhereNoPeakIsSeen) {
    const Courses falling(2, {{1, .9}, {10, .5}, {100, .2}});
    EXPECT_EQ(next_levels(falling, 1, false, true), (std::vector<double>{55}));
    const Courses from_zero(2, {{0, .9}, {10, .5}, {1000, .2}});
    EXPECT_EQ(next_levels(from_zero, 1, true, true), (std::vector<double>{100})) << "no logarithm of 0";
}

TEST(NextLevels, FollowTheUncertaintyOfThePeak) {
    // Half of the seeds have it at 4, half at 32: levels go to both places.
    Courses courses;
    for (int seed = 0; seed < 10; ++seed) {
        const double at = seed % 2 == 0 ? 4 : 32;
        auto& course = courses.emplace_back();
        for (const double x : {1., 2., 4., 8., 16., 32., 64., 128.})
            course.push_back({x, x == at ? 0.9 : 0.5 / (1 + x)});
    }
    const auto levels = next_levels(courses, 4, true, true);
    EXPECT_EQ(levels, (std::vector<double>{3, 6, 23, 45}));
}

} // namespace

} // namespace descent

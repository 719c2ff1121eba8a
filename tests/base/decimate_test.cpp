#include "core/analysis/decimate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <random>

namespace descent {

namespace {

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

bool same(const PlotPoint& a, const PlotPoint& b) {
    return a.x == b.x && (a.y == b.y || (std::isnan(a.y) && std::isnan(b.y)));
}

// What a column must show, found the slow way.
struct Extremes {
    PlotPoint first, low, high, last;
};

std::map<std::size_t, Extremes> extremes(const std::vector<PlotPoint>& points, double x_min, double x_max,
                                         std::size_t columns, bool log_x) {
    std::map<std::size_t, Extremes> result;
    for (const PlotPoint& p : points) {
        if (p.x < x_min || p.x > x_max || !std::isfinite(p.y) || (log_x && p.x <= 0)) continue;
        const auto scaled = [&](double x) { return log_x ? std::log(x) : x / 2; };
        const double share = (scaled(p.x) - scaled(x_min)) / (scaled(x_max) - scaled(x_min));
        const auto column = // of a range without width, the last
            share >= 0 ? std::min(static_cast<std::size_t>(share * static_cast<double>(columns)), columns - 1)
                       : columns - 1;
        auto& e = result.try_emplace(column, Extremes{p, p, p, p}).first->second;
        if (p.y < e.low.y) e.low = p;
        if (p.y > e.high.y) e.high = p;
        e.last = p;
    }
    return result;
}

void check(const std::vector<PlotPoint>& series, double x_min, double x_max, std::size_t columns,
           bool log_x) {
    const auto drawn = decimate(series, x_min, x_max, columns, log_x);
    // Every drawn point is a point of the series, in its order.
    auto at = series.begin();
    for (const PlotPoint& p : drawn) {
        at = std::find_if(at, series.end(), [&](const PlotPoint& q) { return same(p, q); });
        ASSERT_NE(at, series.end()) << "drawn out of order or invented";
        ++at;
    }
    const auto finite = std::ranges::count_if(drawn, [](const PlotPoint& p) { return std::isfinite(p.y); });
    ASSERT_LE(static_cast<std::size_t>(finite), 4 * columns + 2);
    // Each column shows the same first, lowest, highest and last value as the whole series does.
    const auto truth = extremes(series, x_min, x_max, columns, log_x);
    const auto shown = extremes(drawn, x_min, x_max, columns, log_x);
    ASSERT_EQ(truth.size(), shown.size());
    for (const auto& [column, e] : truth) {
        const auto& s = shown.at(column);
        ASSERT_TRUE(same(e.first, s.first));
        ASSERT_TRUE(same(e.low, s.low));
        ASSERT_TRUE(same(e.high, s.high));
        ASSERT_TRUE(same(e.last, s.last));
    }
    // Each run of non-finite values inside the window is one point; no line is drawn across it.
    std::size_t runs = 0, gaps = 0;
    bool in_run = false;
    for (const PlotPoint& p : series) {
        if (p.x < x_min || p.x > x_max || (log_x && p.x <= 0)) continue;
        runs += !std::isfinite(p.y) && !in_run;
        in_run = !std::isfinite(p.y);
    }
    for (const PlotPoint& p : drawn) gaps += !std::isfinite(p.y);
    ASSERT_EQ(runs, gaps);
}

} // namespace

TEST(Decimate, KeepsExtremesOfRandomSeries) {
    std::mt19937_64 bits(1);
    const auto uniform = [&] { return static_cast<double>(bits() >> 11) * 0x1p-53; };
    for (int round = 0; round < 600; ++round) {
        const std::size_t size = bits() % 3000;
        const int kind = round % 6;
        std::vector<PlotPoint> series;
        double x = uniform() * 10 - 5;
        for (std::size_t i = 0; i < size; ++i) {
            double y = uniform();
            if (kind == 1) y = 3; // constant
            if (kind == 2 && bits() % 10 == 0) y = nan_value;
            if (kind == 3 && bits() % 5 < 2) y = bits() % 2 ? infinity : -infinity;
            if (kind == 4) y = (y - 0.5) * std::numeric_limits<double>::max();
            if (kind == 5) y = bits() % 500 == 0 ? 1e6 : y; // spikes
            series.push_back({x, y});
            if (bits() % 4) x += uniform(); // some share an x
        }
        double a = uniform() * 1.4 * (x + 5) - 5 - 0.2 * x, b = uniform() * 1.4 * (x + 5) - 5 - 0.2 * x;
        if (a > b) std::swap(a, b);
        const std::size_t columns = 1 + bits() % 300;
        check(series, a, b, columns, false);
        if (!series.empty()) check(series, series.front().x, series.back().x, columns, false);
        if (b > 0) check(series, a > 0 ? a : b / 1000, b, columns, true);
        if (::testing::Test::HasFatalFailure()) FAIL() << "round " << round;
    }
}

TEST(Decimate, KeepsShortSeriesWhole) {
    const std::vector<PlotPoint> series{{0, 1}, {1, nan_value}, {2, 3}, {3, -infinity}, {4, 5}};
    const auto drawn = decimate(series, 0, 4, 100);
    ASSERT_EQ(drawn.size(), series.size());
    for (std::size_t i = 0; i < drawn.size(); ++i) EXPECT_TRUE(same(drawn[i], series[i]));
}

TEST(Decimate, KeepsTheNeighboursOfTheWindow) {
    std::vector<PlotPoint> series;
    for (int i = 0; i < 100; ++i) series.push_back({static_cast<double>(i), static_cast<double>(i)});
    auto drawn = decimate(series, 10.5, 19.5, 50);
    EXPECT_EQ(drawn.front().x, 10);
    EXPECT_EQ(drawn.back().x, 20);
    EXPECT_EQ(drawn.size(), 11u);
    drawn = decimate(series, 10.2, 10.8, 50); // between two points: the line still crosses
    ASSERT_EQ(drawn.size(), 2u);
    EXPECT_EQ(drawn[0].x, 10);
    EXPECT_EQ(drawn[1].x, 11);
    series[10].y = nan_value; // no line enters from here
    EXPECT_EQ(decimate(series, 10.5, 19.5, 50).front().x, 11);
    EXPECT_EQ(decimate(series, 200, 300, 50).size(), 1u);
    EXPECT_EQ(decimate(series, -200, -100, 50).size(), 1u);
}

TEST(Decimate, LeavesOutWhatALogAxisCannotShow) {
    const std::vector<PlotPoint> series{{-1, 1}, {0, 2}, {1, 3}, {10, 4}, {100, 5}};
    const auto drawn = decimate(series, 1, 100, 10, true);
    ASSERT_EQ(drawn.size(), 3u);
    EXPECT_EQ(drawn.front().x, 1);
    EXPECT_EQ(decimate(series, 0, 100, 10, true).size(), 3u);
    EXPECT_TRUE(decimate(std::vector<PlotPoint>{{-1, 1}, {0, 1}}, -1, 0, 10, true).empty());
}

TEST(Decimate, StandsOddWindows) {
    const std::vector<PlotPoint> series{{0, 1}, {1, 2}, {1, 0}, {1, 3}, {2, 3}};
    EXPECT_TRUE(decimate({}, 0, 1, 10).empty());
    EXPECT_TRUE(decimate(series, 0, 1, 0).empty());
    EXPECT_TRUE(decimate(series, 1, 0, 10).empty());
    EXPECT_TRUE(decimate(series, nan_value, 1, 10).empty());
    EXPECT_TRUE(decimate(series, 0, infinity, 10).empty());
    EXPECT_EQ(decimate(series, 1, 1, 10).size(), 5u) << "a window of no width is one column";
    const double huge = std::numeric_limits<double>::max();
    EXPECT_EQ(decimate(series, -huge, huge, 10).size(), 4u);
}

} // namespace descent

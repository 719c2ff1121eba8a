#include "core/analysis/smoothing.h"

#include "core/base/random.h"
#include "core/base/result.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>
#include <gmock/gmock.h>
#include <limits>
#include <numeric>

namespace descent {

namespace {

using ::testing::HasSubstr;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN(),
                 kInfinity = std::numeric_limits<double>::infinity();

/// NumPy's and SciPy's; see tests/reference/README.md.
nlohmann::json golden() {
    std::ifstream file(DESCENT_SOURCE_DIR "/tests/reference/golden/comparison.json");
    return nlohmann::json::parse(file).at("smoothed");
}

std::vector<PlotPoint> series(const std::vector<double>& y, std::vector<double> x = {}) {
    std::vector<PlotPoint> points;
    for (std::size_t i = 0; i < y.size(); ++i)
        points.push_back({x.empty() ? static_cast<double>(i) : x[i], y[i]});
    return points;
}

std::vector<PlotPoint> noisy(std::size_t count) {
    RandomStream random(7, "noise");
    std::vector<PlotPoint> points;
    double x = 0;
    for (std::size_t i = 0; i < count; ++i) {
        x += random.uniform();
        points.push_back({x, std::sin(x / 40) + random.normal()});
    }
    return points;
}

constexpr SmoothingSpec kAll[] = {
    {Smoothing::ema, 0.9}, {Smoothing::time_ema, 3}, {Smoothing::gaussian, 2}, {Smoothing::running, 5}};

TEST(Smoothing, AgreesWithNumPyAndSciPy) {
    const auto all = golden();
    const auto y = all.at("y").get<std::vector<double>>(), x = all.at("x").get<std::vector<double>>();
    const auto expect = [&](const std::string& name, const std::vector<PlotPoint>& points,
                            SmoothingSpec spec) {
        const auto reference = all.at(name).get<std::vector<double>>();
        const auto smoothed = smooth(points, spec);
        ASSERT_EQ(smoothed.size(), reference.size());
        for (std::size_t i = 0; i < reference.size(); ++i) {
            EXPECT_NEAR(smoothed[i].y, reference[i], 1e-11) << name << " at " << i;
            EXPECT_EQ(smoothed[i].x, points[i].x);
        }
    };
    expect("ema 0.85", series(y), {Smoothing::ema, 0.85});
    expect("gaussian 3 at 0, 1, …", series(y), {Smoothing::gaussian, 3});
    expect("gaussian 2.5", series(y, x), {Smoothing::gaussian, 2.5});
    expect("time-ema 4", series(y, x), {Smoothing::time_ema, 4});
    expect("running 7", series(y), {Smoothing::running, 7});
}

// Of so many points, near ones are taken together.
TEST(Smoothing, GaussianOfCrowdedPointsIsNearTheDirectSum) {
    const auto points = noisy(20'000);
    const double sigma = 600;
    const auto smoothed = smooth(points, {Smoothing::gaussian, sigma});
    for (std::size_t i = 0; i < points.size(); i += 371) {
        double sum = 0, weights = 0;
        for (const auto& p : points) {
            const double z = (p.x - points[i].x) / sigma;
            sum += p.y * std::exp(-0.5 * z * z);
            weights += std::exp(-0.5 * z * z);
        }
        EXPECT_NEAR(smoothed[i].y, sum / weights, 3e-4) << i;
    }
}

TEST(Smoothing, LeavesConstantsAndSinglePointsAlone) {
    for (const auto spec : kAll) {
        for (const auto& p : smooth(series(std::vector<double>(50, 0.1)), spec)) EXPECT_EQ(p.y, 0.1);
        EXPECT_EQ(smooth(series({3.5}), spec).at(0).y, 3.5);
        EXPECT_TRUE(smooth({}, spec).empty());
    }
    const auto points = noisy(20);
    for (const auto spec : {SmoothingSpec{}, {Smoothing::ema, 0}, {Smoothing::running, 1}}) {
        const auto same = smooth(points, spec);
        for (std::size_t i = 0; i < points.size(); ++i) EXPECT_EQ(same[i].y, points[i].y);
    }
}

TEST(Smoothing, PassesOverWhatIsNotFinite) {
    std::vector<double> y(40, 2.0);
    y[7] = kNaN;
    y[8] = kInfinity;
    y[30] = -kInfinity;
    for (const auto spec : kAll) {
        const auto smoothed = smooth(series(y), spec);
        for (std::size_t i = 0; i < y.size(); ++i) {
            if (std::isnan(y[i]))
                EXPECT_TRUE(std::isnan(smoothed[i].y));
            else
                EXPECT_EQ(smoothed[i].y, y[i]) << to_string(spec.kind) << " at " << i;
        }
    }
}

TEST(Smoothing, HugeAndTinyValuesStayBetweenTheirNeighbours) {
    const std::vector<double> y{1e308, -1e308, 1e308, 5e-324, 0, 1e308, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    for (const auto spec : kAll)
        for (const auto& p : smooth(series(y), spec)) {
            EXPECT_LE(p.y, 1e308);
            EXPECT_GE(p.y, -1e308);
        }
    // What follows a spike is not lost in its rounding.
    EXPECT_EQ(smooth(series(y), {Smoothing::running, 5}).back().y, 1);
}

TEST(Smoothing, APointOfWeightKIsKPoints) {
    const auto points = noisy(40);
    std::vector<PlotPoint> repeated, once;
    std::vector<double> weights;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const double count = 1 + static_cast<double>(i % 3);
        once.push_back(points[i]);
        weights.push_back(count);
        for (double k = 0; k < count; ++k) repeated.push_back(points[i]);
    }
    for (const auto spec : {SmoothingSpec{Smoothing::ema, 0.8},
                            {Smoothing::time_ema, 3.0},
                            {Smoothing::gaussian, 2.0},
                            {Smoothing::running, 9.0}}) {
        const auto a = smooth(once, spec, weights), b = smooth(repeated, spec);
        std::size_t last = 0, first = 0; // of the repetitions
        for (std::size_t i = 0; i < once.size(); ++i) {
            first = last;
            last = first + static_cast<std::size_t>(weights[i]);
            const bool running = spec.kind == Smoothing::running;
            if (running && (last - first) % 2 == 0) continue; // no repetition is in the middle
            const double reference = b[running ? (first + last - 1) / 2 : last - 1].y;
            EXPECT_NEAR(a[i].y, reference, 1e-12) << to_string(spec.kind) << " at " << i;
        }
    }
}

TEST(Smoothing, IsAskedForInWords) {
    EXPECT_EQ(smoothing_spec("ema:0.9").value().kind, Smoothing::ema);
    EXPECT_EQ(smoothing_spec("ema:0.9").value().amount, 0.9);
    EXPECT_EQ(smoothing_spec("time-ema:2e3").value().amount, 2000);
    EXPECT_EQ(smoothing_spec("none").value().kind, Smoothing::none);
    for (const auto& [text, said] :
         std::vector<std::pair<std::string, std::string>>{{"emma:1", "expected none, ema:WEIGHT"},
                                                          {"ema", "weight from 0 to below 1"},
                                                          {"ema:1", "ema:1: expected a weight"},
                                                          {"ema:nan", "weight"},
                                                          {"gaussian:0", "above 0"},
                                                          {"time-ema:inf", "half-life"},
                                                          {"running:4", "odd"},
                                                          {"running:3x", "odd"},
                                                          {"none:3", "nothing after none"}})
        EXPECT_THAT(smoothing_spec(text).error().message, HasSubstr(said)) << text;
    EXPECT_THROW(smooth({}, {Smoothing::running, 2}), InputError);
}

} // namespace

} // namespace descent

#include "core/analysis/bands.h"

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

/// NumPy's and SciPy's; see tests/reference/README.md.
const nlohmann::json& golden() {
    static const auto all = [] {
        std::ifstream file(DESCENT_SOURCE_DIR "/tests/reference/golden/comparison.json");
        return nlohmann::json::parse(file);
    }();
    return all;
}

using Replicates = std::vector<std::vector<PlotPoint>>;

TEST(Bands, AgreeWithNumPyWhereReplicatesHaveOtherX) {
    const auto all = golden().at("folded");
    Replicates replicates;
    for (std::size_t r = 0; r < all.at("x").size(); ++r) {
        auto& points = replicates.emplace_back();
        for (std::size_t i = 0; i < all["x"][r].size(); ++i)
            points.push_back({all["x"][r][i].get<double>(), all["y"][r][i].get<double>()});
    }
    const auto expect = [&](Centre centre, Spread spread, const char* low, const char* high, double scale) {
        SCOPED_TRACE(to_string(spread));
        const auto band = fold_replicates(replicates, centre, spread);
        ASSERT_EQ(band.size(), all.at("union").size());
        for (std::size_t i = 0; i < band.size(); ++i) {
            const double middle = all[std::string(to_string(centre))][i];
            EXPECT_EQ(band[i].x, all["union"][i].get<double>());
            EXPECT_EQ(band[i].count, all["count"][i].get<std::int64_t>());
            EXPECT_NEAR(band[i].centre, middle, 1e-12);
            if (!low || all[low][i].is_null()) {
                EXPECT_TRUE(std::isnan(band[i].low) && std::isnan(band[i].high));
                continue;
            }
            const double count = static_cast<double>(band[i].count);
            const double by = scale == 0 ? 1 : scale > 1 ? std::sqrt(count) : 1; // SE
            const double from = all[low][i], to = all[high][i];
            EXPECT_NEAR(band[i].low, scale == 0 ? from : middle - from / by, 1e-12);
            EXPECT_NEAR(band[i].high, scale == 0 ? to : middle + to / by, 1e-12);
        }
    };
    expect(Centre::mean, Spread::deviation, "sd", "sd", 1);
    expect(Centre::median, Spread::error, "sd", "sd", 2);
    expect(Centre::median, Spread::quantiles, "q25", "q75", 0);
    expect(Centre::mean, Spread::range, "min", "max", 0);
    expect(Centre::mean, Spread::none, nullptr, nullptr, 0);
}

TEST(Bands, TakeTheSameXAsItIs) {
    const Replicates replicates{{{1, 2}, {2, kNaN}, {3, 4}, {4, 8}}, {{1, 4}, {2, 6}, {3, 8}}};
    const auto band = fold_replicates(replicates, Centre::mean, Spread::range);
    ASSERT_EQ(band.size(), 4u);
    EXPECT_EQ(band[0].centre, 3);
    EXPECT_EQ(band[1].count, 1) << "NaN is absent, not interpolated";
    EXPECT_EQ(band[1].centre, 6);
    EXPECT_TRUE(std::isnan(band[1].low)) << "one replicate has no spread";
    EXPECT_EQ(band[2].low, 4);
    EXPECT_EQ(band[2].high, 8);
    EXPECT_EQ(band[3].count, 1) << "a run that is over is absent";

    const Replicates gone{{{1, kNaN}, {2, 1}}, {{1, kNaN}, {1.5, 5}, {2, 3}}};
    const auto gaps = fold_replicates(gone, Centre::median, Spread::deviation);
    EXPECT_EQ(gaps[0].count, 0);
    EXPECT_TRUE(std::isnan(gaps[0].centre));
    EXPECT_EQ(gaps[1].count, 1) << "nothing is known between NaN and the next point";
    EXPECT_EQ(gaps[1].centre, 5);
    EXPECT_TRUE(fold_replicates({}, Centre::mean, Spread::range).empty());
}

TEST(Bands, ThinEvenlyAndKeepBothEnds) {
    Replicates replicates(2);
    for (int i = 0; i < 1000; ++i) {
        replicates[0].push_back({2.0 * i, 1});
        replicates[1].push_back({2.0 * i + 1, 3});
    }
    const auto band = fold_replicates(replicates, Centre::mean, Spread::range, 101);
    ASSERT_EQ(band.size(), 101u);
    EXPECT_EQ(band.front().x, 0);
    EXPECT_EQ(band.back().x, 1999);
    for (std::size_t i = 1; i < band.size(); ++i) EXPECT_NEAR(band[i].x - band[i - 1].x, 1999.0 / 100, 1);
    EXPECT_EQ(band[50].centre, 2);
}

// The bootstrap's distribution of few values can be written down: all nⁿ resamples. A draw's share of it lies
// within five deviations.
TEST(Bootstrap, OfFewValuesAgreesWithAllResamples) {
    const auto quantile = [](const nlohmann::json& sorted, double p) {
        const auto n = static_cast<double>(sorted.size());
        const auto at = static_cast<std::size_t>(std::clamp(std::ceil(p * n) - 1, 0.0, n - 1));
        return sorted[at].get<double>();
    };
    const std::size_t draws = 20'000;
    const double off = 5 * std::sqrt(0.025 * 0.975 / static_cast<double>(draws));
    for (const auto& c : golden().at("enumerated")) {
        const auto values = c.at("values").get<std::vector<double>>();
        const auto centre = centre_named(c.at("centre").get<std::string>()).value();
        SCOPED_TRACE(c.dump());
        const auto [low, high] = bootstrap_interval(values, centre, 0.95, draws, 5);
        const auto& distribution = c.at("distribution");
        EXPECT_GE(low, quantile(distribution, 0.025 - off) - 1e-12);
        EXPECT_LE(low, quantile(distribution, 0.025 + off) + 1e-12);
        EXPECT_GE(high, quantile(distribution, 0.975 - off) - 1e-12);
        EXPECT_LE(high, quantile(distribution, 0.975 + off) + 1e-12);
    }
}

TEST(Bootstrap, AgreesWithSciPy) {
    for (const auto& c : golden().at("resampled")) {
        const auto values = c.at("values").get<std::vector<double>>();
        const auto centre = centre_named(c.at("centre").get<std::string>()).value();
        SCOPED_TRACE(c.dump());
        const auto [low, high] =
            bootstrap_interval(values, centre, 0.95, c.at("draws").get<std::size_t>(), 1);
        EXPECT_GE(low, c.at("low")[0].get<double>() - 1e-12);
        EXPECT_LE(low, c.at("low")[1].get<double>() + 1e-12);
        EXPECT_GE(high, c.at("high")[0].get<double>() - 1e-12);
        EXPECT_LE(high, c.at("high")[1].get<double>() + 1e-12);
    }
}

TEST(Bootstrap, IsTheSameAgainAndTheSameInABand) {
    const std::vector<double> values{0.3, 0.1, 0.9, kNaN, 0.4};
    const auto one = bootstrap_interval(values, Centre::mean),
               again = bootstrap_interval(values, Centre::mean);
    EXPECT_EQ(one.low, again.low);
    EXPECT_EQ(one.high, again.high);
    const std::vector<double> more{0.31, 0.12, 0.93, 0.44, 0.55, 0.76, 0.27, 0.08, 0.69};
    EXPECT_NE(bootstrap_interval(more, Centre::mean, 0.95, 2000, 0).low,
              bootstrap_interval(more, Centre::mean, 0.95, 2000, 1).low);
    Replicates replicates;
    for (const double v : values) replicates.push_back({{1, v}, {2, v}});
    const auto band = fold_replicates(replicates, Centre::mean, Spread::bootstrap);
    EXPECT_EQ(band[0].low, one.low);
    EXPECT_EQ(band[1].high, one.high);
    const std::vector<double> single{0.3}, alike{0.3, 0.3, 0.3};
    EXPECT_TRUE(std::isnan(bootstrap_interval(single, Centre::mean).low));
    EXPECT_DOUBLE_EQ(bootstrap_interval(alike, Centre::median).low, 0.3);
    EXPECT_DOUBLE_EQ(bootstrap_interval(alike, Centre::median).high, 0.3);
}

TEST(Bands, AreAskedForInWords) {
    for (const auto spread : {Spread::none, Spread::deviation, Spread::error, Spread::bootstrap,
                              Spread::range, Spread::quantiles})
        EXPECT_EQ(spread_named(to_string(spread)).value(), spread);
    EXPECT_EQ(to_string(Spread::deviation), "sd");
    EXPECT_EQ(spread_named("ci").error().message,
              "band 'ci': expected none, sd, se, bootstrap, range or quantiles");
    EXPECT_EQ(centre_named("mode").error().message, "centre 'mode': expected mean or median");
}

} // namespace

} // namespace descent

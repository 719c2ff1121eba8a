// Against scikit-learn and SciPy (tests/reference/detection.py wrote the cases), and the identity between the
// area and the AUROC.

#include "core/analysis/detection.h"
#include "core/base/random.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>
#include <limits>

namespace descent {

namespace {

nlohmann::json golden() {
    std::ifstream file(DESCENT_SOURCE_DIR "/tests/reference/golden/detection.json");
    return nlohmann::json::parse(file);
}

/// The share of (positive, negative) pairs in the right order, ties half: the definition.
double auroc_by_pairs(const std::vector<double>& scores, const std::vector<std::uint8_t>& positive) {
    double right = 0, pairs = 0;
    for (std::size_t i = 0; i < scores.size(); ++i)
        for (std::size_t k = 0; k < scores.size(); ++k) {
            if (positive[i] == 0 || positive[k] != 0) continue;
            ++pairs;
            right += scores[i] > scores[k] ? 1 : scores[i] == scores[k] ? 0.5 : 0;
        }
    return right / pairs;
}

} // namespace

TEST(Detection, AgreesWithScikitLearn) {
    const auto cases = golden().at("cases");
    ASSERT_GE(cases.size(), 7u);
    for (const auto& test : cases) {
        SCOPED_TRACE(test.at("name").get<std::string>());
        const auto scores = test.at("scores").get<std::vector<double>>();
        const auto positive = test.at("positive").get<std::vector<std::uint8_t>>();
        const DetectionCurve curve(scores, positive);
        const double share = curve.positive_share();
        EXPECT_NEAR(curve.auroc(), test["auroc"].get<double>(), 1e-12);
        EXPECT_NEAR(curve.area(), (1 - test["auroc"].get<double>()) * share * (1 - share), 1e-12);
        EXPECT_NEAR(curve.equal_error_rate(), test["eer"].get<double>(), 1e-9);
        EXPECT_NEAR(curve.false_reject_at(test["rate"].get<double>()), test["false_reject"].get<double>(),
                    1e-12);
        // Each corner is one of scikit-learn's points.
        for (const auto& point : curve.points()) {
            bool found = false;
            for (std::size_t i = 0; i < test["fpr"].size(); ++i)
                found |= std::abs(test["fpr"][i].get<double>() * (1 - share) - point.false_alarm) < 1e-12 &&
                         std::abs(test["fnr"][i].get<double>() * share - point.false_reject) < 1e-12;
            EXPECT_TRUE(found) << point.false_alarm << ' ' << point.false_reject;
        }
    }
}

TEST(Detection, AreaIsWhatTheAurocLeaves) {
    RandomStream random(3, "scores");
    for (int round = 0; round < 200; ++round) {
        const auto n = 2 + random.below(80);
        const bool ties = random.below(2) == 0, saturated = random.below(2) == 0;
        std::vector<double> scores;
        std::vector<std::uint8_t> positive;
        for (std::uint64_t i = 0; i < n; ++i) {
            positive.push_back(i == 0 ? 1 : i == 1 ? 0 : static_cast<std::uint8_t>(random.below(4) == 0));
            double score = 3 * random.normal() + positive.back();
            if (saturated) score = static_cast<double>(static_cast<float>(1 / (1 + std::exp(-6 * score))));
            if (ties) score = std::round(4 * score) / 4;
            scores.push_back(score);
        }
        const DetectionCurve curve(scores, positive);
        const double share = curve.positive_share(), auroc = auroc_by_pairs(scores, positive);
        EXPECT_NEAR(curve.auroc(), auroc, 1e-12);
        EXPECT_NEAR(curve.area(), (1 - auroc) * share * (1 - share), 1e-14);
        EXPECT_GE(curve.equal_error_rate(), 0);
        EXPECT_LE(curve.equal_error_rate(), 1);
        const DetectionCurve stored(curve.points());
        EXPECT_EQ(stored.auroc(), curve.auroc());
        EXPECT_EQ(stored.equal_error_rate(), curve.equal_error_rate());
    }
}

TEST(Detection, SweepsToTheVeryTop) {
    // The source's sweep ends at t = 1 with ≥: what rounds to exactly 1 stays accepted, and the area is cut
    // short.
    const std::vector<double> scores{1, 1, 1, 0.2, 0.1};
    const std::vector<std::uint8_t> positive{1, 0, 0, 1, 0};
    const DetectionCurve curve(scores, positive);
    EXPECT_EQ(curve.points().front(), (DetectionPoint{std::numeric_limits<double>::infinity(), 0, 0.4}));
    EXPECT_EQ(curve.points().back(), (DetectionPoint{0.1, 0.6, 0}));
    EXPECT_NEAR(curve.auroc(), (0.5 + 0.5 + 1 + 0 + 0 + 1) / 6, 1e-15);
}

TEST(Detection, KeepsOnlyCorners) {
    std::vector<double> scores;
    std::vector<std::uint8_t> positive;
    for (int i = 0; i < 1000; ++i) {
        scores.push_back(-i);
        positive.push_back(i == 300 || i == 301);
    }
    const DetectionCurve curve(scores, positive);
    EXPECT_EQ(curve.points().size(), 4u);
    EXPECT_NEAR(curve.auroc(), 1 - 300.0 / 998, 1e-12);
}

TEST(Detection, OfOneClassOrNothing) {
    const std::vector<double> scores{1, 2};
    EXPECT_TRUE(std::isnan(DetectionCurve(scores, std::vector<std::uint8_t>{1, 1}).auroc()));
    EXPECT_TRUE(std::isnan(DetectionCurve(scores, std::vector<std::uint8_t>{0, 0}).equal_error_rate()));
    EXPECT_TRUE(DetectionCurve(std::vector<double>{}, std::vector<std::uint8_t>{}).empty());
    EXPECT_TRUE(std::isnan(DetectionCurve().auroc()));
    EXPECT_THROW(DetectionCurve(scores, std::vector<std::uint8_t>{1}), std::invalid_argument);
    EXPECT_THROW(DetectionCurve({{1, 0.5, 0}, {0, 0.2, 0}}), std::invalid_argument);
}

TEST(Detection, WhatIsNotANumberRanksLowest) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const DetectionCurve curve(std::vector<double>{3, nan, -1, 2}, std::vector<std::uint8_t>{1, 1, 0, 0});
    EXPECT_NEAR(curve.auroc(), 0.5, 1e-15);
}

TEST(Detection, ScoresAreLogOdds) {
    const std::vector<double> logits{0.5, 2, -1, 800, 0, 900};
    const auto one = log_odds(logits, 3, 1), any = log_odds_of_any(logits, 3);
    EXPECT_NEAR(one[0], 2 - std::log(std::exp(0.5) + std::exp(-1)), 1e-12);
    EXPECT_NEAR(any[0], std::log(std::exp(2) + std::exp(-1)) - 0.5, 1e-12);
    EXPECT_DOUBLE_EQ(one[1], -900);
    EXPECT_DOUBLE_EQ(any[1], 100);
    EXPECT_DOUBLE_EQ(log_odds(std::vector<double>{1, 3}, 2, 1)[0], 2);
}

TEST(Probit, AgreesWithSciPy) {
    const auto quantiles = golden().at("quantiles");
    for (std::size_t i = 0; i < quantiles["p"].size(); ++i) {
        const double expected = quantiles["probit"][i].get<double>();
        EXPECT_NEAR(probit(quantiles["p"][i].get<double>()), expected,
                    1e-12 * std::max(1.0, std::abs(expected)));
    }
    EXPECT_EQ(probit(0), -std::numeric_limits<double>::infinity());
    EXPECT_EQ(probit(1), std::numeric_limits<double>::infinity());
    EXPECT_TRUE(std::isnan(probit(-0.1)));
}

} // namespace descent

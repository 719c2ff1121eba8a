// Against scikit-learn: tests/reference/metrics.py wrote the cases.

#include "core/analysis/class_scores.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>
#include <limits>

namespace descent {

namespace {

nlohmann::json golden() {
    std::ifstream file(DESCENT_SOURCE_DIR "/tests/reference/golden/class-scores.json");
    return nlohmann::json::parse(file).at("cases");
}

ClassScores scores_of(const nlohmann::json& test) {
    ClassScores made{.classes = test.at("classes"), .labels = test.at("truth"), .scores = {}};
    for (const auto& row : test.at("scores"))
        for (const auto& score : row) made.scores.push_back(score.get<double>());
    return made;
}

/// A figure that scikit-learn has; where it has none, not a number.
void expect_figure(double ours, const nlohmann::json& theirs, const std::string& what) {
    if (theirs.is_null())
        EXPECT_TRUE(std::isnan(ours)) << what;
    else
        EXPECT_NEAR(ours, theirs.get<double>(), 1e-12) << what;
}

double area_under(const std::vector<RocPoint>& curve) {
    double sum = 0;
    for (std::size_t i = 1; i < curve.size(); ++i)
        sum += (curve[i].false_positive - curve[i - 1].false_positive) *
               (curve[i].true_positive + curve[i - 1].true_positive) / 2;
    return sum;
}

} // namespace

TEST(ClassScores, AreasAgreeWithScikitLearn) {
    const auto cases = golden();
    ASSERT_GE(cases.size(), 6U);
    for (const auto& test : cases) {
        const auto of = scores_of(test);
        const auto areas = roc_areas(of);
        for (std::int64_t c = 0; c < of.classes; ++c) {
            const auto k = static_cast<std::size_t>(c);
            expect_figure(areas.by_class[k], test.at("areas")[k], "area of " + std::to_string(c));
            const auto with = auroc_with_interval(of, c);
            expect_figure(with.area, test.at("areas")[k], "area by ranks of " + std::to_string(c));
            expect_figure(with.error, test.at("errors")[k], "error of " + std::to_string(c));
            if (with.area > 0 && with.area < 1 && with.error > 0) {
                EXPECT_LT(with.low, with.area);
                EXPECT_GT(with.high, with.area);
                EXPECT_GE(with.low, 0);
                EXPECT_LE(with.high, 1);
            }
        }
        EXPECT_NEAR(areas.micro, test.at("micro").get<double>(), 1e-12);
        EXPECT_NEAR(areas.macro, test.at("macro").get<double>(), 1e-12);
        if (!test.at("macro_sklearn").is_null())
            expect_figure(areas.macro, test.at("macro_sklearn"), "macro");
    }
}

TEST(ClassScores, TheMeanCurveAgreesWithScikitLearnsAndHasTheMeanArea) {
    for (const auto& test : golden()) {
        const auto of = scores_of(test);
        std::vector<std::vector<RocPoint>> curves;
        for (std::int64_t c = 0; c < of.classes; ++c) curves.push_back(roc_points(one_versus_rest(of, c)));
        const auto mean = macro_average(curves);
        EXPECT_NEAR(area_under(mean), roc_areas(of).macro, 1e-12);
        // Corners only are kept, so it is asked at its own rates; the upper end of a step, as np.interp has.
        std::size_t at = 0;
        for (std::size_t i = 0; i < test.at("rates").size(); ++i) {
            const double rate = test["rates"][i].get<double>();
            while (at + 1 < mean.size() && mean[at + 1].false_positive <= rate + 1e-12) ++at;
            double value = mean[at].true_positive;
            if (at + 1 < mean.size() && mean[at].false_positive < rate - 1e-12)
                value += (mean[at + 1].true_positive - value) * (rate - mean[at].false_positive) /
                         (mean[at + 1].false_positive - mean[at].false_positive);
            EXPECT_NEAR(value, test["macro_rates"][i].get<double>(), 1e-9) << rate;
        }
    }
}

TEST(ClassScores, ReliabilityAgreesWithScikitLearn) {
    for (const auto& test : golden()) {
        const auto bins = reliability(scores_of(test));
        ASSERT_EQ(bins.size(), test.at("sizes").size());
        std::size_t filled = 0;
        for (std::size_t b = 0; b < bins.size(); ++b) {
            EXPECT_EQ(bins[b].examples, test["sizes"][b].get<std::int64_t>()) << b;
            if (bins[b].examples == 0) {
                EXPECT_TRUE(std::isnan(bins[b].accuracy) && std::isnan(bins[b].confidence));
                continue;
            }
            EXPECT_NEAR(bins[b].accuracy, test.at("share")[filled].get<double>(), 1e-12);
            EXPECT_NEAR(bins[b].confidence, test.at("mean")[filled].get<double>(), 1e-12);
            ++filled;
        }
        EXPECT_NEAR(expected_calibration_error(bins), test.at("ece").get<double>(), 1e-12);
    }
    EXPECT_TRUE(std::isnan(expected_calibration_error(reliability(ClassScores{.classes = 2}))));
}

TEST(ClassScores, PrecisionRecallAndF1AgreeWithScikitLearn) {
    for (const auto& test : golden()) {
        const auto confusion = scores_of(test).confusion();
        const auto zero_if_undefined = [](double v) { return std::isnan(v) ? 0 : v; };
        for (std::int64_t c = 0; c < confusion.classes; ++c) {
            const auto k = static_cast<std::size_t>(c);
            expect_figure(zero_if_undefined(confusion.precision(c)), test.at("precision")[k], "precision");
            expect_figure(zero_if_undefined(confusion.recall(c)), test.at("recall")[k], "recall");
            expect_figure(zero_if_undefined(confusion.f1(c)), test.at("f1")[k], "F1");
            EXPECT_EQ(std::isnan(confusion.precision(c)), confusion.answers(c) == 0);
            EXPECT_EQ(std::isnan(confusion.recall(c)), confusion.examples(c) == 0);
        }
        const auto expect_average = [&](const Confusion::Averages& ours, const nlohmann::json& theirs) {
            expect_figure(ours.precision, theirs[0], "average precision");
            expect_figure(ours.recall, theirs[1], "average recall");
            expect_figure(ours.f1, theirs[2], "average F1");
        };
        expect_average(confusion.macro(), test.at("averages").at("macro"));
        expect_average(confusion.weighted(), test.at("averages").at("weighted"));
        const double accuracy = confusion.accuracy(); // what all micro averages are
        expect_average({accuracy, accuracy, accuracy}, test.at("averages").at("micro"));
        EXPECT_NEAR(confusion.weighted().recall, accuracy, 1e-12);
    }
}

TEST(ClassScores, GoThereAndBackAsAMatrix) {
    const auto of = scores_of(golden()[1]);
    const auto values = of.to_matrix();
    const auto back = ClassScores::from_matrix(of.size(), of.classes + 1, values);
    EXPECT_EQ(back.labels, of.labels);
    EXPECT_EQ(back.scores, of.scores);
    EXPECT_EQ(ClassScores::from_matrix(1, 3, std::vector<double>{2, 0.5, 0.5}).size(), 0) << "no such class";
    EXPECT_EQ(ClassScores::from_matrix(2, 3, std::vector<double>{0, 1, 0}).size(), 0) << "too few numbers";
    EXPECT_EQ(ClassScores::from_matrix(1, 3, std::vector<double>{std::nan(""), 1, 0}).size(), 0);
}

TEST(ClassScores, OfNetworksThatSayNothingStayDefined) {
    // Scores that are not numbers rank lowest; equal ones are half right.
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const ClassScores same{2, {0, 1, 0, 1}, {0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5}};
    EXPECT_EQ(roc_areas(same).macro, 0.5);
    EXPECT_EQ(same.confusion().only_answer(), 0);
    EXPECT_EQ(auroc_with_interval(same, 0).error, 0);
    const ClassScores broken{2, {0, 1}, {nan, nan, nan, nan}};
    EXPECT_EQ(roc_areas(broken).macro, 0.5);
    EXPECT_TRUE(std::isnan(expected_calibration_error(reliability(broken))));
    EXPECT_EQ(Confusion(3).only_answer(), -1);
    EXPECT_TRUE(std::isnan(Confusion(3).macro().precision));
    const ClassScores one_class{3, {1, 1}, {0, 1, 0, 1, 0, 0}};
    EXPECT_TRUE(std::isnan(roc_areas(one_class).macro));
    EXPECT_TRUE(macro_average({{}, {}}).empty());
}

} // namespace descent

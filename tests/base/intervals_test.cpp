#include "core/analysis/intervals.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>
#include <gtest/gtest.h>
#include <limits>
#include <vector>

namespace descent {

namespace {

/// SciPy's and mpmath's; see tests/reference/README.md.
nlohmann::json golden() {
    std::ifstream file(DESCENT_SOURCE_DIR "/tests/reference/golden/intervals.json");
    return nlohmann::json::parse(file);
}

void expect_close(double value, double reference, double relative, const std::string& where) {
    EXPECT_NEAR(value, reference, relative * std::abs(reference) + 1e-300) << where;
}

TEST(StudentT, AgreesWithReferences) {
    const auto all = golden();
    const auto dofs = all.at("dof").get<std::vector<double>>(), p = all.at("p").get<std::vector<double>>(),
               t = all.at("t").get<std::vector<double>>();
    for (std::size_t d = 0; d < dofs.size(); ++d) {
        const std::string with = " with " + std::to_string(dofs[d]) + " degrees of freedom";
        for (std::size_t i = 0; i < p.size(); ++i) {
            const double reference = all["quantile"][d][i];
            if (p[i] == 0.5)
                EXPECT_EQ(student_t_quantile(p[i], dofs[d]), 0);
            else
                expect_close(student_t_quantile(p[i], dofs[d]), reference, 1e-11,
                             "quantile " + std::to_string(p[i]) + with);
        }
        for (std::size_t i = 0; i < t.size(); ++i)
            expect_close(student_t_cdf(t[i], dofs[d]), all["cdf"][d][i], 1e-11,
                         "cdf of " + std::to_string(t[i]) + with);
    }
}

TEST(StudentT, HasClosedFormsForOneAndTwoDegreesOfFreedom) {
    for (const double p : {0.6, 0.9, 0.975, 0.9995}) {
        EXPECT_NEAR(student_t_quantile(p, 1), std::tan(M_PI * (p - 0.5)), 1e-9);
        const double a = 4 * p * (1 - p);
        EXPECT_NEAR(student_t_quantile(p, 2), 2 * (p - 0.5) * std::sqrt(2 / a), 1e-12);
        EXPECT_DOUBLE_EQ(student_t_quantile(1 - p, 3), -student_t_quantile(1 - (1 - p), 3));
    }
    EXPECT_EQ(student_t_quantile(1, 3), std::numeric_limits<double>::infinity());
    EXPECT_EQ(student_t_quantile(0, 3), -std::numeric_limits<double>::infinity());
    EXPECT_TRUE(std::isnan(student_t_quantile(0.9, 0)));
    EXPECT_TRUE(std::isnan(student_t_quantile(1.1, 3)));
}

TEST(Intervals, OfDifferencesAgreeWithSciPy) {
    const auto all = golden();
    for (const auto& c : all.at("differences")) {
        const std::string name = c.at("name");
        const auto before = c.at("before").get<std::vector<double>>(),
                   after = c.at("after").get<std::vector<double>>();
        const bool paired = c.at("paired");
        const auto d = paired ? paired_difference(before, after) : welch_difference(before, after);
        EXPECT_EQ(d.paired, paired) << name;
        EXPECT_NEAR(d.mean, c.at("mean").get<double>(), 1e-14) << name;
        expect_close(d.dof, c.at("dof"), 1e-11, name);
        expect_close(d.half_width, c.at("half_width"), 1e-10, name);
        expect_close(moments(before).deviation, c.at("deviation"), 1e-12, name);
    }
}

TEST(Intervals, NeedTwoReplicates) {
    const std::vector<double> none, one{0.5}, two{0.5, 0.6}, alike{0.25, 0.25}, high{0.75, 0.75};
    EXPECT_EQ(moments(none).count, 0);
    EXPECT_TRUE(std::isnan(moments(none).mean));
    EXPECT_EQ(moments(one).mean, 0.5);
    EXPECT_TRUE(std::isnan(moments(one).deviation));
    for (const auto& d : {paired_difference(one, one), welch_difference(two, one)}) {
        EXPECT_TRUE(std::isnan(d.half_width));
        EXPECT_FALSE(d.distinct());
    }
    EXPECT_TRUE(paired_difference(alike, high).distinct());
    EXPECT_EQ(welch_difference(alike, high).half_width, 0);
    EXPECT_FALSE(welch_difference(alike, alike).distinct());
}

} // namespace

} // namespace descent

#include "core/analysis/asymptotics.h"

#include <nlohmann/json.hpp>

#include <array>
#include <cmath>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace descent {

namespace {

/// SciPy's and NumPy's; see tests/reference/README.md.
nlohmann::json golden(const char* what) {
    std::ifstream file(DESCENT_SOURCE_DIR "/tests/reference/golden/asymptotics.json");
    return nlohmann::json::parse(file).at(what);
}

double risk(const RegressionSetting& set, double features, const char* activation, double bias) {
    return random_features_test_risk(set, features, activation, bias).value_or(NAN);
}

TEST(ActivationMoments, AgreeWithSciPy) {
    for (const auto& c : golden("moments")) {
        const auto name = c.at("activation").get<std::string>();
        const double bias = c.at("bias");
        const auto m = activation_moments(name, bias);
        ASSERT_TRUE(m) << name;
        EXPECT_NEAR(m->mean, c["values"][0], 1e-12) << name << bias;
        EXPECT_NEAR(m->linear, c["values"][1], 1e-12) << name << bias;
        EXPECT_NEAR(m->rest, c["values"][2], 1e-6) << name << bias;
    }
}

TEST(ActivationMoments, HaveClosedForms) {
    const auto relu = activation_moments("relu").value();
    EXPECT_NEAR(relu.mean, 1 / std::sqrt(2 * M_PI), 1e-14);
    EXPECT_NEAR(relu.linear, 0.5, 1e-14);
    EXPECT_NEAR(relu.rest * relu.rest, 0.25 - 1 / (2 * M_PI), 1e-14);
    const auto step = activation_moments("threshold").value();
    EXPECT_NEAR(step.linear, 1 / std::sqrt(2 * M_PI), 1e-14);
    const auto identity = activation_moments("identity", 0.3).value();
    EXPECT_NEAR(identity.mean, 0.3, 1e-14);
    EXPECT_NEAR(identity.linear, 1, 1e-14);
    EXPECT_EQ(identity.rest, 0);
    EXPECT_FALSE(activation_moments("cosine"));
}

TEST(RidgelessLinear, IsTheTheorem) {
    EXPECT_DOUBLE_EQ(ridgeless_linear_risk(0.5, 3, 0.25), 0.25);
    EXPECT_DOUBLE_EQ(ridgeless_linear_risk(2, 3, 0.25), 1.5 + 0.25);
    EXPECT_TRUE(std::isinf(ridgeless_linear_risk(1, 3, 0.25)));
}

TEST(LinearTestRisk, AgreesWithTheMarchenkoPasturIntegral) {
    for (const auto& c : golden("ridge")) {
        const double gamma = c.at("gamma"), ridge = c.at("ridge"), n = 500;
        const RegressionSetting set{n, gamma * n, ridge * n, std::sqrt(c.at("signal").get<double>()),
                                    std::sqrt(c.at("noise").get<double>())};
        EXPECT_NEAR(linear_test_risk(set), c.at("value"), 1e-9 * c.at("value").get<double>()) << c;
    }
    // Hardly any ridge is none.
    for (const double d : {100.0, 300.0})
        EXPECT_NEAR(linear_test_risk({200, d, 1e-7, 1.5, 0.7}), linear_test_risk({200, d, 0, 1.5, 0.7}),
                    1e-6);
}

TEST(RandomFeaturesRisk, AgreesWithTheTheoremInComplexVariables) {
    for (const auto& c : golden("theorem")) {
        const auto moments = activation_moments(c.at("activation").get<std::string>()).value();
        EXPECT_NEAR(random_features_risk(c.at("psi1"), c.at("psi2"), c.at("lambda"), moments, c.at("signal"),
                                         c.at("noise")),
                    c.at("value"), 1e-8 * c.at("value").get<double>())
            << c;
    }
}

TEST(RandomFeaturesRisk, IsTheExtensionsWithoutBiases) {
    // Two derivations: the theorem's polynomials, and deterministic equivalents of the Gaussian features.
    const double d = 50;
    for (const char* activation : {"relu", "tanh", "hard-sigmoid", "identity"})
        for (const double psi1 : {0.3, 0.9, 1.4, 3.0, 40.0})
            for (const double psi2 : {0.5, 1.2, 2.5, 3.0})
                for (const double ridge : {0.0, 1e-4, 0.1, 5.0}) {
                    if (psi1 == psi2 && ridge == 0) continue;
                    const RegressionSetting set{psi2 * d, d, ridge, 1.3, 0.6};
                    const double theirs =
                        random_features_risk(psi1, psi2, ridge / psi2, activation_moments(activation).value(),
                                             1.3 * 1.3, 0.6 * 0.6);
                    EXPECT_NEAR(risk(set, psi1 * d, activation, 0), theirs, 1e-7 * theirs)
                        << activation << ' ' << psi1 << ' ' << psi2 << ' ' << ridge;
                }
}

TEST(RandomFeaturesRisk, HasTheLimitsThatAreKnown) {
    const auto relu = activation_moments("relu").value();
    // Interpolation: without a ridge the risk is infinite at as many features as examples, and only there.
    EXPECT_TRUE(std::isinf(random_features_risk(3, 3, 0, relu, 1, 0.1)));
    EXPECT_GT(random_features_risk(3.001, 3, 0, relu, 1, 0.1), 100);
    EXPECT_TRUE(std::isinf(risk({300, 100, 0, 1, 0.5}, 300, "relu", 0.5)));
    // No features, or any ridge that large: the answer is 0, the risk the signal.
    EXPECT_NEAR(random_features_risk(1e-6, 3, 0.1, relu, 1.7, 0.4), 1.7, 1e-4);
    EXPECT_NEAR(random_features_risk(2, 3, 1e9, relu, 1.7, 0.4), 1.7, 1e-6);
    EXPECT_NEAR(risk({300, 100, 1e9, 1.3, 0.4}, 300, "tanh", 0.5), 1.69, 1e-6);
    // Any number of features over enough examples: all of the teacher is found.
    EXPECT_NEAR(random_features_risk(1e5, 1e4, 1e-3, relu, 1.7, 0.4), 0, 1e-3);
    // Linear features that are as many as dimensions or more are linear regression.
    for (const double psi2 : {0.4, 1.5, 6.0})
        for (const double bias : {0.0, 1.0}) {
            const double linear = ridgeless_linear_risk(1 / psi2, 1.69, 0.16);
            EXPECT_NEAR(risk({psi2 * 100, 100, 0, 1.3, 0.4}, 1e7, "identity", bias), linear, 2e-4 * linear);
        }
    EXPECT_FALSE(random_features_test_risk({300, 100, 0, 1, 0.5}, 200, "cosine", 0.5));
}

TEST(RandomFeaturesRisk, FollowsSimulations) {
    for (const auto& c : golden("simulated")) {
        const RegressionSetting set{c.at("examples"), c.at("dimension"), c.at("ridge"), c.at("signal"),
                                    c.at("noise")};
        const double features = c.at("features"), mean = c.at("mean"), error = c.at("error");
        const auto activation = c.at("activation").get<std::string>();
        const double here = features == 0 ? linear_test_risk(set)
                                          : risk(set, features, activation.c_str(), c.at("bias_scale"));
        // Beside chance, what sizes in the hundreds are from their limit.
        EXPECT_NEAR(here, mean, 3.5 * error + 0.03 * mean) << c;
    }
}

TEST(RandomFeaturesRisk, HasNoPeakAtTheBestRidge) {
    // Nakkiran et al. 2020: optimal regularization mitigates double descent.
    double before = INFINITY;
    for (double features = 20; features < 5000; features *= 1.2) {
        double best = INFINITY;
        for (double ridge = 1e-4; ridge < 100; ridge *= 1.3)
            best = std::min(best, risk({300, 100, ridge, 1, 0.7}, features, "relu", 0.5));
        EXPECT_LT(best, before) << features;
        before = best;
    }
}

} // namespace

} // namespace descent

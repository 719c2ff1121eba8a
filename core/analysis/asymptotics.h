#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace descent {

/// Exact test risk of least squares as sizes grow together, for drawing on top of a sweep. Risk is
/// E(x·β̂ − x·β)² over fresh x, without the noise of the test targets: a test loss of mse_form = full on
/// noiseless targets, twice that of half.
///
/// Linear regression with isotropic Gaussian inputs, γ = features/examples (Hastie et al. 2019, Theorem 1):
/// σ²γ/(1 − γ) for γ < 1, ‖β‖²(1 − 1/γ) + σ²/(γ − 1) for γ > 1; infinite at 1.
double ridgeless_linear_risk(double gamma, double signal /* ‖β‖² */, double noise /* σ² */);

/// Moments of a nonlinearity s under z ~ N(0, 1): μ0 = E s, μ1 = E z·s, μ⋆² = E s² − μ0² − μ1².
struct ActivationMoments {
    double mean = 0, linear = 0, rest = 0; ///< μ0, μ1, μ⋆
};
/// By name as model.activation has it (unit-variance preactivations); none for one that is not known.
/// `bias`: of s(z + bias).
std::optional<ActivationMoments> activation_moments(std::string_view activation, double bias = 0);

/// Ridge regression over random features without biases (Mei & Montanari 2019, Theorem 2): ψ1 =
/// features/dimension, ψ2 = examples/dimension, λ ≥ 0 the ridge in their normalisation (0: its limit), linear
/// teacher of strength `signal` = F1², noise τ². Infinite at ψ1 = ψ2 with λ = 0.
double random_features_risk(double psi1, double psi2, double lambda, const ActivationMoments& activation,
                            double signal, double noise);

/// What the studio's regression on a linear teacher is made of: task `teacher` without slow features,
/// optimizer `least-squares`.
struct RegressionSetting {
    double examples = 0, dimension = 0; ///< n of training, d; inputs N(0, I)
    double ridge = 0;                   ///< λ of ‖Φw − t‖² + λ‖w‖²
    double signal = 1; ///< ‖β‖, the task's parameter (its square is the risk of answering 0)
    double noise = 0;  ///< σ of the training targets
};
/// Model `linear`: Φ = X. At λ = 0 ridgeless_linear_risk(d/n, ‖β‖², σ²).
double linear_test_risk(const RegressionSetting& setting);

/// Model `random-features`: Φ = s(XWᵀ + b)/√p with W ~ N(0, 1/d), b ~ N(0, bias_scale²). Each feature has a
/// nonlinearity of its own, s(· + b): Mei & Montanari's theorem, extended to a distribution of moments μ1(b),
/// μ⋆(b) by the deterministic equivalent of the equivalent Gaussian features. Without biases it is
/// random_features_risk(p/d, n/d, λ·d/n, …). (Their features are not divided by √p and their penalty is
/// (p/d)·λ‖a‖² beside a mean over the examples; weights and inputs on spheres of radius 1 and √d are, in the
/// limit, Gaussian ones.) Infinite at p = n with λ = 0; none for an activation that is not known.
std::optional<double> random_features_test_risk(const RegressionSetting& setting, double features,
                                                std::string_view activation, double bias_scale);

} // namespace descent

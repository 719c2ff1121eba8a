#pragma once

#include "core/engine/batches.h"
#include "core/engine/evaluation.h"
#include "core/engine/loss.h"
#include "core/engine/pruning.h"

#include <optional>

namespace descent {

/// The gradient of one update's examples, in the units of the regime's reduction: exact over any number of
/// chunks (their sum is kept in double), with the regime's gradient penalty, and the noise that it asks for.
///
/// Penalty (Geiping et al. 2021, arXiv 2109.14119): to each block's mean gradient g is added (lr/4)·H·αg
/// (`half`, as their code does) or (lr/2)·H·αg (`full`, the gradient of (lr/4)·α‖g‖²), H the block's Hessian.
/// Its product is the difference of gradients at θ + ε·g/‖g‖ and θ, over ε/‖αg‖ (`forward`, error O(ε)), that
/// of θ ± ε·g/‖g‖ (`central`, O(ε²)), or found by double backward (`exact`).
///
/// With precision = bfloat16 the model's matrix products are of rounded factors (bfloat16.h), those of the
/// loss and the answers, too.
///
/// Of a pruned network all of it is the network's that remains: what is cut has no gradient.
///
/// Thread: the trainer's.
class Gradient {
public:
    Gradient(const Model& model, Weights& weights, const BatchPlan& plan, const LossFunction& loss,
             const Mask& mask, std::uint64_t seed);

    /// Of the planned batch at the weights as they are, into weights.gradient(). Returns the loss that is
    /// descended, in the same units, the penalty left out. `answers`, where given, receives loss and answers
    /// of each example. `lr`: the step size in force. `update`: updates made, which the noise is drawn by.
    double take(const BatchPlan::Batch& batch, const ParamSet& regime, double lr, Update update,
                Evaluation* answers);
    /// The norm without clipping, where the last one's running sum was clipped.
    const std::optional<double>& unclipped_norm() const { return unclipped_norm_; }
    /// Adds the noise of the last `take` with `answers` to weights.gradient().
    void add_noise(const ParamSet& regime, Update update);

private:
    double backward(const Examples& chunk, double scale, Evaluation* answers);
    void regularize(const Examples& block, const ParamSet& regime, double lr);
    Tensor exact_product(const Examples& block, const Tensor& direction);

    /// What the noise of blocks is made of; block gradients g_b are means, w_b their share of the examples.
    struct Spread {
        Tensor mean, square, walk; ///< Σ w·g, Σ w·g², Σ √w·ξ·g
        double steps = 0;          ///< Σ √w·ξ
        std::int64_t blocks = 0, examples = 0, largest = 0;
        double units = 1; ///< of the reduction, over those of the mean
    };
    void spread_begin(const ParamSet& regime);
    void spread_add(double share, double xi);

    const Model& model_;
    Weights& weights_;
    const BatchPlan& plan_;
    const LossFunction& loss_;
    const Mask& mask_;
    std::uint64_t seed_;
    Tensor sum_; // double [P]: the gradient over several chunks
    std::optional<double> unclipped_norm_;
    std::optional<Spread> spread_;
};

} // namespace descent

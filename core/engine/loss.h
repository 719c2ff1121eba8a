#pragma once

#include "core/base/param.h"
#include "core/engine/examples.h"

namespace descent {

/// The loss of each example, as the regime's loss, its parameters, label_smoothing and class weights say.
/// `outputs` [n × TaskShape::width()], `labels` int64 [n], `targets` [n × outputs] of a regression, else
/// undefined. Thread: any, const.
class LossFunction {
public:
    LossFunction() = default;
    /// `class_weights` [classes], or undefined. Throws InputError where loss and task do not go together.
    LossFunction(const ParamSet& regime, const TaskShape& shape, Tensor class_weights);

    /// As reported, of the examples as they come [n]. On logits z: cross-entropy in nats (−log softmax(z)_y;
    /// with one output for two classes −log σ(±z)); focal, (1 − p_y)^γ times that (Lin et al. 2017, without
    /// class factors); multi-margin, Σ_{c≠y} max(0, m − z_y + z_c)/C; poisson-nll, Σ_c exp(z_c) − t_c z_c. On
    /// logarithms of probabilities: nll, −z_y. On numbers: ½‖z − t‖², ‖z − t‖² with mse_form = full,
    /// Σ|z − t| (l1), or Σ of Huber's (1964) function (huber), where t is the one-hot label, the side of the
    /// class, or the target. Sums over the outputs, where PyTorch's mean reduction takes means.
    Tensor reported(const Tensor& outputs, const Tensor& labels, const Tensor& targets) const;
    /// As descended [n]: labels smoothed, classes weighted. Differentiable.
    Tensor descended(const Tensor& outputs, const Tensor& labels, const Tensor& targets) const;
    /// The two are the same.
    bool plain() const { return smoothing_ == 0 && !class_weights_.defined(); }
    /// What the network says of each example [n]: the largest output, or the side of the middle (of 0 on
    /// logits) that the one output is on. Undefined for a regression.
    Tensor answers(const Tensor& outputs) const;
    /// A score for each class of each example [n × classes], in double: its probability where the loss makes
    /// one of the outputs (softmax or sigmoid, also under multi-margin and poisson-nll), else the output as
    /// it is, for one output with the sides taken to 0 and 1. The largest is the answer. Undefined for a
    /// regression.
    Tensor scores(const Tensor& outputs) const;
    /// What the outputs should be [n × outputs], without smoothing.
    Tensor wanted(const Tensor& outputs, const Tensor& labels, const Tensor& targets) const;

private:
    Tensor smoothed(const Tensor& outputs, const Tensor& labels) const;
    Tensor apart(const Tensor& outputs, const Tensor& wanted) const;
    Tensor soft(const Tensor& outputs, const Tensor& shares) const;
    Tensor focal(const Tensor& outputs, const Tensor& labels) const;
    bool of_numbers() const { return kind_ == Kind::mse || kind_ == Kind::l1 || kind_ == Kind::huber; }

    enum class Kind { cross_entropy, nll, focal, multi_margin, poisson, mse, l1, huber };
    static Kind kind_named(const std::string& name);

    TaskShape shape_;
    Kind kind_ = Kind::cross_entropy;
    bool over_wrong_ = false;
    double factor_ = 0.5, smoothing_ = 0, gamma_ = 2, margin_ = 1, delta_ = 1;
    Tensor class_weights_;
};

/// Sum of losses [n], in double.
double sum_of(const Tensor& losses);

} // namespace descent

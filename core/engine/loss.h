#pragma once

#include "core/base/param.h"
#include "core/engine/examples.h"

namespace descent {

/// The loss of each example, as the regime's loss, mse_form, label_smoothing and class weights say. `outputs`
/// [n × TaskShape::width()], `labels` int64 [n], `targets` [n × outputs] of a regression, else undefined.
/// Thread: any, const.
class LossFunction {
public:
    LossFunction() = default;
    /// `class_weights` [classes], or undefined. Throws InputError where loss and task do not go together.
    LossFunction(const ParamSet& regime, const TaskShape& shape, Tensor class_weights);

    /// As reported, of the examples as they come [n]: cross-entropy in nats (−log softmax(z)_y; with one
    /// output for two classes −log σ(±z)), or ½‖z − t‖², or ‖z − t‖² with mse_form = full, where t is the
    /// one-hot label, the side of the class, or the target.
    Tensor reported(const Tensor& outputs, const Tensor& labels, const Tensor& targets) const;
    /// As descended [n]: labels smoothed, classes weighted. Differentiable.
    Tensor descended(const Tensor& outputs, const Tensor& labels, const Tensor& targets) const;
    /// The two are the same.
    bool plain() const { return smoothing_ == 0 && !class_weights_.defined(); }
    /// What the network says of each example [n]: the largest output, or the side of the middle (of 0 under
    /// cross-entropy) that the one output is on. Undefined for a regression.
    Tensor answers(const Tensor& outputs) const;
    /// What the outputs should be [n × outputs], without smoothing.
    Tensor wanted(const Tensor& outputs, const Tensor& labels, const Tensor& targets) const;

private:
    Tensor smoothed(const Tensor& outputs, const Tensor& labels) const;
    Tensor squared(const Tensor& outputs, const Tensor& wanted) const;

    TaskShape shape_;
    bool mse_ = false, over_wrong_ = false;
    double factor_ = 0.5, smoothing_ = 0;
    Tensor class_weights_;
};

} // namespace descent

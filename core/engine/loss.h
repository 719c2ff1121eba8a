#pragma once

#include "core/base/param.h"
#include "core/engine/torch.h"

namespace descent {

/// The loss of each example, as the regime's loss, label_smoothing and balance say. Thread: any, const.
class LossFunction {
public:
    LossFunction() = default;
    /// `class_weights` [classes], or undefined.
    LossFunction(const ParamSet& regime, Tensor class_weights);

    /// As reported, of the examples as they come [n]: cross-entropy −log softmax(z)_y in nats, or
    /// ½‖z − one-hot(y)‖². `logits` [n × classes], `labels` int64 [n].
    Tensor reported(const Tensor& logits, const Tensor& labels) const;
    /// As descended [n]: labels smoothed, classes weighted. Differentiable.
    Tensor descended(const Tensor& logits, const Tensor& labels) const;
    /// The two are the same.
    bool plain() const { return smoothing_ == 0 && !class_weights_.defined(); }

private:
    Tensor targets(const Tensor& logits, const Tensor& labels) const;

    bool mse_ = false, over_wrong_ = false;
    double smoothing_ = 0;
    Tensor class_weights_;
};

} // namespace descent

#include "core/engine/loss.h"

namespace descent {

LossFunction::LossFunction(const ParamSet& regime, Tensor class_weights)
    : mse_(regime.text("loss") == "mse")
    , over_wrong_(regime.text("smoothing_over") == "wrong")
    , smoothing_(regime.real("label_smoothing"))
    , class_weights_(std::move(class_weights)) {}

/// What the outputs should be [n × classes]: one-hot, or smoothed.
Tensor LossFunction::targets(const Tensor& logits, const Tensor& labels) const {
    const auto classes = static_cast<double>(logits.size(1));
    // Over the wrong classes alone the right one keeps 1 − s, over all of them 1 − s + s/K.
    const double off = smoothing_ / (over_wrong_ ? std::max(1.0, classes - 1) : classes);
    const double on = over_wrong_ ? 1 - smoothing_ : 1 - smoothing_ + off;
    return at::full_like(logits.detach(), off).scatter_(1, labels.unsqueeze(1), on);
}

Tensor LossFunction::reported(const Tensor& logits, const Tensor& labels) const {
    if (!mse_) return at::cross_entropy_loss(logits, labels, {}, at::Reduction::None);
    const auto truth = at::zeros_like(logits.detach()).scatter_(1, labels.unsqueeze(1), 1.0);
    return (logits - truth).square().sum(1).mul(0.5);
}

Tensor LossFunction::descended(const Tensor& logits, const Tensor& labels) const {
    Tensor each;
    if (smoothing_ == 0)
        each = reported(logits, labels);
    else if (mse_)
        each = (logits - targets(logits, labels)).square().sum(1).mul(0.5);
    else
        each = at::log_softmax(logits, 1).mul(targets(logits, labels)).sum(1).neg();
    return class_weights_.defined() ? each * class_weights_.index_select(0, labels) : each;
}

} // namespace descent

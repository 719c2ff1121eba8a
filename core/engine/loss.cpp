#include "core/engine/loss.h"

namespace descent {

LossFunction::LossFunction(const ParamSet& regime, const TaskShape& shape, Tensor class_weights)
    : shape_(shape)
    , mse_(regime.text("loss") == "mse")
    , over_wrong_(regime.text("smoothing_over") == "wrong")
    , factor_(regime.text("mse_form") == "full" ? 1.0 : 0.5)
    , smoothing_(regime.real("label_smoothing"))
    , class_weights_(std::move(class_weights)) {
    if (!shape.regression()) return;
    if (!mse_)
        throw InputError("regime.loss = " + regime.text("loss") +
                         ": this task's outputs are numbers to be met; expected mse");
    for (const char* of_classes : {"label_smoothing", "label_noise"})
        if (regime.real(of_classes) > 0)
            throw InputError("regime." + std::string(of_classes) + ": this task has no classes; expected 0");
}

/// With a share of each label given to other classes: [n × classes], or [n × 1] with one output.
Tensor LossFunction::smoothed(const Tensor& outputs, const Tensor& labels) const {
    const auto classes = static_cast<double>(shape_.classes);
    // Over the wrong classes alone the right one keeps 1 − s, over all of them 1 − s + s/K.
    const double off = smoothing_ / (over_wrong_ ? std::max(1.0, classes - 1) : classes);
    const double on = over_wrong_ ? 1 - smoothing_ : 1 - smoothing_ + off;
    const auto plain = outputs.detach();
    if (shape_.one_output()) return labels.to(plain.scalar_type()).mul(on - off).add(off).unsqueeze(1);
    return at::full_like(plain, off).scatter_(1, labels.unsqueeze(1), on);
}

Tensor LossFunction::squared(const Tensor& outputs, const Tensor& wanted) const {
    return (outputs - wanted).square().sum(1).mul(factor_);
}

Tensor LossFunction::wanted(const Tensor& outputs, const Tensor& labels, const Tensor& targets) const {
    const auto plain = outputs.detach();
    if (shape_.regression()) return targets.to(plain.scalar_type());
    if (shape_.one_output())
        return labels.to(plain.scalar_type())
            .mul(shape_.sides[1] - shape_.sides[0])
            .add(shape_.sides[0])
            .unsqueeze(1);
    return at::zeros_like(plain).scatter_(1, labels.unsqueeze(1), 1.0);
}

Tensor LossFunction::reported(const Tensor& outputs, const Tensor& labels, const Tensor& targets) const {
    if (mse_) return squared(outputs, wanted(outputs, labels, targets));
    if (shape_.one_output())
        return at::binary_cross_entropy_with_logits(outputs, labels.to(outputs.scalar_type()).unsqueeze(1),
                                                    {}, {}, at::Reduction::None)
            .squeeze(1);
    return at::cross_entropy_loss(outputs, labels, {}, at::Reduction::None);
}

Tensor LossFunction::descended(const Tensor& outputs, const Tensor& labels, const Tensor& targets) const {
    Tensor each;
    if (smoothing_ == 0)
        each = reported(outputs, labels, targets);
    else if (mse_ && shape_.one_output())
        each = squared(outputs,
                       smoothed(outputs, labels).mul(shape_.sides[1] - shape_.sides[0]).add(shape_.sides[0]));
    else if (mse_)
        each = squared(outputs, smoothed(outputs, labels));
    else if (shape_.one_output())
        each = at::binary_cross_entropy_with_logits(outputs, smoothed(outputs, labels), {}, {},
                                                    at::Reduction::None)
                   .squeeze(1);
    else
        each = at::log_softmax(outputs, 1).mul(smoothed(outputs, labels)).sum(1).neg();
    return class_weights_.defined() ? each * class_weights_.index_select(0, labels) : each;
}

Tensor LossFunction::answers(const Tensor& outputs) const {
    if (shape_.regression()) return {};
    const auto plain = outputs.detach();
    if (!shape_.one_output()) return plain.argmax(1);
    const double middle = mse_ ? (shape_.sides[0] + shape_.sides[1]) / 2 : 0;
    const auto above = shape_.sides[1] >= shape_.sides[0] || !mse_ ? plain.gt(middle) : plain.lt(middle);
    return above.squeeze(1).to(at::kLong);
}

} // namespace descent

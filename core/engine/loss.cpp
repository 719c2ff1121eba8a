#include "core/engine/loss.h"

#include <numeric>
#include <utility>

namespace descent {

LossFunction::Kind LossFunction::kind_named(const std::string& name) {
    using enum Kind;
    for (const auto& [word, kind] : {std::pair{"cross-entropy", cross_entropy},
                                     {"nll", nll},
                                     {"focal", focal},
                                     {"multi-margin", multi_margin},
                                     {"poisson-nll", poisson},
                                     {"mse", mse},
                                     {"l1", l1},
                                     {"huber", huber}})
        if (name == word) return kind;
    throw InputError("regime.loss = " + name + ": unknown");
}

LossFunction::LossFunction(const ParamSet& regime, const TaskShape& shape, Tensor class_weights)
    : shape_(shape)
    , kind_(kind_named(regime.text("loss")))
    , over_wrong_(regime.text("smoothing_over") == "wrong")
    , factor_(regime.text("mse_form") == "full" ? 1.0 : 0.5)
    , smoothing_(regime.real("label_smoothing"))
    , gamma_(regime.real("focal_gamma"))
    , margin_(regime.real("margin"))
    , delta_(regime.real("huber_delta"))
    , class_weights_(std::move(class_weights)) {
    if (shape.one_output() && (kind_ == Kind::nll || kind_ == Kind::multi_margin || kind_ == Kind::poisson))
        throw InputError(
            "regime.loss = " + regime.text("loss") +
            ": this task's two classes have one output; expected cross-entropy, focal, mse, l1 or "
            "huber");
    if (!shape.regression()) return;
    if (!of_numbers())
        throw InputError("regime.loss = " + regime.text("loss") +
                         ": this task's outputs are numbers to be met; expected mse, l1 or huber");
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

/// How far the outputs are from what is wanted, both [n × outputs]: [n].
Tensor LossFunction::apart(const Tensor& outputs, const Tensor& wanted) const {
    if (kind_ == Kind::l1) return (outputs - wanted).abs().sum(1);
    if (kind_ == Kind::huber) return at::huber_loss(outputs, wanted, at::Reduction::None, delta_).sum(1);
    return (outputs - wanted).square().sum(1).mul(factor_);
}

/// Of labels that are shares of the classes [n × classes], or of class 1 [n × 1] with one output.
Tensor LossFunction::soft(const Tensor& outputs, const Tensor& shares) const {
    if (of_numbers())
        return apart(outputs, shape_.one_output()
                                  ? shares.mul(shape_.sides[1] - shape_.sides[0]).add(shape_.sides[0])
                                  : shares);
    if (kind_ == Kind::poisson) return (outputs.exp() - shares * outputs).sum(1);
    if (shape_.one_output())
        return at::binary_cross_entropy_with_logits(outputs, shares, {}, {}, at::Reduction::None).squeeze(1);
    return (kind_ == Kind::nll ? outputs : at::log_softmax(outputs, 1)).mul(shares).sum(1).neg();
}

Tensor LossFunction::focal(const Tensor& outputs, const Tensor& labels) const {
    const auto log_p =
        shape_.one_output()
            ? at::binary_cross_entropy_with_logits(outputs, labels.to(outputs.scalar_type()).unsqueeze(1), {},
                                                   {}, at::Reduction::None)
                  .squeeze(1)
                  .neg()
            : at::log_softmax(outputs, 1).gather(1, labels.unsqueeze(1)).squeeze(1);
    // A power below 1 has no slope at 0, where the example counts for nothing anyway.
    const auto doubt = log_p.expm1().neg().clamp_min(1e-30);
    return doubt.pow(gamma_).mul(log_p).neg();
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
    if (of_numbers()) return apart(outputs, wanted(outputs, labels, targets));
    switch (kind_) {
    case Kind::focal:
        return focal(outputs, labels);
    case Kind::multi_margin:
        return at::multi_margin_loss(outputs, labels, 1, margin_, {}, at::Reduction::None);
    case Kind::nll:
        return at::nll_loss(outputs, labels, {}, at::Reduction::None);
    case Kind::poisson:
        return outputs.exp().sum(1) - outputs.gather(1, labels.unsqueeze(1)).squeeze(1);
    default:
        break;
    }
    if (shape_.one_output())
        return at::binary_cross_entropy_with_logits(outputs, labels.to(outputs.scalar_type()).unsqueeze(1),
                                                    {}, {}, at::Reduction::None)
            .squeeze(1);
    return at::cross_entropy_loss(outputs, labels, {}, at::Reduction::None);
}

Tensor LossFunction::descended(const Tensor& outputs, const Tensor& labels, const Tensor& targets) const {
    const auto each =
        smoothing_ == 0 ? reported(outputs, labels, targets) : soft(outputs, smoothed(outputs, labels));
    return class_weights_.defined() ? each * class_weights_.index_select(0, labels) : each;
}

Tensor LossFunction::answers(const Tensor& outputs) const {
    if (shape_.regression()) return {};
    const auto plain = outputs.detach();
    if (!shape_.one_output()) return plain.argmax(1);
    const double middle = of_numbers() ? (shape_.sides[0] + shape_.sides[1]) / 2 : 0;
    const auto above =
        shape_.sides[1] >= shape_.sides[0] || !of_numbers() ? plain.gt(middle) : plain.lt(middle);
    return above.squeeze(1).to(at::kLong);
}

Tensor LossFunction::scores(const Tensor& outputs) const {
    if (shape_.regression()) return {};
    const auto plain = outputs.detach().to(at::kDouble);
    if (!shape_.one_output()) return of_numbers() ? plain : at::softmax(plain, 1);
    const auto second =
        of_numbers() ? plain.sub(shape_.sides[0]).div(shape_.sides[1] - shape_.sides[0]) : plain.sigmoid();
    return at::cat({second.neg().add(1), second}, 1);
}

double sum_of(const Tensor& losses) {
    const auto whole = losses.contiguous();
    return AT_DISPATCH_FLOATING_TYPES(whole.scalar_type(), "sum_of", [&] {
        const auto* const first = whole.data_ptr<scalar_t>();
        return std::accumulate(first, first + whole.numel(), 0.0);
    });
}

} // namespace descent

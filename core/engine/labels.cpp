#include "core/engine/labels.h"

#include "core/base/random.h"

#include <algorithm>
#include <span>

namespace descent {

namespace {

Tensor balanced_weights(const TaskShape& shape, const Tensor& labels) {
    const auto counts = at::bincount(labels, {}, shape.classes).to(at::kDouble);
    const auto present = counts.gt(0).sum().item<double>();
    const auto n = static_cast<double>(labels.size(0));
    return at::where(counts.gt(0), counts.reciprocal().mul(n / present), at::zeros_like(counts));
}

} // namespace

at::ScalarType precision(const ParamSet& regime) {
    return regime.text("precision") == "float64" ? at::kDouble : at::kFloat;
}

Tensor noisy_labels(const TaskData& data, const RunSpec& spec) {
    const double share = spec.regime.params.real("label_noise");
    const auto classes = static_cast<std::uint64_t>(data.shape.classes);
    if (share <= 0 || classes < 2) return data.train.labels;
    RandomStream random(spec.seed, "label-noise");
    auto labels = data.train.labels.clone();
    auto* label = labels.data_ptr<std::int64_t>();
    for (std::int64_t i = 0; i < labels.size(0); ++i) {
        if (random.uniform() >= share) continue;
        const auto other = static_cast<std::int64_t>(random.below(classes - 1));
        label[i] = other < label[i] ? other : other + 1;
    }
    return labels;
}

Tensor class_weights(const TaskShape& shape, const Tensor& training_labels, const ParamSet& regime) {
    const double positive = regime.real("positive_weight");
    const bool balanced = regime.text("balance") == "loss";
    if (positive == 1 && !balanced) return {};
    if (positive != 1 && shape.classes != 2)
        throw InputError("regime.positive_weight: expected a task of two classes");
    if (balanced && shape.regression())
        throw InputError("regime.balance = loss: this task has no classes; expected none");
    auto weights =
        balanced ? balanced_weights(shape, training_labels) : at::ones({shape.classes}, at::kDouble);
    if (positive != 1) weights[1].mul_(positive);
    return weights.to(precision(regime));
}

double majority_baseline(const TaskData& data, const Tensor& training_labels) {
    if (data.shape.regression()) return 0;
    const auto all = [](const Tensor& labels) {
        return std::span(labels.data_ptr<std::int64_t>(), static_cast<std::size_t>(labels.numel()));
    };
    const auto training = training_labels.contiguous(), validation = data.validation.labels.contiguous();
    std::vector<std::int64_t> counts(static_cast<std::size_t>(data.shape.classes), 0);
    for (const auto label : all(training)) ++counts[static_cast<std::size_t>(label)];
    const auto commonest = std::ranges::max_element(counts) - counts.begin();
    return static_cast<double>(std::ranges::count(all(validation), commonest)) /
           static_cast<double>(validation.numel());
}

} // namespace descent

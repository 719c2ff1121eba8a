#include "core/engine/lanes_family.h"

#include <algorithm>
#include <tuple>

namespace descent {

lanes::Shape shape_of(const std::vector<std::vector<std::int64_t>>& weights, std::int64_t inputs,
                      std::int64_t outputs) {
    lanes::Shape shape{{inputs}, weights.size() > 1 && weights[1].size() == 1};
    const std::size_t step = shape.bias ? 2 : 1;
    if (weights.size() % step != 0) return {};
    for (std::size_t i = 0; i < weights.size(); i += step) {
        if (weights[i].size() != 2 || weights[i][1] != shape.widths.back()) return {};
        if (shape.bias && weights[i + 1] != std::vector{weights[i][0]}) return {};
        shape.widths.push_back(weights[i][0]);
    }
    return shape.layers() > 0 && shape.widths.back() == outputs ? shape : lanes::Shape{};
}

namespace {

constexpr std::int64_t kMostClasses = 100;      // each lane counts its answers
constexpr std::int64_t kMostExamples = 1 << 24; // counted in float32

lanes::Loss loss_of(const ParamSet& regime, const TaskShape& task) {
    lanes::Loss loss;
    loss.one_output = task.one_output();
    loss.factor = regime.text("mse_form") == "full" ? 1.0 : 0.5;
    std::ranges::copy(task.sides, loss.sides);
    loss.criterion = regime.text("loss") == "mse" ? lanes::Criterion::squared
                     : loss.one_output            ? lanes::Criterion::logistic
                                                  : lanes::Criterion::softmax;
    const double smoothing = regime.real("label_smoothing");
    if (smoothing > 0) { // as LossFunction
        const auto classes = static_cast<double>(task.classes);
        const bool over_wrong = regime.text("smoothing_over") == "wrong";
        loss.off = smoothing / (over_wrong ? std::max(1.0, classes - 1) : classes);
        loss.on = over_wrong ? 1 - smoothing : 1 - smoothing + loss.off;
    }
    return loss;
}

} // namespace

std::optional<LaneFamily> lane_family(const EnsembleProblem& problem) {
    const auto& spec = *problem.specs.front();
    const auto& [data, regime, model] = std::tie(problem.data, spec.regime.params, spec.model.params);
    if (spec.model.id != "mlp" || !data.train.inputs.defined() || data.train.lengths.defined()) return {};
    if (data.variation && regime.text("augmentation") != "off") return {};
    if (regime.text("reduction") == "sum-of-means" || data.shape.classes > kMostClasses) return {};
    for (const auto* side : {&data.train, &data.validation, &data.test})
        if (side->size() >= kMostExamples || side->masks.defined()) return {};

    const auto& loss = regime.text("loss");
    if (loss != "cross-entropy" && loss != "mse") return {};
    LaneFamily family{.loss = loss_of(regime, data.shape),
                      .mean = regime.text("reduction") == "mean",
                      .regression = data.shape.regression(),
                      .classes = data.shape.classes};
    if (family.regression && family.loss.criterion != lanes::Criterion::squared) return {};
    const auto hidden = lanes::nonlinearity(model.text("activation"));
    const auto output = lanes::nonlinearity(model.text("output"));
    if (!hidden || !output) return {};
    family.hidden = *hidden;
    family.output = *output;

    std::vector<std::vector<std::int64_t>> widest;
    for (const auto& weight : problem.layout.weights) widest.push_back(weight.shape);
    const auto inputs = c10::multiply_integers(data.shape.features), outputs = data.shape.width();
    family.shape = shape_of(widest, inputs, outputs);
    for (const auto& own : problem.layout.own)
        if (own.size() != widest.size() || shape_of(own, inputs, outputs).layers() != family.shape.layers())
            return {};
    if (family.shape.widths.empty()) return {};
    return family;
}

} // namespace descent

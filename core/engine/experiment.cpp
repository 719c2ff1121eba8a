#include "core/engine/experiment.h"

namespace descent {

namespace {

at::ScalarType dtype(const ParamSet& regime) {
    return regime.text("precision") == "float64" ? at::kDouble : at::kFloat;
}

/// Validation accuracy of always answering the commonest training class.
double majority_baseline(const TaskData& data) {
    const auto counts = at::bincount(data.train.labels, {}, data.shape.classes);
    const auto commonest = counts.argmax().item<std::int64_t>();
    return data.validation.labels.eq(commonest).to(at::kDouble).mean().item<double>();
}

Weights draw(const RunSpec& spec, const Model& model) {
    RandomStream init(spec.seed, "init");
    return {model.weights(), init, dtype(spec.regime.params)};
}

/// N/(C·N_c): the mean over the training set is 1. Classes without examples count for nothing.
Tensor class_weights(const TaskData& data, at::ScalarType type) {
    const auto counts = at::bincount(data.train.labels, {}, data.shape.classes).to(at::kDouble);
    const auto present = counts.gt(0).sum().item<double>();
    const auto n = static_cast<double>(data.train.size());
    return at::where(counts.gt(0), counts.reciprocal().mul(n / present), at::zeros_like(counts)).to(type);
}

} // namespace

Experiment::Experiment(const RunSpec& spec, const Loading& loading)
    : Experiment(spec, registry().task(spec.task.id).load(spec.task.params, loading)) {}

Experiment::Experiment(const RunSpec& spec, TaskData data)
    : spec_(spec)
    , data_(std::move(data))
    , model_(registry().model(spec.model.id).make(spec.model.params, data_.shape))
    , weights_(draw(spec, *model_))
    , optimizer_(registry().optimizer(spec.optimizer.id).make(spec.optimizer.params, weights_.flat()))
    , plan_(data_.train, data_.variation.get(), *model_, data_.shape.classes, spec.regime.params, spec.seed) {
    data_.inspection.provenance.majority_baseline = majority_baseline(data_);
    if (spec.regime.params.text("balance") == "loss")
        class_weights_ = class_weights(data_, weights_.flat().scalar_type());
}

Update Experiment::planned() const {
    if (spec_.budget.updates) return {*spec_.budget.updates};
    return {spec_.budget.epochs.value_or(1) * plan_.updates_per_epoch()};
}

Evaluation Experiment::accumulate() {
    const auto& regime = spec_.regime.params;
    const auto planned = plan_.next();
    const bool several = planned.chunks > 1, running = regime.text("clip_at") == "micro-batch";
    const double clip = regime.real("clip_norm");
    if (several && !sum_.defined()) sum_ = at::zeros({weights_.count()}, at::kDouble);
    if (several) sum_.zero_();
    auto unclipped = several && running ? at::zeros_like(sum_) : Tensor();
    unclipped_norm_.reset();

    Evaluation batch(data_.shape.classes, data_.detection.has_value());
    for (std::int64_t i = 0; i < planned.chunks; ++i) {
        const auto chunk = plan_.chunk(i);
        const auto& reduction = regime.text("reduction");
        const double scale = reduction == "mean"           ? 1.0 / static_cast<double>(planned.examples)
                             : reduction == "sum-of-means" ? 1.0 / static_cast<double>(chunk.size())
                                                           : 1.0;
        weights_.gradient().zero_();
        const auto logits = model_->logits(weights_, chunk);
        const auto losses = at::cross_entropy_loss(logits, chunk.labels, {}, at::Reduction::None);
        losses.backward(class_weights_.defined() ? class_weights_.index_select(0, chunk.labels).mul_(scale)
                                                 : at::full_like(losses, scale));
        batch.add(logits, losses, chunk.labels);
        if (!several) continue;
        sum_.add_(weights_.gradient());
        if (!running) continue;
        unclipped.add_(weights_.gradient());
        if (const double norm = sum_.norm().item<double>(); clip > 0 && norm > clip)
            sum_.mul_(clip / (norm + 1e-6));
    }
    if (several) weights_.gradient().copy_(sum_);
    if (several && running) unclipped_norm_ = unclipped.norm().item<double>();
    return batch;
}

UpdateFacts Experiment::step(const Evaluation& batch) {
    auto& x = weights_.flat();
    auto& gradient = weights_.gradient();
    const double clip = spec_.regime.params.real("clip_norm");
    UpdateFacts facts{.loss = batch.loss(),
                      .examples = batch.confusion.total(),
                      .lr = spec_.optimizer.params.real("lr"),
                      .whole_set = plan_.whole_set()};
    const double norm = gradient.norm().item<double>();
    facts.gradient_norm = facts.clipped_norm = norm;
    if (!std::isfinite(norm) || !std::isfinite(facts.loss))
        return facts; // the caller ends the run; weights stay as they are
    if (unclipped_norm_) facts.gradient_norm = *unclipped_norm_;
    if (clip > 0 && norm > clip) {
        // 1e-6 as torch.nn.utils.clip_grad_norm_
        const double factor = clip / (norm + 1e-6);
        gradient.mul_(factor);
        facts.clipped_norm = norm * factor;
    }
    const auto before = x.clone();
    optimizer_->step(x, gradient, facts.lr);
    facts.step_length = before.sub_(x).norm().item<double>();
    return facts;
}

const std::vector<Examples>& Experiment::chunks(std::vector<Examples>& kept, const Examples& set) {
    if (kept.empty() && set.size() > 0)
        kept = model_->prepare(set, spec_.regime.params.integer("micro_batch"));
    return kept;
}
const std::vector<Examples>& Experiment::train_chunks() {
    return chunks(train_chunks_, data_.train);
}
const std::vector<Examples>& Experiment::validation_chunks() {
    return chunks(validation_chunks_, data_.validation);
}
const std::vector<Examples>& Experiment::test_chunks() {
    return chunks(test_chunks_, data_.test);
}

} // namespace descent

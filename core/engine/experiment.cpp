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

} // namespace

Experiment::Experiment(const RunSpec& spec, std::stop_token stop)
    : Experiment(spec, registry().task(spec.task.id).load(spec.task.params, stop)) {}

Experiment::Experiment(const RunSpec& spec, TaskData data)
    : spec_(spec)
    , data_(std::move(data))
    , model_(registry().model(spec.model.id).make(spec.model.params, data_.shape))
    , weights_(draw(spec, *model_))
    , optimizer_(registry().optimizer(spec.optimizer.id).make(spec.optimizer.params, weights_.flat()))
    , plan_(data_.train, *model_, spec.regime.params, RandomStream(spec.seed, "order")) {
    data_.inspection.provenance.majority_baseline = majority_baseline(data_);
}

Update Experiment::planned() const {
    if (spec_.budget.updates) return {*spec_.budget.updates};
    return {spec_.budget.epochs.value_or(1) * plan_.updates_per_epoch()};
}

Evaluation Experiment::accumulate() {
    const auto& chunks = plan_.next();
    std::int64_t examples = 0;
    for (const auto& chunk : chunks) examples += chunk.size();
    const bool mean = spec_.regime.params.text("reduction") == "mean";
    const double scale = mean ? 1.0 / static_cast<double>(examples) : 1.0;
    const bool several = chunks.size() > 1;
    if (several && !sum_.defined()) sum_ = at::zeros({weights_.count()}, at::kDouble);
    if (several) sum_.zero_();

    Evaluation batch(data_.shape.classes);
    for (const auto& chunk : chunks) {
        weights_.gradient().zero_();
        const auto logits = model_->logits(weights_, chunk);
        const auto losses = at::cross_entropy_loss(logits, chunk.labels, {}, at::Reduction::None);
        losses.backward(at::full_like(losses, scale));
        batch.add(logits, losses, chunk.labels);
        if (several) sum_.add_(weights_.gradient());
    }
    if (several) weights_.gradient().copy_(sum_);
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

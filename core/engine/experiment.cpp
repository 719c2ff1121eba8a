#include "core/engine/experiment.h"

#include "core/base/format.h"
#include "core/base/length.h"
#include "core/engine/bfloat16.h"
#include "core/engine/clip.h"
#include "core/engine/labels.h"

#include <cmath>

namespace descent {

namespace {

TaskData with_label_noise(TaskData data, const RunSpec& spec) {
    data.train.labels = noisy_labels(data, spec);
    return data;
}

Weights draw(const RunSpec& spec, const Model& model) {
    RandomStream init(spec.seed, "init");
    return {model.weights(), init, precision(spec.regime.params)};
}

} // namespace

Experiment::Experiment(const RunSpec& spec, const Loading& loading)
    : Experiment(spec, registry().task(spec.task.id).load(spec.task.params, loading)) {}

Experiment::Experiment(const RunSpec& spec, TaskData data)
    : spec_(spec)
    , regime_(spec.regime.params)
    , base_lr_(spec.optimizer.params.real("lr"))
    , data_(with_label_noise(std::move(data), spec))
    , model_(registry().model(spec.model.id).make(spec.model.params, data_.shape, spec.seed))
    , weights_(draw(spec, *model_))
    , start_(weights_.flat().clone())
    , optimizer_(fresh_optimizer())
    , plan_(data_.train, data_.variation.get(), *model_, data_.shape.classes, spec)
    , loss_(regime_, data_.shape, class_weights(data_.shape, data_.train.labels, regime_))
    , gradient_(*model_, weights_, plan_, loss_, mask_, spec.seed)
    , averages_(regime_, weights_.flat())
    , plateau_(regime_)
    , early_stop_(regime_, data_.shape.regression())
    , planned_changes_(unwrap(parse_changes(regime_.text("changes"), registry().catalog, spec))) {
    data_.inspection.provenance.majority_baseline = majority_baseline(data_, data_.train.labels);
    if (auto source = model_->source(); !source.line.empty())
        data_.inspection.notes.push_back(std::move(source.line));
    if (const double share = regime_.real("evaluate_share"); share > 0 && goes_by_evaluations(regime_))
        throw InputError(
            "regime.evaluate_share = " + format_number(share) +
            ": the step size or the end of this run goes by its evaluations, so none may be left "
            "out; expected 0");
    if (regime_.text("precision") == "bfloat16") require_bfloat16();
    plan_schedule();
    if (optimizer_->solves_least_squares()) require_least_squares();
    if (prune_level(regime_) == 0) return;
    if (optimizer_->solves_least_squares())
        throw InputError("optimizer " + spec_.optimizer.id +
                         ": it solves for all weights at once and would bring back those that are cut; "
                         "expected regime.prune_level = 0, or an optimizer that takes steps");
    prunable_ = prunable_layers(weights_, regime_);
    mask_.set(at::ones({weights_.count()}, at::kByte)); // until prune() or a checkpoint says what
}

void Experiment::require_bfloat16() const {
    if (!has_bfloat16())
        throw InputError(
            "regime.precision = bfloat16: this processor has no arithmetic for it (AVX-512 BF16); "
            "expected float32 or float64");
    if (!model_->multiplies())
        throw InputError("regime.precision = bfloat16: expected a model whose matrix products are this "
                         "program's own (elman, gru, lstm, crnn-attention), not " +
                         spec_.model.id);
}

std::unique_ptr<Optimizer> Experiment::fresh_optimizer() {
    return registry()
        .optimizer(spec_.optimizer.id)
        .make(spec_.optimizer.params, {weights_.flat(), weights_.shapes()});
}

void Experiment::plan_schedule() {
    const bool by_epoch = regime_.text("schedule_unit") == "epoch";
    schedule_.emplace(regime_, by_epoch ? plan_.planned_epochs(updates_) : planned().count);
}

double Experiment::lr() const {
    const auto t = schedule_->by_epoch() ? plan_.epochs() : updates_.count;
    return base_lr_ * schedule_->factor(t) * plateau_.factor();
}

void Experiment::apply(const Change& change) {
    if (is_length(change.path)) {
        const auto length = budget_of(change);
        if (!length)
            throw InputError(change.path + " = " + change.value + ": expected a whole number of at least 1");
        plan_.set_length(*length);
        go_on();
        plan_schedule();
        return;
    }
    const auto name = change.path.substr(change.path.find('.') + 1);
    const bool of_optimizer = change.path.starts_with("optimizer.");
    const auto* spec =
        registry().catalog.find_param(of_optimizer ? Group::optimizer : Group::regime,
                                      of_optimizer ? spec_.optimizer.id : spec_.regime.id, name);
    if (!spec) throw std::logic_error(change.path + " is not a parameter of this run");
    const auto value = unwrap(parse_value(*spec, change.value, change.path));
    if (of_optimizer) {
        base_lr_ = std::get<double>(value);
        return;
    }
    regime_.values[name] = value;
    if (name != "batch_size") return;
    plan_.set_batch_size(std::get<std::int64_t>(value));
    plan_schedule(); // the run may now have another length
}

Evaluation Experiment::accumulate() {
    lr_ = lr();
    batch_ = plan_.next();
    Evaluation answers(data_.shape.classes, data_.detection.has_value());
    objective_ = gradient_.take(batch_, regime_, lr_, updates_, &answers);
    if (plan_.plain()) early_stop_.observe_training(answers.confusion.accuracy(), updates_);
    if (const double radius = regime_.real("sam_radius"); radius > 0) {
        // Foret et al. 2021: the gradient at the worst place nearby, to first order.
        const at::NoGradGuard no_grad;
        const double norm = weights_.gradient().norm().item<double>();
        if (norm > 0 && std::isfinite(norm)) {
            const KeepWeights keep(weights_);
            weights_.flat().add_(weights_.gradient(), radius / (norm + 1e-12));
            const at::AutoGradMode grad(true);
            gradient_.take(batch_, regime_, lr_, updates_, nullptr);
        }
    }
    return answers;
}

double Experiment::evaluate() {
    const at::AutoGradMode grad(true);
    const double objective = gradient_.take(batch_, regime_, lr_, updates_, nullptr);
    clip(weights_, regime_);
    return objective;
}

/// Whether what is descended is ‖features·Wᵀ − targets‖² and nothing else.
void Experiment::require_least_squares() const {
    const auto refuse = [&](const std::string& what, const std::string& expected) {
        throw InputError("optimizer " + spec_.optimizer.id + ": " + what + "; expected " + expected);
    };
    const auto one = data_.train.slice(0, 1);
    if (!model_->features(one).defined())
        refuse("model '" + spec_.model.id + "' is not linear in its weights", "linear or random-features");
    if (regime_.text("loss") != "mse")
        refuse("regime.loss is " + regime_.text("loss"), "mse, whose least value it finds");
    if (!plan_.whole_set())
        refuse("regime.batch_size is " + std::to_string(plan_.batch_size()) + " of " +
                   format_count(plan_.size()) + " examples",
               "0, the whole training set");
    if (regime_.text("balance") != "none")
        refuse("regime.balance is " + regime_.text("balance"), "none: all examples count alike");
    if (regime_.real("positive_weight") != 1)
        refuse("regime.positive_weight is " + format_number(regime_.real("positive_weight")),
               "1: all examples count alike");
    // What changes labels or gradients has no part in the solution; to pass over it would be to hide it.
    for (const char* name : {"label_smoothing", "penalty", "noise", "sam_radius", "clip_norm", "clip_value",
                             "clip_layer", "clip_agc"})
        if (regime_.real(name) > 0)
            refuse("regime." + std::string(name) + " is " + format_number(regime_.real(name)),
                   "0: it takes no steps down a gradient");
}

Objective::LeastSquares Experiment::least_squares() {
    require_least_squares(); // a change may have been made since the start
    const at::NoGradGuard no_grad;
    std::vector<Tensor> features, targets;
    for (std::int64_t i = 0; i < batch_.chunks; ++i) {
        const auto chunk = plan_.chunk(i);
        const auto like = at::empty({chunk.size(), data_.shape.width()}, at::kDouble);
        features.push_back(model_->features(chunk));
        targets.push_back(loss_.wanted(like, chunk.labels, chunk.targets));
    }
    return {at::cat(features), at::cat(targets)};
}

UpdateFacts Experiment::step(const Evaluation& batch) {
    auto& x = weights_.flat();
    auto& gradient = weights_.gradient();
    UpdateFacts facts{.loss = batch.loss(),
                      .examples = batch.examples,
                      .lr = lr_,
                      .whole_set = plan_.whole_set(),
                      .clips = clips(regime_),
                      .batch_size = plan_.batch_size(),
                      .perfect_at = perfect_at()};
    const auto unclipped = gradient_.unclipped_norm();
    const auto clipped = clip(weights_, regime_);
    facts.gradient_norm = clipped.norm;
    facts.clipped_norm = clipped.clipped;
    if (!std::isfinite(clipped.norm) || !std::isfinite(facts.loss))
        return facts; // the caller ends the run; weights stay as they are
    if (unclipped) facts.gradient_norm = *unclipped;
    gradient_.add_noise(regime_, updates_);
    before_.defined() ? before_.copy_(x) : before_ = x.clone();
    optimizer_->step({x, gradient, lr_, objective_, *this});
    mask_.cut(x); // a rule may mix weights (Muon) or move them without a gradient
    facts.step_length = norm_of(before_.sub_(x));
    ++updates_.count;
    const bool epoch_ended = plan_.between_epochs();
    averages_.observe(x, plan_.passes() / static_cast<double>(plan_.planned_epochs(updates_)), epoch_ended);
    return facts;
}

void Experiment::observe(const Evaluation& train, const Evaluation& validation) {
    plateau_.observe(train.loss());
    early_stop_.observe(validation.loss(), validation.confusion.accuracy(), updates_);
    early_stop_.observe_training(train.confusion.accuracy(), updates_);
}

std::optional<Update> Experiment::perfect_at() const {
    return plan_.plain() ? early_stop_.perfect_at() : std::nullopt;
}

std::vector<Examples> Experiment::sample(std::int64_t most) const {
    const auto all = data_.train.size();
    const auto count = std::min(most, all);
    // Evenly spread over the set, whatever its order.
    const auto indices = at::arange(count, at::kLong).mul_(all).div_(count, "floor");
    return model_->prepare(data_.train.at(indices),
                           model_->ties_examples() ? count : regime_.integer("micro_batch"));
}

std::map<std::string, std::vector<double>> Experiment::counters() const {
    return {{"plateau", plateau_.state()}, {"early-stop", early_stop_.state()}};
}

void Experiment::restore(Update at, const std::map<std::string, std::vector<double>>& counters) {
    updates_ = at;
    if (mask_.cuts()) {
        mask_.set(mask_.kept());
        cut_ = true;
    }
    if (const auto found = counters.find("plateau"); found != counters.end()) plateau_.restore(found->second);
    if (const auto found = counters.find("early-stop"); found != counters.end())
        early_stop_.restore(found->second);
    plan_schedule();
}

Tensor Experiment::statistics() {
    if (!model_->ties_examples()) return {};
    return model_->statistics(weights_, train_chunks().front());
}

const std::vector<Examples>& Experiment::chunks(std::vector<Examples>& kept, const Examples& set) {
    // Statistics are taken of the whole training set at once.
    const bool whole = &kept == &train_chunks_ && model_->ties_examples();
    if (kept.empty() && set.size() > 0)
        kept = model_->prepare(set, whole ? set.size() : regime_.integer("micro_batch"));
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

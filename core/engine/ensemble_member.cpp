#include "core/engine/ensemble_member.h"

#include "core/engine/clip.h"
#include "core/engine/labels.h"
#include "core/engine/registry.h"

namespace descent {

namespace {

Examples with_labels(Examples examples, const Tensor& labels) {
    examples.labels = labels;
    return examples;
}

Schedule schedule_of(const ParamSet& regime, const BatchPlan& plan) {
    return {regime,
            regime.text("schedule_unit") == "epoch" ? plan.planned_epochs({}) : plan.planned({}).count};
}

} // namespace

EnsembleMember::EnsembleMember(RunSpec spec, std::size_t index, const TaskData& data, Tensor labels)
    : spec_(std::move(spec))
    , index_(index)
    , labels_(std::move(labels))
    , class_weights_(descent::class_weights(data.shape, labels_, spec_.regime.params))
    , model_(registry().model(spec_.model.id).make(spec_.model.params, data.shape, spec_.seed))
    , majority_baseline_(descent::majority_baseline(data, labels_))
    , plan_(with_labels(data.train, labels_), nullptr, *model_, data.shape.classes, spec_)
    , loss_(spec_.regime.params, data.shape, class_weights_)
    , classes_(data.shape.classes)
    , schedule_(schedule_of(spec_.regime.params, plan_))
    , plateau_(spec_.regime.params)
    , early_stop_(spec_.regime.params, data.shape.regression())
    , constant_answer_(constant_answer(spec_, data.inspection.provenance.classes))
    , evaluate_every_(spec_.regime.params.integer("evaluate_every"))
    , record_every_(spec_.regime.params.integer("record_every"))
    , clips_(clips(spec_.regime.params))
    , looks_at_weights_(spec_.regime.params.flag("probe_weights"))
    , whole_set_(plan_.plain())
    , constant_(schedule_.constant())
    , may_stop_early_(spec_.regime.params.integer("patience") > 0 ||
                      spec_.regime.params.integer("stop_when_perfect") > 0)
    , base_lr_(spec_.optimizer.params.real("lr"))
    , planned_(plan_.planned({})) {
    matrix_every_ = matrix_interval(evaluate_every_, plan_.planned_epochs({}));
    probes_ = make_probes({spec_, data.inspection.provenance.classes, majority_baseline_, data.detection},
                          recorder_);
}

Tensor EnsembleMember::weights() const {
    RandomStream init(spec_.seed, "init");
    return first_values(model_->weights(), init, precision(spec_.regime.params));
}

std::int64_t EnsembleMember::parameters() const {
    std::int64_t all = 0;
    for (const auto& weight : model_->weights()) all += c10::multiply_integers(weight.shape);
    return all;
}

std::string EnsembleMember::reason() const {
    return updates_ >= planned_ ? "" : early_stop_.reason(updates_).value_or("");
}

void EnsembleMember::answered(std::int64_t right) {
    early_stop_.observe_training(static_cast<double>(right) / static_cast<double>(plan_.size()), updates_);
}

std::optional<Update> EnsembleMember::perfect_at() const {
    return plan_.plain() ? early_stop_.perfect_at() : std::nullopt;
}

bool EnsembleMember::scores_due(bool last) const {
    return classes_ > 0 && (last || descent::scores_due(epoch_, evaluate_every_));
}

void EnsembleMember::evaluated(const Evaluation& train, const Evaluation& validation, const Evaluation* test,
                               const Tensor& weights, double seconds) {
    const bool last = complete();
    if (last) epoch_ = {passes()};
    const double trained = seconds - evaluated_at_;
    plateau_.observe(train.loss());
    early_stop_.observe(validation.loss(), validation.confusion.accuracy(), updates_);
    early_stop_.observe_training(train.confusion.accuracy(), updates_);
    const EvaluationFacts facts{
        .train = train,
        .validation = validation,
        .test = test,
        .examples_per_second = trained > 0 ? static_cast<double>(examples_since_) / trained : 0,
        .keep_matrices = last || static_cast<std::int64_t>(epoch_.passes) % matrix_every_ == 0,
        .perfect_at = perfect_at(),
        .weights = weights,
        .first = updates_ == Update{},
        .last = last};
    recorder_.at(updates_, epoch_, seconds);
    for (const auto& probe : probes_) probe->evaluated(facts, recorder_);
    const double done = last ? 1 : static_cast<double>(updates_.count) / static_cast<double>(planned_.count);
    if (auto hint = constant_answer_.observe(train.loss(), train.confusion, done))
        note(LogLine::Level::warning, *std::move(hint));
    examples_since_ = 0;
    evaluated_at_ = seconds;
}

void EnsembleMember::updated(UpdateFacts facts, double seconds) {
    facts.lr = lr_;
    facts.whole_set = plan_.whole_set();
    facts.clips = clips_;
    facts.batch_size = plan_.batch_size();
    facts.perfect_at = perfect_at();
    if (records() || !facts.finite()) {
        recorder_.at(updates_, epoch_, seconds);
        for (const auto& probe : probes_) probe->updated(facts, recorder_);
    }
    if (facts.finite())
        ++updates_.count;
    else
        change_state(divergence(updates_, facts));
}

void EnsembleMember::note(LogLine::Level level, std::string text) {
    log_.push_back({level, now_ms(), std::move(text)});
}

void EnsembleMember::change_state(StateChange change) {
    state_ = change.state;
    over_ = is_over(state_);
    change_ = std::move(change);
}

std::shared_ptr<MetricBatch> EnsembleMember::take(const RunId& run, double seconds,
                                                  std::optional<double> eta_seconds) {
    if (recorder_.size() == 0 && log_.empty() && !change_) return nullptr;
    auto batch = std::make_shared<MetricBatch>(recorder_.take());
    batch->run = run;
    batch->log = std::exchange(log_, {});
    batch->state = std::exchange(change_, {});
    batch->progress = {updates_, planned_, {passes()}, seconds, {}};
    if (!over_) batch->progress.eta_seconds = eta_seconds;
    return batch;
}

} // namespace descent

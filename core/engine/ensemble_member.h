#pragma once

#include "core/base/schedule.h"
#include "core/engine/batches.h"
#include "core/engine/early_stop.h"
#include "core/engine/ensemble_gradient.h"
#include "core/engine/run_probes.h"

namespace descent {

/// One run within an ensemble: all it has of its own but weights, gradient and optimizer. What it records,
/// and when, is what Trainer records of a run. Thread: the trainer's.
class EnsembleMember {
public:
    /// `index`: its place among the specs that were asked for. Keeps references to nothing but `model`'s
    /// owner, itself. `labels`: its training labels [n]. Throws InputError as Experiment does.
    EnsembleMember(RunSpec spec, std::size_t index, const TaskData& data, Tensor labels);
    EnsembleMember(const EnsembleMember&) = delete;
    EnsembleMember& operator=(const EnsembleMember&) = delete;

    const RunSpec& spec() const { return spec_; }
    std::size_t index() const { return index_; }
    const Model& model() const { return *model_; }
    const LossFunction& loss() const { return loss_; }
    const Tensor& labels() const { return labels_; }
    Tensor weights() const; ///< as training begins from them [own P]
    std::int64_t parameters() const;
    double majority_baseline() const { return majority_baseline_; }
    const BatchPlan& plan() const { return plan_; }
    const Tensor& class_weights() const { return class_weights_; }

    Update updates() const { return updates_; }
    Update planned() const { return planned_; }
    bool over() const { return over_; }
    /// It is to end before another update.
    bool complete() const {
        return updates_ >= planned_ || (may_stop_early_ && early_stop_.reason(updates_));
    }
    /// Why; "" where all are made.
    std::string reason() const;

    /// Before each update: what it sees, and the step size that it will be made with. Returns whether an
    /// evaluation at the weights as they are is due.
    bool begin_update();
    double lr() const { return lr_; }
    bool records() const { return updates_.count % record_every_ == 0; } ///< what this update measures
    /// The gradient's pass has answered the training set as it is, so many of it rightly.
    void answered(std::int64_t right);
    /// answered() still has something to say.
    bool counts_answers() const { return !early_stop_.perfect_at(); }

    /// An evaluation at the weights as they are. `test`: at the end only.
    void evaluated(const Evaluation& train, const Evaluation& validation, const Evaluation* test,
                   const Tensor& weights, double seconds);
    /// Whether the evaluation in hand is to score each example, as scores_due() says of a run alone.
    bool scores_due(bool last) const;
    bool looks_at_weights() const { return looks_at_weights_; } ///< else evaluated() needs none
    /// After a step of which nothing is measured: it is not one that records().
    void updated() { ++updates_.count; }
    /// After the step, or in place of it where `facts` are not finite: then the run is over. `facts` without
    /// what the plan knows. `seconds`: since training began.
    void updated(UpdateFacts facts, double seconds);

    void note(LogLine::Level level, std::string text);
    void change_state(StateChange change);
    RunState state() const { return state_; }
    /// What has been collected since the last time; null where nothing was.
    std::shared_ptr<MetricBatch> take(const RunId& run, double seconds, std::optional<double> eta_seconds);
    std::size_t samples() const { return recorder_.size(); }

private:
    std::optional<Update> perfect_at() const;
    /// Of the training set, made so far; fractional inside an epoch.
    double passes() const { return whole_set_ ? static_cast<double>(begun_) : plan_.passes(); }
    std::int64_t epochs() const { return whole_set_ ? begun_ : plan_.epochs(); }

    RunSpec spec_;
    std::size_t index_;
    Tensor labels_, class_weights_;
    std::unique_ptr<Model> model_;
    double majority_baseline_;
    BatchPlan plan_;
    LossFunction loss_;
    std::int64_t classes_;
    Schedule schedule_;
    Plateau plateau_;
    EarlyStop early_stop_;
    ConstantAnswer constant_answer_;
    Recorder recorder_;
    std::vector<std::unique_ptr<Probe>> probes_;
    std::int64_t evaluate_every_, record_every_, matrix_every_;
    bool clips_, looks_at_weights_;
    bool whole_set_;                 ///< each update is an epoch, of the training set as it is
    bool constant_, may_stop_early_; ///< the schedule; what the regime asks for
    double base_lr_, lr_ = 0;
    Update updates_{}, planned_{};
    std::int64_t begun_ = 0; ///< updates; where it diverges, one more than were made
    Epoch epoch_{};          ///< of the update in hand
    std::int64_t examples_since_ = 0;
    double evaluated_at_ = 0;
    std::vector<LogLine> log_;
    std::optional<StateChange> change_;
    RunState state_ = RunState::queued;
    bool over_ = false;
};

// For every member at every update: here, where the compiler sees them together.

inline bool EnsembleMember::begin_update() {
    const bool due = (whole_set_ || plan_.between_epochs()) && epochs() % evaluate_every_ == 0;
    epoch_ = {passes()};
    lr_ = base_lr_ * plateau_.factor();
    if (!constant_)
        lr_ =
            base_lr_ * schedule_.factor(schedule_.by_epoch() ? epochs() : updates_.count) * plateau_.factor();
    ++begun_;
    examples_since_ += whole_set_ ? plan_.size() : plan_.next().examples;
    return due;
}

} // namespace descent

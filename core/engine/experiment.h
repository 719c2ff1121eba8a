#pragma once

#include "core/base/change.h"
#include "core/base/pruning.h"
#include "core/base/schedule.h"
#include "core/engine/averages.h"
#include "core/engine/early_stop.h"
#include "core/engine/gradient.h"
#include "core/engine/pruning.h"
#include "core/engine/registry.h"
#include "core/probes/probe.h"

#include <map>
#include <memory>

namespace descent {

/// A spec made real: data, model, weights, optimizer and the plan of batches, and the arithmetic of one
/// update. Knows nothing of threads, stores or time. Thread: one at a time.
class Experiment : private Objective {
public:
    /// Reads the data and draws the weights. Throws InputError for unusable data or parameters.
    explicit Experiment(const RunSpec& spec, const Loading& loading = {});
    /// The same on data already read.
    Experiment(const RunSpec& spec, TaskData data);
    Experiment(const Experiment&) = delete; // the plan refers to the data and the model
    Experiment& operator=(const Experiment&) = delete;

    const RunSpec& spec() const { return spec_; }
    const TaskData& data() const { return data_; }
    const Model& model() const { return *model_; }
    Weights& weights() { return weights_; }
    const Weights& weights() const { return weights_; }
    Optimizer& optimizer() { return *optimizer_; }
    BatchPlan& plan() { return plan_; }
    const BatchPlan& plan() const { return plan_; }
    Averages& averages() { return averages_; }

    Update updates() const { return updates_; }                ///< made so far
    Update planned() const { return plan_.planned(updates_); } ///< from the budget
    const ParamSet& regime() const { return regime_; }         ///< in force: the spec's, with changes
    /// The step size that the next update will be made with: the optimizer's lr times schedule and plateau.
    double lr() const;

    /// Changes planned by the spec, in order.
    const std::vector<Change>& planned_changes() const { return planned_changes_; }
    /// Puts one in force. It must have been checked.
    void apply(const Change& change);

    /// The next batch's gradient into weights().gradient(). Returns loss and answers over the batch, at the
    /// weights as they are; the loss is that of the examples as they come, class weights left out.
    Evaluation accumulate();
    /// The gradient's norm, the clip, the noise, the optimizer's step.
    UpdateFacts step(const Evaluation& batch);
    /// After an evaluation: what a plateau and early stopping go by.
    void observe(const Evaluation& train, const Evaluation& validation);
    /// Why the run should end now, if it should.
    std::optional<std::string> stop_early() const { return early_stop_.reason(updates_); }
    /// Takes that reason away, where there is one: the run is wanted to go on.
    void go_on() {
        if (stop_early()) early_stop_.go_on();
    }
    /// The first update count whose weights answered the whole training set rightly, as far as the plan lets
    /// each update see it as it is.
    std::optional<Update> perfect_at() const;

    const LossFunction& loss() const { return loss_; }
    /// Each example's contribution to the loss that is descended [n], differentiable in the weights: as the
    /// regime's loss, smoothing and class weights say. `outputs` [n × classes].
    Tensor losses(const Tensor& outputs, const Examples& examples) const {
        return loss_.descended(outputs, examples.labels, examples.targets);
    }
    /// Up to `most` examples of the training set, unvaried and without dropout, in chunks as the model likes
    /// them: the same ones at each call.
    std::vector<Examples> sample(std::int64_t most) const;
    /// The weights that training began from [P], also in a resumed run.
    const Tensor& start() const { return start_; }

    /// Makes a network whose spec prunes it from its trained parent: cuts, goes back to the weights that the
    /// spec says, and begins there with a fresh optimizer. For late rewinding it first makes the dense
    /// network's updates, `loading` told how far they are. Before the first update, on the thread and with
    /// the threads that it will train with.
    void prune(const TrainedNetwork& parent, const Loading& loading = {});
    /// The update that training begins at.
    Update begin() const { return {prune_begin(spec_.regime.params)}; }
    const Mask& mask() const { return mask_; }
    /// What may be cut; empty for a dense network.
    const std::vector<PrunableLayer>& prunable() const { return prunable_; }
    /// Throws std::logic_error where the weights are not those of the network that the spec says.
    void require_pruned() const;

    /// What evaluate() normalises examples by, at the weights as they are; undefined for most models.
    Tensor statistics();
    const std::vector<Examples>& train_chunks(); ///< prepared when first asked for
    const std::vector<Examples>& validation_chunks();
    const std::vector<Examples>& test_chunks();

    /// What a checkpoint keeps beside weights, optimizer, averages and the plan: counters by name.
    std::map<std::string, std::vector<double>> counters() const;
    /// `at`: updates made. Names that are not there leave what they would set.
    void restore(Update at, const std::map<std::string, std::vector<double>>& counters);

private:
    double evaluate() override; // the objective, asked again within a step
    LeastSquares least_squares() override;
    void require_least_squares() const;
    void require_bfloat16() const;
    std::unique_ptr<Optimizer> fresh_optimizer();
    void train_dense(Update until, const Loading& loading);
    const std::vector<Examples>& chunks(std::vector<Examples>& kept, const Examples& set);
    void plan_schedule();

    RunSpec spec_;
    ParamSet regime_;
    double base_lr_;
    TaskData data_;
    std::unique_ptr<Model> model_;
    Weights weights_;
    std::vector<PrunableLayer> prunable_;
    Mask mask_;
    bool cut_ = false; // it is that of the spec
    Tensor start_;
    std::unique_ptr<Optimizer> optimizer_;
    BatchPlan plan_;
    LossFunction loss_;
    Gradient gradient_;
    Averages averages_;
    Plateau plateau_;
    EarlyStop early_stop_;
    std::optional<Schedule> schedule_;
    std::vector<Change> planned_changes_;
    Update updates_{};
    BatchPlan::Batch batch_{}; // in hand
    Tensor before_;            // the weights before a step, and then the step
    double lr_ = 0;            // of the update in hand
    double objective_ = 0;     // its loss, as descended
    std::vector<Examples> train_chunks_, validation_chunks_, test_chunks_;
};

} // namespace descent

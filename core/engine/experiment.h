#pragma once

#include "core/engine/batches.h"
#include "core/engine/evaluation.h"
#include "core/engine/registry.h"
#include "core/probes/probe.h"

#include <memory>

namespace descent {

/// A spec made real: data, model, weights, optimizer and the plan of batches, and the arithmetic of one
/// update. Knows nothing of threads, stores or time. Thread: one at a time.
class Experiment {
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
    Optimizer& optimizer() { return *optimizer_; }
    BatchPlan& plan() { return plan_; }
    Update planned() const; ///< from the budget

    /// The next batch's gradient into weights().gradient(), exact over any number of chunks: their sum is
    /// kept in double. Returns loss and answers over the batch, at the weights as they are; the loss is that
    /// of the examples as they come, class weights left out.
    Evaluation accumulate();
    /// The gradient's norm, the clip, the optimizer's step.
    UpdateFacts step(const Evaluation& batch);

    const std::vector<Examples>& train_chunks(); ///< prepared when first asked for
    const std::vector<Examples>& validation_chunks();
    const std::vector<Examples>& test_chunks();

private:
    const std::vector<Examples>& chunks(std::vector<Examples>& kept, const Examples& set);

    RunSpec spec_;
    TaskData data_;
    std::unique_ptr<Model> model_;
    Weights weights_;
    std::unique_ptr<Optimizer> optimizer_;
    BatchPlan plan_;
    Tensor class_weights_;                 // [classes], where losses are weighted
    Tensor sum_;                           // double [P]: the gradient over several chunks
    std::optional<double> unclipped_norm_; // of this update's gradient, where the running sum was clipped
    std::vector<Examples> train_chunks_, validation_chunks_, test_chunks_;
};

} // namespace descent

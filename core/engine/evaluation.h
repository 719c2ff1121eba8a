#pragma once

#include "core/analysis/class_scores.h"
#include "core/engine/loss.h"
#include "core/models/model.h"

#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

namespace descent {

/// Loss and answers over a set of examples, summed in double.
struct Evaluation {
    double loss_sum = 0; ///< cross-entropy in nats, or whatever the regime's loss is
    std::int64_t examples = 0;
    Confusion confusion; ///< of no classes for a regression
    bool keeps_logits = false;
    std::vector<double> logits;        ///< [n × classes], in the examples' order, if kept
    std::vector<std::int64_t> labels;  ///< [n], likewise
    std::optional<ClassScores> scores; ///< where they were asked for

    explicit Evaluation(std::int64_t classes = 0, bool keep_logits = false)
        : confusion(classes)
        , keeps_logits(keep_logits) {}
    /// Mean over the examples: not the mean of chunk means.
    double loss() const { return loss_sum / static_cast<double>(examples); }
    /// `outputs` [n × classes]: the logits; `losses` [n]: each example's; `answers` [n], undefined for a
    /// regression.
    void add(const Tensor& outputs, const Tensor& losses, const Tensor& truths, const Tensor& answers);
};

/// What an evaluation keeps of each example, in the order of the examples passed over.
struct Keeping {
    bool logits = false, scores = false;  ///< scores: of tasks with classes
    std::function<void()> before_chunk{}; ///< may throw, and so end it
};

/// Forward passes only. `statistics`: Model::statistics at these weights. Thread: any, one set of weights at
/// a time.
Evaluation evaluate(const Model& model, const Weights& weights, const LossFunction& loss,
                    const std::vector<Examples>& chunks, std::int64_t classes, Keeping keeping = {},
                    const Tensor& statistics = {});

} // namespace descent

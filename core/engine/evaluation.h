#pragma once

#include "core/analysis/confusion.h"
#include "core/models/model.h"

#include <stop_token>
#include <vector>

namespace descent {

/// Loss and answers over a set of examples, summed in double.
struct Evaluation {
    double loss_sum = 0; ///< nats
    Confusion confusion;

    explicit Evaluation(std::int64_t classes = 0) : confusion(classes) {}
    /// Mean over the examples: not the mean of chunk means.
    double loss() const { return loss_sum / static_cast<double>(confusion.total()); }
    /// `losses` [n]: each example's cross-entropy.
    void add(const Tensor& logits, const Tensor& losses, const Tensor& labels);
};

/// Forward passes only. Thread: any, one set of weights at a time.
Evaluation evaluate(const Model& model, const Weights& weights, const std::vector<Examples>& chunks,
                    std::int64_t classes);

} // namespace descent

#pragma once

#include "core/engine/evaluation.h"
#include "core/tasks/task.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace descent {

/// What one pass over a set says of each of K members.
struct MemberSums {
    std::vector<double> loss;            ///< as reported, summed over the examples [K]
    std::vector<std::int64_t> confusion; ///< [K × C × C], row = true class; empty for a regression
};

/// K networks of one family side by side: their weights are [K, P], where P is the widest member's number of
/// weights. A narrower one's lie in the leading corner of each weight, and what is outside of them stays 0,
/// as does its gradient.
struct MemberLayout {
    std::int64_t members = 0;
    std::vector<WeightSpec> weights;                         ///< of the widest, in order
    std::vector<std::vector<std::vector<std::int64_t>>> own; ///< [K][weight]: its own shape
    std::int64_t count() const;                              ///< P
};

/// Losses and gradients of K members at their weights in one pass. All members see the same inputs, each with
/// labels or targets of its own. Thread: the trainer's.
class EnsembleGradient {
public:
    virtual ~EnsembleGradient() = default;

    /// A tensor [K, P] of zeros with the strides that this implementation likes (members innermost, say);
    /// weights, gradients and, by zeros_like, optimizer states are made with it.
    virtual Tensor buffer() const = 0;

    /// Gradient of each member's descended loss over its training set into `gradient` [K, P], padding 0.
    virtual void take(const Tensor& weights, Tensor& gradient, MemberSums& sums) = 0;
    /// The same over a mini-batch: member k's are the training examples at indices[k] (int64 [K, b]). Throws
    /// std::logic_error where only the whole set can be taken.
    virtual void take_batch(const Tensor& weights, const Tensor& indices, Tensor& gradient, MemberSums& sums);

    enum class Side { train, validation, test };
    /// Forward only, of the set as it comes.
    virtual void evaluate(const Tensor& weights, Side side, MemberSums& sums) = 0;

    /// From now on only these members (indices into those of now, rising) take part: K shrinks, and so do the
    /// buffers that are made and given.
    virtual void keep(const std::vector<std::int64_t>& members) = 0;
};

/// What members have in common beyond their family, and what each has of its own.
struct EnsembleProblem {
    std::vector<const RunSpec*> specs; ///< of one family (core/engine/ensemble.h)
    const TaskData& data;              ///< as loaded; its labels before any noise
    std::vector<Tensor> labels;        ///< int64 [n] each: training labels with the member's noise
    std::vector<Tensor> class_weights; ///< [classes] each, or undefined: of the descended loss
    MemberLayout layout;
};

/// Through LibTorch: batched products and autograd. Any model whose Model::ensemble_logits is defined.
std::unique_ptr<EnsembleGradient> make_torch_ensemble(const EnsembleProblem& problem);
/// Members in SIMD lanes, for MLPs (core/engine/lanes.h); null where the problem is none for it.
std::unique_ptr<EnsembleGradient> make_lane_ensemble(const EnsembleProblem& problem);

} // namespace descent

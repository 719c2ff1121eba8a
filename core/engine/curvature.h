#pragma once

#include "core/engine/experiment.h"

#include <functional>
#include <vector>

namespace descent {

/// The loss that is descended as a function of the weights: the mean of Experiment::losses over fixed,
/// unvaried examples. Everything is taken at the experiment's weights as they are when asked; weights, their
/// gradient buffers and random streams are left alone. Sums over chunks are kept in double. Thread: the
/// trainer's.
class SampleLoss {
public:
    /// Keeps a reference to `experiment`.
    SampleLoss(Experiment& experiment, std::vector<Examples> chunks);

    Experiment& experiment() const { return experiment_; }
    const std::vector<Examples>& chunks() const { return chunks_; }
    std::int64_t examples() const { return examples_; }

    double value() const;    ///< nats; a forward pass
    Tensor gradient() const; ///< double [P]; a gradient

private:
    friend class Hessian;
    Tensor share(const Examples& chunk) const; // of the mean: its losses' sum over all examples
    Experiment& experiment_;
    std::vector<Examples> chunks_;
    std::int64_t examples_ = 0;
};

/// The Hessian of a SampleLoss at the weights of the moment, by its products with vectors: Pearlmutter 1994,
/// by double backward. A sample of one chunk keeps the graph of its gradient, so that a product costs about
/// two gradients (1.2 to 2.9 by model); with several each is built anew, to bound the memory, at one or two
/// more. The weights must not change while it lives.
class Hessian {
public:
    explicit Hessian(const SampleLoss& loss);
    /// H·v, double [P]; `v` [P] of any floating type.
    Tensor operator()(const Tensor& v) const;

private:
    Tensor gradient(const Examples& chunk) const; // [P], differentiable
    const SampleLoss& loss_;
    Tensor kept_;
};

/// v ↦ P^-½ H P^-½ v, double [P], with the diagonal `p` [P] of a preconditioner; coordinates in which that is
/// 0, where nothing has moved yet, are left out. Keeps a reference to `hessian`.
std::function<Tensor(const Tensor&)> preconditioned(const Hessian& hessian, const Tensor& p);

/// What the mean loss over examples has to be multiplied with to be the loss whose gradient an update
/// follows: 1 for the mean, the update's examples for the sum, its micro-batches for the sum of their means.
double update_scale(const Experiment& experiment);

/// Examples that instruments go by, as a share of the training set: the cost of one of their gradients.
double sample_share(const Experiment& experiment);

} // namespace descent

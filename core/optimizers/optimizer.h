#pragma once

#include "core/base/catalog.h"
#include "core/engine/torch.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace descent {

/// The loss that is descended, for rules that ask it again at other weights within one step (line searches,
/// Runge–Kutta).
class Objective {
public:
    virtual ~Objective() = default;
    /// The loss of this update's examples at the weights as they now are; its gradient, as training uses it
    /// (regularized, clipped), replaces what is in the gradient buffer.
    virtual double evaluate() = 0;
    /// The same as a linear least-squares problem, where it is one: descending the squared error of a model
    /// that is linear in its weights. Throws InputError where it is not.
    struct LeastSquares {
        Tensor features; ///< [n, F]
        Tensor targets;  ///< [n, outputs]; the weights are [outputs, F]
    };
    virtual LeastSquares least_squares() {
        throw InputError(
            "optimizer.least-squares: expected a model that is linear in its weights and the whole "
            "squared error");
    }
};

/// One step to make. Weights and gradient are [P], or [K, P] for K networks of one family trained as one:
/// elementwise arithmetic holds for both, and norms and products are taken over the last dimension.
struct Step {
    Tensor& weights;  ///< changed in place
    Tensor& gradient; ///< at the weights; may be overwritten
    double lr = 0;    ///< ≥ 0, the step size now in force
    double loss = 0;  ///< at the weights
    Objective& objective;
};

/// What an optimizer must know of the weights it will be given.
struct WeightLayout {
    Tensor like;                                   ///< of their size and type
    std::vector<std::vector<std::int64_t>> shapes; ///< of each weight, in order, along the last dimension
};

/// An update rule with its parameters; its state belongs to one run. Thread: the trainer's.
class Optimizer {
public:
    virtual ~Optimizer() = default;
    virtual void step(const Step& step) = 0;
    /// The state by name, in a fixed order; the tensors are the live ones, so that copying into them restores
    /// it exactly. Shapes and types never change.
    virtual std::vector<std::pair<std::string, Tensor>> state() = 0;

    /// Asks Objective::least_squares: checked where a run begins, rather than at its first update.
    virtual bool solves_least_squares() const { return false; }

    /// Largest Hessian eigenvalue at which the rule is still stable on a quadratic, where that is known:
    /// 2/lr for gradient descent, (2 + 2β)/lr with momentum β. Of the preconditioned Hessian where there is a
    /// preconditioner.
    virtual std::optional<double> stability_limit(double lr) const {
        (void)lr;
        return std::nullopt;
    }
    /// Diagonal P of the rule x ← x − lr·P⁻¹m, of the weights' shape; undefined where there is none.
    virtual Tensor preconditioner() const { return {}; }
};

struct OptimizerDefinition {
    Entry entry; ///< every optimizer has a real parameter "lr"
    std::function<std::unique_ptr<Optimizer>(const ParamSet&, const WeightLayout&)> make;
};

} // namespace descent

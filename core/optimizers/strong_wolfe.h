#pragma once

#include "core/optimizers/optimizer.h"

namespace descent {

/// The minimum of the cubic through two points with values and slopes, cut to [least, most]; the middle where
/// the cubic has none.
double cubic_minimum(double x1, double f1, double g1, double x2, double f2, double g2, double least,
                     double most);

struct LineSearch {
    double loss, step;
    Tensor gradient; ///< at the step
    std::int64_t evaluations;
};

/// A step t along `direction` [P] with f(t) ≤ f(0) + c₁·t·f′(0) and |f′(t)| ≤ c₂·|f′(0)|, c₁ = 1e-4 and c₂ =
/// 0.9, first trying `t`; `loss` and `slope` are f(0) and f′(0). After 25 evaluations, or where the bracket
/// times the direction is below `tolerance_change`, the best so far. Nocedal & Wright 2006, algorithms 3.5
/// and 3.6, in the form of torch.optim.LBFGS. Leaves the weights as they were; s.gradient is overwritten.
LineSearch strong_wolfe(const Step& s, const Tensor& direction, double t, double loss, double slope,
                        double tolerance_change);

} // namespace descent

#include "core/engine/registry.h"
#include "core/optimizers/strong_wolfe.h"

#include <algorithm>
#include <cmath>

namespace descent {

namespace {

/// x ← x − t·Hg with H, the inverse Hessian, from the last steps s and changes of the gradient y: Liu &
/// Nocedal 1989; the line search: Nocedal & Wright 2006, algorithms 3.5 and 3.6. Iterations, tests of
/// convergence and their order are torch.optim.LBFGS's; its first evaluation is the gradient that the update
/// comes with, the others are asked of the objective. One network at a time: step sizes are single numbers.
class Lbfgs : public Optimizer {
public:
    Lbfgs(const ParamSet& p, const Tensor& like)
        : max_iter_(p.integer("max_iter"))
        , max_eval_(p.integer("max_eval") > 0 ? p.integer("max_eval") : max_iter_ * 5 / 4)
        , history_(p.integer("history_size"))
        , tolerance_grad_(p.real("tolerance_grad"))
        , tolerance_change_(p.real("tolerance_change"))
        , search_(p.text("line_search_fn") == "strong-wolfe")
        , direction_(at::zeros_like(like))
        , previous_(at::zeros_like(like))
        , changes_(at::zeros({history_, like.numel()}, like.options()))
        , steps_(at::zeros_like(changes_))
        , curvatures_(at::zeros({history_}, at::kDouble))
        , numbers_(at::zeros({2}, at::kDouble))
        , counts_(at::zeros({3}, at::kLong)) {
        if (like.dim() != 1) throw std::logic_error("L-BFGS descends one network at a time");
    }

    void step(const Step& s) override {
        auto& x = s.weights;
        auto& g = s.gradient;
        double loss = s.loss;
        std::int64_t evaluations = 1;
        if (s.lr <= 0 || largest(g) <= tolerance_grad_) return;
        for (std::int64_t n = 1; n <= max_iter_; ++n) {
            const bool first = count(kIterations)++ == 0;
            if (first)
                direction_.copy_(g).neg_();
            else
                aim(g);
            previous_.copy_(g);
            const double before = loss;
            double& t = number(kStep);
            t = first ? std::min(1.0, 1 / g.abs().sum().item<double>()) * s.lr : s.lr;
            const double slope = g.dot(direction_).item<double>();
            if (slope > -tolerance_change_) break;

            if (search_) {
                const auto found = strong_wolfe(s, direction_, t, loss, slope, tolerance_change_);
                loss = found.loss;
                t = found.step;
                evaluations += found.evaluations;
                x.add_(direction_, t);
                g.copy_(found.gradient);
            } else {
                x.add_(direction_, t);
                if (n == max_iter_) break; // the next update asks anyway
                loss = s.objective.evaluate();
                ++evaluations;
            }
            if (n == max_iter_ || evaluations >= max_eval_ || largest(g) <= tolerance_grad_ ||
                largest(direction_) * std::abs(t) <= tolerance_change_ ||
                std::abs(loss - before) < tolerance_change_)
                break;
        }
    }

    std::vector<std::pair<std::string, Tensor>> state() override {
        return {{"d", direction_},    {"prev_flat_grad", previous_}, {"old_dirs", changes_},
                {"old_stps", steps_}, {"ro", curvatures_},           {"t_and_h_diag", numbers_},
                {"counts", counts_}};
    }

private:
    enum Count { kIterations, kHeld, kOldest };
    enum Number { kStep, kScale };
    std::int64_t& count(Count which) { return counts_.data_ptr<std::int64_t>()[which]; }
    double& number(Number which) { return numbers_.data_ptr<double>()[which]; }
    static double largest(const Tensor& t) { return t.abs().max().item<double>(); }

    /// Row of the i-th pair, the oldest first.
    std::int64_t row(std::int64_t i) { return (count(kOldest) + i) % history_; }

    /// Remembers the last step and sets the direction −Hg.
    void aim(const Tensor& g) {
        const auto y = g.sub(previous_), s = direction_.mul(number(kStep));
        const double ys = y.dot(s).item<double>();
        auto& held = count(kHeld);
        if (ys > 1e-10) {
            if (held == history_) {
                count(kOldest) = row(1);
                --held;
            }
            const auto newest = row(held++);
            changes_[newest].copy_(y);
            steps_[newest].copy_(s);
            curvatures_[newest].fill_(1 / ys);
            number(kScale) = ys / y.dot(y).item<double>();
        }
        const auto* ro = curvatures_.data_ptr<double>();
        std::vector<double> share(static_cast<std::size_t>(held));
        direction_.copy_(g).neg_();
        for (std::int64_t i = held - 1; i >= 0; --i) {
            const double a = steps_[row(i)].dot(direction_).item<double>() * ro[row(i)];
            direction_.add_(changes_[row(i)], -a);
            share[static_cast<std::size_t>(i)] = a;
        }
        if (held > 0) direction_.mul_(number(kScale));
        for (std::int64_t i = 0; i < held; ++i) {
            const double b = changes_[row(i)].dot(direction_).item<double>() * ro[row(i)];
            direction_.add_(steps_[row(i)], share[static_cast<std::size_t>(i)] - b);
        }
    }

    std::int64_t max_iter_, max_eval_, history_;
    double tolerance_grad_, tolerance_change_;
    bool search_;
    Tensor direction_, previous_, changes_, steps_, curvatures_, numbers_, counts_;
};

} // namespace

OptimizerDefinition optimizer_lbfgs() {
    return {
        {.id = "lbfgs",
         .title = "L-BFGS",
         .summary = "Quasi-Newton: learns the curvature from the last steps; for full batch",
         .params =
             {real("lr", 1, "Step size, and the first that a line search tries").at_least(0).log(),
              integer("max_iter", 20, "Iterations in one update, which so asks the loss several times")
                  .at_least(1)
                  .log(),
              integer("max_eval", 0,
                      "Evaluations of the loss in one update after which no iteration begins; 0 is 1.25 "
                      "times max_iter")
                  .at_least(0),
              real("tolerance_grad", 1e-7, "An update ends where no slope is larger").at_least(0).log(),
              real("tolerance_change", 1e-9, "An update ends where loss and weights change less")
                  .at_least(0)
                  .log(),
              integer("history_size", 100,
                      "Past steps kept; each takes twice the memory of the weights, here and in checkpoints")
                  .at_least(1)
                  .at_most(10000),
              choice("line_search_fn", "none", {"none", "strong-wolfe"},
                     "Move by lr, or find a step that satisfies the strong Wolfe conditions")},
         .formula = "s = Δx, y = Δ∇f of the last steps;  H from H₀ = (sᵀy / yᵀy)·I by "
                    "H ← (I − ρ·s·yᵀ)·H·(I − ρ·y·sᵀ) + ρ·s·sᵀ, ρ = 1/(yᵀs);  x ← x − t·H·∇f"},
        [](const ParamSet& p, const WeightLayout& layout) {
            return std::make_unique<Lbfgs>(p, layout.like);
        }};
}

} // namespace descent

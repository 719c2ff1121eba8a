#include "core/engine/registry.h"

#include <algorithm>
#include <cmath>

namespace descent {

namespace {

/// An embedded explicit Runge–Kutta pair whose last stage is the next step's first.
struct Pair {
    std::vector<std::vector<double>> stages; ///< row i: the weights of slopes 0 … i for stage i + 1
    std::vector<double> error;               ///< of all slopes: higher-order step less the lower-order one
    double power; ///< of the step size in the error, less or more: −1/(order + 1)
};

/// Bogacki & Shampine 1989: order 3 with an error estimate of order 2.
const Pair kBogackiShampine{{{1.0 / 2}, {0, 3.0 / 4}, {2.0 / 9, 1.0 / 3, 4.0 / 9}},
                            {5.0 / 72, -1.0 / 12, -1.0 / 9, 1.0 / 8},
                            -1.0 / 3};

/// Dormand & Prince 1980: order 5 with an error estimate of order 4.
const Pair kDormandPrince{
    {{1.0 / 5},
     {3.0 / 40, 9.0 / 40},
     {44.0 / 45, -56.0 / 15, 32.0 / 9},
     {19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729},
     {9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656},
     {35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84}},
    {-71.0 / 57600, 0, 71.0 / 16695, -71.0 / 1920, 17253.0 / 339200, -22.0 / 525, 1.0 / 40},
    -1.0 / 5};

/// dx/dt = −∇f(x), followed for a time of lr at each update: what gradient descent is as its step size goes
/// to 0. Steps are as long as the estimated error allows, at most atol + rtol·|x| in the root mean square
/// (Hairer, Nørsett & Wanner 1993, II.4), with the factors 0.9, 0.2 and 10 that SciPy's solvers use.
///
/// An update asks the loss several times; one that is not through after max_evaluations throws InputError,
/// for less time than lr would pass unseen otherwise. One network at a time: the step size is a single
/// number.
class GradientFlow : public Optimizer {
public:
    GradientFlow(const ParamSet& p, const Tensor& like)
        : pair_(p.text("method") == "dormand-prince" ? kDormandPrince : kBogackiShampine)
        , rtol_(p.real("rtol"))
        , atol_(p.real("atol"))
        , most_(p.integer("max_evaluations"))
        , next_(at::zeros({1}, at::kDouble)) {
        if (like.dim() != 1) throw std::logic_error("gradient flow follows one network at a time");
    }

    void step(const Step& s) override {
        auto& [x, g, lr, loss, objective] = s;
        if (lr <= 0) return;
        double h = next_.item<double>(), done = 0;
        if (h <= 0) h = first_step(x, g);
        std::int64_t asked = 0;
        bool refused = false;
        std::vector<Tensor> slopes(pair_.error.size());
        slopes.front() = g.neg();
        while (done < lr) {
            const bool last = done + h >= lr;
            if (last) h = lr - done;
            const auto from = x.clone();
            for (std::size_t stage = 0; stage < pair_.stages.size(); ++stage) {
                if (asked++ >= most_) give_up(lr);
                auto move = at::zeros_like(x);
                for (std::size_t k = 0; k <= stage; ++k) move.add_(slopes[k], pair_.stages[stage][k]);
                x.copy_(from).add_(move, h);
                objective.evaluate();
                slopes[stage + 1] = g.neg();
            }
            const double error = h * scaled_error(slopes, from, x);
            if (error < 1) {
                done = last ? lr : done + h;
                const double factor = error == 0 ? 10 : std::min(10.0, 0.9 * std::pow(error, pair_.power));
                h *= refused ? std::min(1.0, factor) : factor;
                refused = false;
                slopes.front() = slopes.back();
            } else {
                // A NaN compares false and comes here too.
                const double factor = 0.9 * std::pow(error, pair_.power);
                h *= factor > 0.2 ? factor : 0.2;
                refused = true;
                x.copy_(from);
            }
        }
        next_.fill_(h);
    }

    std::vector<std::pair<std::string, Tensor>> state() override { return {{"step_size", next_}}; }

private:
    static double root_mean_square(const Tensor& t) {
        return t.norm().item<double>() / std::sqrt(static_cast<double>(std::max<std::int64_t>(1, t.numel())));
    }

    double first_step(const Tensor& x, const Tensor& g) const {
        const auto scale = x.abs().mul_(rtol_).add_(atol_);
        const double size = root_mean_square(x / scale), slope = root_mean_square(g / scale);
        return size < 1e-5 || slope < 1e-5 ? 1e-6 : 0.01 * size / slope;
    }

    /// Per unit of step size.
    double scaled_error(const std::vector<Tensor>& slopes, const Tensor& from, const Tensor& to) const {
        auto error = at::zeros_like(from);
        for (std::size_t k = 0; k < slopes.size(); ++k) error.add_(slopes[k], pair_.error[k]);
        return root_mean_square(error.div_(at::maximum(from.abs(), to.abs()).mul_(rtol_).add_(atol_)));
    }

    [[noreturn]] void give_up(double time) const {
        throw InputError(
            "gradient flow: " + to_string(Value{most_}) + " evaluations did not cover a time of " +
            to_string(Value{time}) +
            "; expected a lower optimizer.lr, a larger optimizer.max_evaluations or optimizer.rtol");
    }

    const Pair& pair_;
    double rtol_, atol_;
    std::int64_t most_;
    Tensor next_; // the step size to go on with, 0 before the first update
};

} // namespace

OptimizerDefinition optimizer_gradient_flow() {
    return {
        {.id = "gradient-flow",
         .title = "Gradient flow",
         .summary =
             "Gradient descent with steps going to 0, by Runge–Kutta with error control; for full batch",
         .params = {real("lr", 0.1,
                         "Time that an update follows the flow for; it asks the loss several times")
                        .at_least(0)
                        .log(),
                    choice("method", "bogacki-shampine", {"bogacki-shampine", "dormand-prince"},
                           "Order 3, best where stability limits the steps, or order 5, for small errors"),
                    real("rtol", 1e-3, "Error allowed in a step, relative to each weight").at_least(0).log(),
                    real("atol", 1e-6, "Error allowed in a step, besides").above(0).log(),
                    integer("max_evaluations", 10000,
                            "Evaluations of the loss after which an update gives up and the run ends")
                        .at_least(6)
                        .log()},
         .formula = "dx/dt = −∇f(x) for a time of lr:  kᵢ = −∇f(x + h·Σⱼ aᵢⱼ·kⱼ);  x ← x + h·Σᵢ bᵢ·kᵢ, "
                    "h such that the error is below atol + rtol·|x|"},
        [](const ParamSet& p, const WeightLayout& layout) {
            return std::make_unique<GradientFlow>(p, layout.like);
        }};
}

} // namespace descent

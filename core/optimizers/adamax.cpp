#include "core/engine/registry.h"
#include "core/optimizers/update_count.h"

#include <cmath>

namespace descent {

namespace {

/// m ← β₁m + (1 − β₁)g; u ← max(β₂u, |g| + ε); x ← x − lr/(1 − β₁ᵗ)·m/u. Kingma & Ba 2015, section 7.1; the
/// order of operations is torch.optim.Adamax's.
class Adamax : public Optimizer {
public:
    Adamax(const ParamSet& p, const Tensor& like)
        : beta1_(p.real("beta1"))
        , beta2_(p.real("beta2"))
        , eps_(p.real("eps"))
        , weight_decay_(p.real("weight_decay"))
        , mean_(at::zeros_like(like))
        , largest_(at::zeros_like(like)) {}

    void step(const Step& s) override {
        auto& [x, g, lr, loss, objective] = s;
        const double t = steps_.next();
        if (weight_decay_ != 0) g.add_(x, weight_decay_);
        mean_.mul_(beta1_).add_(g, 1 - beta1_);
        largest_.mul_(beta2_);
        at::maximum_out(largest_, largest_, g.abs().add_(eps_));
        x.addcdiv_(mean_, largest_, -lr / (1 - std::pow(beta1_, t)));
    }

    std::vector<std::pair<std::string, Tensor>> state() override {
        return {{"exp_avg", mean_}, {"exp_inf", largest_}, {"step", steps_.tensor()}};
    }

private:
    double beta1_, beta2_, eps_, weight_decay_;
    UpdateCount steps_;
    Tensor mean_, largest_;
};

} // namespace

OptimizerDefinition optimizer_adamax() {
    return {
        {.id = "adamax",
         .title = "Adamax",
         .summary = "Adam with the largest recent gradient in place of the second moment",
         .params = {real("lr", 2e-3, "Step size").at_least(0).log(),
                    real("beta1", 0.9, "Decay of the first moment").at_least(0).below(1),
                    real("beta2", 0.999, "Decay of the largest gradient").at_least(0).below(1),
                    real("eps", 1e-8, "Added to the size of the gradient").above(0).log(),
                    real("weight_decay", 0, "L2 penalty added to the gradient, after the clip").at_least(0)},
         .formula = "m ← β₁·m + (1 − β₁)·g;  u ← max(β₂·u, |g| + ε);  x ← x − lr·m̂ / u"},
        [](const ParamSet& p, const WeightLayout& layout) {
            return std::make_unique<Adamax>(p, layout.like);
        }};
}

} // namespace descent

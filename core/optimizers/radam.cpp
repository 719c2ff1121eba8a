#include "core/engine/registry.h"
#include "core/optimizers/update_count.h"

#include <cmath>

namespace descent {

namespace {

/// Adam whose second moment is used only once enough gradients have been averaged for its variance to be
/// known, and then rectified: ρ∞ = 2/(1 − β₂) − 1, ρₜ = ρ∞ − 2tβ₂ᵗ/(1 − β₂ᵗ),
/// r = √((ρₜ − 4)(ρₜ − 2)ρ∞/((ρ∞ − 4)(ρ∞ − 2)ρₜ)); x ← x − lr·r·m̂/(√v + ε)·√(1 − β₂ᵗ) where ρₜ > 5, else
/// x ← x − lr·m̂. Liu et al. 2020; the order of operations is torch.optim.RAdam's.
class Radam : public Optimizer {
public:
    Radam(const ParamSet& p, const Tensor& like)
        : beta1_(p.real("beta1"))
        , beta2_(p.real("beta2"))
        , eps_(p.real("eps"))
        , weight_decay_(p.real("weight_decay"))
        , mean_(at::zeros_like(like))
        , square_(at::zeros_like(like)) {}

    void step(const Step& s) override {
        auto& [x, g, lr, loss, objective] = s;
        const double t = steps_.next();
        if (weight_decay_ != 0) g.add_(x, weight_decay_);
        mean_.mul_(beta1_).add_(g, 1 - beta1_);
        square_.mul_(beta2_).addcmul_(g, g, 1 - beta2_);
        const double correction1 = 1 - std::pow(beta1_, t), correction2 = 1 - std::pow(beta2_, t);
        const double most = 2 / (1 - beta2_) - 1;
        const double length = most - 2 * t * std::pow(beta2_, t) / correction2;
        auto move = mean_.div(correction1).mul_(lr);
        if (length > 5) {
            const double rectified =
                std::sqrt((length - 4) * (length - 2) * most / ((most - 4) * (most - 2) * length));
            const auto scale = square_.sqrt().add_(eps_).reciprocal_().mul_(std::sqrt(correction2));
            move.mul_(scale).mul_(rectified);
        }
        x.sub_(move);
    }

    std::vector<std::pair<std::string, Tensor>> state() override {
        return {{"exp_avg", mean_}, {"exp_avg_sq", square_}, {"step", steps_.tensor()}};
    }

private:
    double beta1_, beta2_, eps_, weight_decay_;
    UpdateCount steps_;
    Tensor mean_, square_;
};

} // namespace

OptimizerDefinition optimizer_radam() {
    return {
        {.id = "radam",
         .title = "RAdam",
         .summary = "Adam that trusts its second moment only once enough gradients have been seen; needs no "
                    "warm-up",
         .params = {real("lr", 1e-3, "Step size").at_least(0).log(),
                    real("beta1", 0.9, "Decay of the first moment").at_least(0).below(1),
                    real("beta2", 0.999, "Decay of the second moment").at_least(0).below(1),
                    real("eps", 1e-8, "Added to the denominator").above(0).log(),
                    real("weight_decay", 0, "L2 penalty added to the gradient, after the clip").at_least(0)},
         .formula = "ρ∞ = 2/(1 − β₂) − 1;  ρₜ = ρ∞ − 2t·β₂ᵗ/(1 − β₂ᵗ);  "
                    "r = √((ρₜ−4)(ρₜ−2)ρ∞ / ((ρ∞−4)(ρ∞−2)ρₜ));  "
                    "x ← x − lr·r·m̂ / (√v̂ + ε) where ρₜ > 5, else x ← x − lr·m̂"},
        [](const ParamSet& p, const WeightLayout& layout) {
            return std::make_unique<Radam>(p, layout.like);
        }};
}

} // namespace descent

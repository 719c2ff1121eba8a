#include "core/engine/registry.h"

namespace descent {

namespace {

/// v ← ρv + (1 − ρ)g²; δ = √(u + ε)/√(v + ε)·g; u ← ρu + (1 − ρ)δ²; x ← x − lr·δ. Zeiler 2012; the order of
/// operations is torch.optim.Adadelta's.
class Adadelta : public Optimizer {
public:
    Adadelta(const ParamSet& p, const Tensor& like)
        : rho_(p.real("rho"))
        , eps_(p.real("eps"))
        , weight_decay_(p.real("weight_decay"))
        , square_(at::zeros_like(like))
        , moved_(at::zeros_like(like)) {}

    void step(const Step& s) override {
        auto& [x, g, lr, loss, objective] = s;
        if (weight_decay_ != 0) g.add_(x, weight_decay_);
        square_.mul_(rho_).addcmul_(g, g, 1 - rho_);
        const auto move = moved_.add(eps_).sqrt_().div_(square_.add(eps_).sqrt_()).mul_(g);
        moved_.mul_(rho_).addcmul_(move, move, 1 - rho_);
        x.add_(move, -lr);
    }

    std::vector<std::pair<std::string, Tensor>> state() override {
        return {{"square_avg", square_}, {"acc_delta", moved_}};
    }

private:
    double rho_, eps_, weight_decay_;
    Tensor square_, moved_;
};

} // namespace

OptimizerDefinition optimizer_adadelta() {
    return {
        {.id = "adadelta",
         .title = "Adadelta",
         .summary = "Steps in the units of the weights: recent steps' size over recent gradients' size",
         .params = {real("lr", 1, "Factor on the step that the rule finds by itself").at_least(0).log(),
                    real("rho", 0.9, "Decay of both running means").at_least(0).below(1),
                    real("eps", 1e-6, "Added to both means; sets the size of the first steps").above(0).log(),
                    real("weight_decay", 0, "L2 penalty added to the gradient, after the clip").at_least(0)},
         .formula = "v ← ρ·v + (1 − ρ)·g²;  δ = √(u + ε) / √(v + ε) · g;  u ← ρ·u + (1 − ρ)·δ²;  "
                    "x ← x − lr·δ"},
        [](const ParamSet& p, const WeightLayout& layout) {
            return std::make_unique<Adadelta>(p, layout.like);
        }};
}

} // namespace descent

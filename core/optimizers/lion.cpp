#include "core/engine/registry.h"

namespace descent {

namespace {

/// x ← (1 − lr·wd)x − lr·sign(β₁m + (1 − β₁)g); then m ← β₂m + (1 − β₂)g. Chen et al. 2023, arXiv 2302.06675,
/// algorithm 2.
class Lion : public Optimizer {
public:
    Lion(const ParamSet& p, const Tensor& like)
        : beta1_(p.real("beta1"))
        , beta2_(p.real("beta2"))
        , weight_decay_(p.real("weight_decay"))
        , mean_(at::zeros_like(like)) {}

    void step(const Step& s) override {
        auto& [x, g, lr, loss, objective] = s;
        if (weight_decay_ != 0) x.mul_(1 - lr * weight_decay_);
        x.add_(mean_.mul(beta1_).add_(g, 1 - beta1_).sign_(), -lr);
        mean_.mul_(beta2_).add_(g, 1 - beta2_);
    }

    std::vector<std::pair<std::string, Tensor>> state() override { return {{"exp_avg", mean_}}; }

private:
    double beta1_, beta2_, weight_decay_;
    Tensor mean_;
};

} // namespace

OptimizerDefinition optimizer_lion() {
    return {
        {.id = "lion",
         .title = "Lion",
         .summary = "Sign descent along a mean of gradient and momentum, found by program search",
         .params = {real("lr", 1e-4, "How far each weight moves").at_least(0).log(),
                    real("beta1", 0.9, "Share of the momentum in the direction").at_least(0).below(1),
                    real("beta2", 0.99, "Decay of the momentum").at_least(0).below(1),
                    real("weight_decay", 0, "Share of the weights, times lr, taken off at each update")
                        .at_least(0)},
         .formula = "x ← (1 − lr·wd)·x − lr·sign(β₁·m + (1 − β₁)·g);  m ← β₂·m + (1 − β₂)·g"},
        [](const ParamSet& p, const WeightLayout& layout) { return std::make_unique<Lion>(p, layout.like); }};
}

} // namespace descent

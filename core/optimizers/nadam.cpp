#include "core/engine/registry.h"
#include "core/optimizers/update_count.h"

#include <cmath>

namespace descent {

namespace {

/// Adam that looks ahead along the momentum: μₜ = β₁(1 − ½·0.96^(t·ψ));
/// x ← x − lr·[(1 − μₜ)g/(1 − Πμ) + μₜ₊₁m/(1 − Πμ·μₜ₊₁)]/(√v̂ + ε), Πμ over 1 … t. Dozat 2016. The order of
/// operations is torch.optim.NAdam's. PyTorch 1.13 has Πμ·μₜ·μₜ₊₁ for the second product, μₜ twice, which its
/// own documentation, the paper and PyTorch 2 have not; product = pytorch-1.13 repeats that.
class Nadam : public Optimizer {
public:
    Nadam(const ParamSet& p, const Tensor& like)
        : beta1_(p.real("beta1"))
        , beta2_(p.real("beta2"))
        , eps_(p.real("eps"))
        , weight_decay_(p.real("weight_decay"))
        , momentum_decay_(p.real("momentum_decay"))
        , twice_(p.text("product") == "pytorch-1.13")
        , mean_(at::zeros_like(like))
        , square_(at::zeros_like(like))
        , product_(at::ones({1}, at::kDouble)) {}

    void step(const Step& s) override {
        auto& [x, g, lr, loss, objective] = s;
        const double t = steps_.next();
        if (weight_decay_ != 0) g.add_(x, weight_decay_);
        const double mu = momentum(t), next = momentum(t + 1);
        product_.mul_(mu);
        const double product = product_.item<double>();
        mean_.mul_(beta1_).add_(g, 1 - beta1_);
        square_.mul_(beta2_).addcmul_(g, g, 1 - beta2_);
        const auto denominator = square_.div(1 - std::pow(beta2_, t)).sqrt_().add_(eps_);
        x.addcdiv_(g, denominator, -lr * (1 - mu) / (1 - product));
        x.addcdiv_(mean_, denominator, -lr * next / (1 - product * (twice_ ? mu : 1) * next));
    }

    std::vector<std::pair<std::string, Tensor>> state() override {
        return {
            {"exp_avg", mean_}, {"exp_avg_sq", square_}, {"mu_product", product_}, {"step", steps_.tensor()}};
    }

private:
    double momentum(double t) const { return beta1_ * (1 - 0.5 * std::pow(0.96, t * momentum_decay_)); }

    double beta1_, beta2_, eps_, weight_decay_, momentum_decay_;
    bool twice_;
    UpdateCount steps_;
    Tensor mean_, square_, product_;
};

} // namespace

OptimizerDefinition optimizer_nadam() {
    return {
        {.id = "nadam",
         .title = "NAdam",
         .summary = "Adam with Nesterov's look ahead",
         .params = {real("lr", 2e-3, "Step size").at_least(0).log(),
                    real("beta1", 0.9, "Decay of the first moment").at_least(0).below(1),
                    real("beta2", 0.999, "Decay of the second moment").at_least(0).below(1),
                    real("eps", 1e-8, "Added to the denominator").above(0).log(),
                    real("weight_decay", 0, "L2 penalty added to the gradient, after the clip").at_least(0),
                    real("momentum_decay", 4e-3, "How fast the momentum grows from half of beta1 to beta1")
                        .at_least(0),
                    choice("product", "paper", {"paper", "pytorch-1.13"},
                           "The product that corrects the momentum's bias: the paper's, as PyTorch 2, or "
                           "PyTorch 1.13's, which has its last factor twice")},
         .formula = "μₜ = β₁·(1 − ½·0.96^(t·ψ));  m, v as Adam;  "
                    "x ← x − lr·[(1 − μₜ)·g / (1 − Πμ) + μₜ₊₁·m / (1 − Πμ·μₜ₊₁)] / (√v̂ + ε)"},
        [](const ParamSet& p, const WeightLayout& layout) {
            return std::make_unique<Nadam>(p, layout.like);
        }};
}

} // namespace descent

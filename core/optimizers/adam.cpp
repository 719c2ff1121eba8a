#include "core/optimizers/adam.h"

#include "core/engine/registry.h"
#include "core/optimizers/update_count.h"

#include <cmath>

namespace descent {

namespace {

/// m ← β₁m + (1 − β₁)g; v ← β₂v + (1 − β₂)g²; x ← x − lr·m̂/(√v̂ + ε), with m̂ = m/(1 − β₁ᵗ) and
/// v̂ = v/(1 − β₂ᵗ). Kingma & Ba 2015; AMSGrad: Reddi et al. 2018; decoupled decay x ← (1 − lr·wd)x before the
/// step: Loshchilov & Hutter 2019. The order of operations is that of torch.optim.Adam and AdamW.
///
/// In the form x ← x − lr·P⁻¹m the preconditioner is P = (1 − β₁ᵗ)(√v̂ + ε), and with P at rest the rule is
/// stable while the largest eigenvalue of P⁻¹∇²f is below (2 + 2β₁)/((1 − β₁)lr), 38/lr for β₁ = 0.9: Cohen
/// et al. 2022, arXiv 2207.14484. Decoupled decay makes that (1 + β₁)(2 − lr·wd)/((1 − β₁)lr); the L2 penalty
/// adds wd to ∇²f's eigenvalues before P divides them, which is left to the reader.
class Adam : public Optimizer {
public:
    Adam(const ParamSet& p, const Tensor& like, Decay decay)
        : beta1_(p.real("beta1"))
        , beta2_(p.real("beta2"))
        , eps_(p.real("eps"))
        , weight_decay_(p.real("weight_decay"))
        , decay_(decay)
        , mean_(at::zeros_like(like))
        , square_(at::zeros_like(like)) {
        if (p.flag("amsgrad")) largest_ = at::zeros_like(like);
    }

    void step(const Step& s) override {
        auto& [x, g, lr, loss, objective] = s;
        const double t = steps_.next();
        if (decay_ == Decay::decoupled)
            x.mul_(1 - lr * weight_decay_);
        else if (weight_decay_ != 0)
            g.add_(x, weight_decay_);
        mean_.mul_(beta1_).add_(g, 1 - beta1_);
        square_.mul_(beta2_).addcmul_(g, g, 1 - beta2_);
        if (largest_.defined()) at::maximum_out(largest_, largest_, square_);
        x.addcdiv_(mean_, denominator(t), -lr / (1 - std::pow(beta1_, t)));
    }

    std::vector<std::pair<std::string, Tensor>> state() override {
        std::vector<std::pair<std::string, Tensor>> all{
            {"exp_avg", mean_}, {"exp_avg_sq", square_}, {"step", steps_.tensor()}};
        if (largest_.defined()) all.emplace_back("max_exp_avg_sq", largest_);
        return all;
    }

    std::optional<double> stability_limit(double lr) const override {
        if (steps_.value() == 0 || lr <= 0) return std::nullopt;
        const double shrink = decay_ == Decay::decoupled ? lr * weight_decay_ : 0;
        return (1 + beta1_) * (2 - shrink) / ((1 - beta1_) * lr);
    }

    Tensor preconditioner() const override {
        if (steps_.value() == 0) return {};
        const auto t = static_cast<double>(steps_.value());
        return denominator(t).mul_(1 - std::pow(beta1_, t));
    }

private:
    /// √v̂ + ε
    Tensor denominator(double t) const {
        const auto& second = largest_.defined() ? largest_ : square_;
        return second.sqrt().div_(std::sqrt(1 - std::pow(beta2_, t))).add_(eps_);
    }

    double beta1_, beta2_, eps_, weight_decay_;
    Decay decay_;
    UpdateCount steps_;
    Tensor mean_, square_, largest_;
};

} // namespace

ParamTable adam_params(double weight_decay, std::string weight_decay_help) {
    return {real("lr", 1e-3, "Step size").at_least(0).log(),
            real("beta1", 0.9, "Decay of the first moment").at_least(0).below(1),
            real("beta2", 0.999, "Decay of the second moment").at_least(0).below(1),
            real("eps", 1e-8, "Added to the denominator").above(0).log(),
            real("weight_decay", weight_decay, std::move(weight_decay_help)).at_least(0),
            flag("amsgrad", false, "Divide by the largest second moment so far")};
}

std::unique_ptr<Optimizer> make_adam(const ParamSet& p, const WeightLayout& layout, Decay decay) {
    return std::make_unique<Adam>(p, layout.like, decay);
}

OptimizerDefinition optimizer_adam() {
    return {{.id = "adam",
             .title = "Adam",
             .summary = "Steps scaled by running first and second moments of the gradient",
             .params = adam_params(0, "L2 penalty added to the gradient, after the clip"),
             .formula = "m ← β₁·m + (1 − β₁)·g;  v ← β₂·v + (1 − β₂)·g²;  x ← x − lr·m̂ / (√v̂ + ε)"},
            [](const ParamSet& p, const WeightLayout& layout) { return make_adam(p, layout, Decay::l2); }};
}

} // namespace descent

#include "core/engine/registry.h"

#include <cmath>

namespace descent {

namespace {

/// m ← β₁m + (1 − β₁)g; v ← β₂v + (1 − β₂)g²; x ← x − lr·m̂/(√v̂ + ε). Kingma & Ba 2015; AMSGrad: Reddi et al.
/// 2018. The order of operations is torch.optim.Adam's.
class Adam : public Optimizer {
public:
    Adam(const ParamSet& p, const Tensor& like)
        : beta1_(p.real("beta1"))
        , beta2_(p.real("beta2"))
        , eps_(p.real("eps"))
        , weight_decay_(p.real("weight_decay"))
        , mean_(at::zeros_like(like))
        , square_(at::zeros_like(like))
        , steps_(at::zeros({1}, at::kLong)) {
        if (p.flag("amsgrad")) largest_ = at::zeros_like(like);
    }

    void step(Tensor& x, Tensor& g, double lr) override {
        steps_.add_(1);
        const auto t = static_cast<double>(steps_.item<std::int64_t>());
        if (weight_decay_ != 0) g.add_(x, weight_decay_);
        mean_.mul_(beta1_).add_(g, 1 - beta1_);
        square_.mul_(beta2_).addcmul_(g, g, 1 - beta2_);
        const double correction1 = 1 - std::pow(beta1_, t), correction2 = 1 - std::pow(beta2_, t);
        Tensor second = square_;
        if (largest_.defined()) second = at::maximum_out(largest_, largest_, square_);
        const auto denominator = second.sqrt().div_(std::sqrt(correction2)).add_(eps_);
        x.addcdiv_(mean_, denominator, -lr / correction1);
    }

    std::vector<std::pair<std::string, Tensor>> state() override {
        std::vector<std::pair<std::string, Tensor>> all{
            {"exp_avg", mean_}, {"exp_avg_sq", square_}, {"step", steps_}};
        if (largest_.defined()) all.emplace_back("max_exp_avg_sq", largest_);
        return all;
    }

private:
    double beta1_, beta2_, eps_, weight_decay_;
    Tensor mean_, square_, steps_, largest_;
};

} // namespace

OptimizerDefinition optimizer_adam() {
    return {
        {.id = "adam",
         .title = "Adam",
         .summary = "Steps scaled by running first and second moments of the gradient",
         .params = {real("lr", 1e-3, "Step size").at_least(0).log(),
                    real("beta1", 0.9, "Decay of the first moment").at_least(0).below(1),
                    real("beta2", 0.999, "Decay of the second moment").at_least(0).below(1),
                    real("eps", 1e-8, "Added to the denominator").above(0).log(),
                    real("weight_decay", 0, "L2 penalty added to the gradient, after the clip").at_least(0),
                    flag("amsgrad", false, "Divide by the largest second moment so far")},
         .formula = "m ← β₁·m + (1 − β₁)·g;  v ← β₂·v + (1 − β₂)·g²;  x ← x − lr·m̂ / (√v̂ + ε)"},
        [](const ParamSet& p, const Tensor& like) { return std::make_unique<Adam>(p, like); }};
}

} // namespace descent

#include "core/engine/registry.h"
#include "core/optimizers/update_count.h"

namespace descent {

namespace {

/// v ← αv + (1 − α)g²; centred: ḡ ← αḡ + (1 − α)g, v − ḡ² in v's place; b ← μb + g/(√v + ε); x ← x − lr·b.
/// Tieleman & Hinton 2012; centred: Graves 2013. The order of operations is torch.optim.RMSprop's.
///
/// With the preconditioner P = √v + ε at rest, stable while the largest eigenvalue of P⁻¹∇²f (plus weight
/// decay on ∇²f) is below (2 + 2μ)/lr.
class RmsProp : public Optimizer {
public:
    RmsProp(const ParamSet& p, const Tensor& like)
        : alpha_(p.real("alpha"))
        , eps_(p.real("eps"))
        , weight_decay_(p.real("weight_decay"))
        , momentum_(p.real("momentum"))
        , square_(at::zeros_like(like)) {
        if (momentum_ > 0) velocity_ = at::zeros_like(like);
        if (p.flag("centered")) mean_ = at::zeros_like(like);
    }

    void step(const Step& s) override {
        auto& [x, g, lr, loss, objective] = s;
        steps_.next();
        if (weight_decay_ != 0) g.add_(x, weight_decay_);
        square_.mul_(alpha_).addcmul_(g, g, 1 - alpha_);
        if (mean_.defined()) mean_.mul_(alpha_).add_(g, 1 - alpha_);
        const auto average = denominator();
        if (momentum_ > 0) {
            velocity_.mul_(momentum_).addcdiv_(g, average);
            x.add_(velocity_, -lr);
        } else {
            x.addcdiv_(g, average, -lr);
        }
    }

    std::vector<std::pair<std::string, Tensor>> state() override {
        std::vector<std::pair<std::string, Tensor>> all{{"square_avg", square_}, {"step", steps_.tensor()}};
        if (velocity_.defined()) all.emplace_back("momentum_buffer", velocity_);
        if (mean_.defined()) all.emplace_back("grad_avg", mean_);
        return all;
    }

    std::optional<double> stability_limit(double lr) const override {
        if (steps_.value() == 0 || lr <= 0) return std::nullopt;
        return (2 + 2 * momentum_) / lr;
    }

    Tensor preconditioner() const override { return steps_.value() == 0 ? Tensor() : denominator(); }

private:
    Tensor denominator() const {
        const auto variance = mean_.defined() ? square_.addcmul(mean_, mean_, -1).sqrt_() : square_.sqrt();
        return variance.add_(eps_);
    }

    double alpha_, eps_, weight_decay_, momentum_;
    UpdateCount steps_;
    Tensor square_, velocity_, mean_;
};

} // namespace

OptimizerDefinition optimizer_rmsprop() {
    return {
        {.id = "rmsprop",
         .title = "RMSprop",
         .summary = "Steps divided by the recent size of each weight's gradient",
         .params = {real("lr", 1e-2, "Step size").at_least(0).log(),
                    real("alpha", 0.99, "Decay of the second moment").at_least(0).below(1),
                    real("eps", 1e-8, "Added to the denominator").above(0).log(),
                    real("weight_decay", 0, "L2 penalty added to the gradient, after the clip").at_least(0),
                    real("momentum", 0, "Share of the last step kept").at_least(0).below(1),
                    flag("centered", false, "Divide by the deviation: the squared mean is taken off first")},
         .formula = "v ← α·v + (1 − α)·g²;  b ← μ·b + g / (√v + ε);  x ← x − lr·b   "
                    "(centred: ḡ ← α·ḡ + (1 − α)·g, v − ḡ² in v's place)"},
        [](const ParamSet& p, const WeightLayout& layout) {
            return std::make_unique<RmsProp>(p, layout.like);
        }};
}

} // namespace descent

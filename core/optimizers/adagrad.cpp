#include "core/engine/registry.h"
#include "core/optimizers/update_count.h"

namespace descent {

namespace {

/// s ← s + g²; x ← x − lr/(1 + (t − 1)·decay)·g/(√s + ε). Duchi, Hazan & Singer 2011; the order of operations
/// is torch.optim.Adagrad's.
///
/// The preconditioner is P = (1 + (t − 1)·decay)(√s + ε); with P at rest, stable while the largest eigenvalue
/// of P⁻¹∇²f (plus weight decay on ∇²f) is below 2/lr.
class Adagrad : public Optimizer {
public:
    Adagrad(const ParamSet& p, const Tensor& like)
        : lr_decay_(p.real("lr_decay"))
        , weight_decay_(p.real("weight_decay"))
        , eps_(p.real("eps"))
        , sum_(at::full_like(like, p.real("initial_accumulator_value"))) {}

    void step(const Step& s) override {
        auto& [x, g, lr, loss, objective] = s;
        const double t = steps_.next();
        if (weight_decay_ != 0) g.add_(x, weight_decay_);
        sum_.addcmul_(g, g, 1);
        x.addcdiv_(g, sum_.sqrt().add_(eps_), -lr / (1 + (t - 1) * lr_decay_));
    }

    std::vector<std::pair<std::string, Tensor>> state() override {
        return {{"sum", sum_}, {"step", steps_.tensor()}};
    }

    std::optional<double> stability_limit(double lr) const override {
        if (steps_.value() == 0 || lr <= 0) return std::nullopt;
        return 2 / lr;
    }

    Tensor preconditioner() const override {
        if (steps_.value() == 0) return {};
        return sum_.sqrt().add_(eps_).mul_(1 + static_cast<double>(steps_.value() - 1) * lr_decay_);
    }

private:
    double lr_decay_, weight_decay_, eps_;
    UpdateCount steps_;
    Tensor sum_;
};

} // namespace

OptimizerDefinition optimizer_adagrad() {
    return {
        {.id = "adagrad",
         .title = "Adagrad",
         .summary = "Steps divided by the size of each weight's gradients, all of them so far",
         .params =
             {real("lr", 1e-2, "Step size").at_least(0).log(),
              real("lr_decay", 0, "Step size falls as 1/(1 + updates·lr_decay)").at_least(0),
              real("weight_decay", 0, "L2 penalty added to the gradient, after the clip").at_least(0),
              real("initial_accumulator_value", 0, "The sum of squares before the first update").at_least(0),
              real("eps", 1e-10, "Added to the denominator").above(0).log()},
         .formula = "s ← s + g²;  x ← x − lr/(1 + (t − 1)·decay) · g / (√s + ε)"},
        [](const ParamSet& p, const WeightLayout& layout) {
            return std::make_unique<Adagrad>(p, layout.like);
        }};
}

} // namespace descent

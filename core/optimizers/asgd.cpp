#include "core/engine/registry.h"
#include "core/optimizers/update_count.h"

#include <algorithm>
#include <cmath>

namespace descent {

namespace {

/// ηₜ = lr/(1 + λ·lr·(t − 1))^α; x ← (1 − ληₜ)x − ηₜg; from update t₀ + 1 on the average a ← a + (x − a)/(t −
/// 1 − t₀), before that a = x. Polyak & Juditsky 1992; as torch.optim.ASGD, whose ηₜ is the same while lr is
/// constant (it takes up a change of lr one update later).
///
/// Stable while the largest eigenvalue of ∇²f is below 2/ηₜ − λ − weight decay.
class Asgd : public Optimizer {
public:
    Asgd(const ParamSet& p, const Tensor& like)
        : lambd_(p.real("lambd"))
        , alpha_(p.real("alpha"))
        , t0_(p.real("t0"))
        , weight_decay_(p.real("weight_decay"))
        , average_(at::zeros_like(like)) {}

    void step(const Step& s) override {
        auto& [x, g, lr, loss, objective] = s;
        const double t = steps_.next(), eta = rate(lr, t);
        if (weight_decay_ != 0) g.add_(x, weight_decay_);
        x.mul_(1 - lambd_ * eta).add_(g, -eta);
        const double share = 1 / std::max(1.0, t - 1 - t0_);
        if (share == 1)
            average_.copy_(x);
        else
            average_.add_(x.sub(average_).mul_(share));
    }

    std::vector<std::pair<std::string, Tensor>> state() override {
        return {{"ax", average_}, {"step", steps_.tensor()}};
    }

    std::optional<double> stability_limit(double lr) const override {
        if (lr <= 0) return std::nullopt;
        return 2 / rate(lr, static_cast<double>(steps_.value() + 1)) - lambd_ - weight_decay_;
    }

private:
    double rate(double lr, double t) const { return lr / std::pow(1 + lambd_ * lr * (t - 1), alpha_); }

    double lambd_, alpha_, t0_, weight_decay_;
    UpdateCount steps_;
    Tensor average_;
};

} // namespace

OptimizerDefinition optimizer_asgd() {
    return {
        {.id = "asgd",
         .title = "ASGD",
         .summary =
             "Gradient descent with a falling step size; checkpoints also hold the average of the weights",
         .params = {real("lr", 1e-2, "Step size at the start").at_least(0).log(),
                    real("lambd", 1e-4, "Decay, of the weights and of the step size").at_least(0),
                    real("alpha", 0.75, "Power by which the step size falls").at_least(0),
                    real("t0", 1e6, "Update after which averaging starts").at_least(0).in("updates"),
                    real("weight_decay", 0, "L2 penalty added to the gradient, after the clip").at_least(0)},
         .formula = "η = lr / (1 + λ·lr·(t − 1))^α;  x ← (1 − λ·η)·x − η·g;  "
                    "a ← a + (x − a) / max(1, t − 1 − t₀)"},
        [](const ParamSet& p, const WeightLayout& layout) { return std::make_unique<Asgd>(p, layout.like); }};
}

} // namespace descent

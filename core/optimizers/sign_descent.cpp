#include "core/engine/registry.h"

namespace descent {

namespace {

/// m ← βm + (1 − β)g; x ← (1 − lr·wd)x − lr·sign(m), with sign(0) = 0. signSGD and, with β > 0, Signum:
/// Bernstein et al. 2018.
class SignDescent : public Optimizer {
public:
    SignDescent(const ParamSet& p, const Tensor& like)
        : momentum_(p.real("momentum"))
        , weight_decay_(p.real("weight_decay")) {
        if (momentum_ > 0) mean_ = at::zeros_like(like);
    }

    void step(const Step& s) override {
        auto& [x, g, lr, loss, objective] = s;
        if (momentum_ > 0) g.copy_(mean_.mul_(momentum_).add_(g, 1 - momentum_));
        if (weight_decay_ != 0) x.mul_(1 - lr * weight_decay_);
        x.add_(g.sign_(), -lr);
    }

    std::vector<std::pair<std::string, Tensor>> state() override {
        if (momentum_ <= 0) return {};
        return {{"momentum_buffer", mean_}};
    }

private:
    double momentum_, weight_decay_;
    Tensor mean_;
};

} // namespace

OptimizerDefinition optimizer_sign_descent() {
    return {
        {.id = "sign-descent",
         .title = "Sign descent",
         .summary = "Every weight moves by lr, against the sign of its gradient: signSGD, and Signum with "
                    "momentum",
         .params = {real("lr", 1e-3, "How far each weight moves").at_least(0).log(),
                    real("momentum", 0, "Decay of the running mean whose sign is taken").at_least(0).below(1),
                    real("weight_decay", 0, "Share of the weights, times lr, taken off at each update")
                        .at_least(0)},
         .formula = "m ← β·m + (1 − β)·g;  x ← (1 − lr·wd)·x − lr·sign(m)"},
        [](const ParamSet& p, const WeightLayout& layout) {
            return std::make_unique<SignDescent>(p, layout.like);
        }};
}

} // namespace descent

#include "core/engine/registry.h"

#include <limits>

namespace descent {

namespace {

/// m ← βm + (1 − β)g; x ← x − lr·m/‖m‖^p: a step of length lr wherever p = 1, gradient descent with p = 0.
/// Nesterov 1984; with momentum: Cutkosky & Mehta 2020; powers between: the rescaled gradient descent of
/// Wilson, Mackey & Wibisono 2019. No step where m = 0.
class NormalisedGd : public Optimizer {
public:
    NormalisedGd(const ParamSet& p, const Tensor& like)
        : momentum_(p.real("momentum"))
        , exponent_(p.real("exponent"))
        , weight_decay_(p.real("weight_decay")) {
        if (momentum_ > 0) mean_ = at::zeros_like(like);
    }

    void step(const Step& s) override {
        auto& [x, g, lr, loss, objective] = s;
        if (weight_decay_ != 0) g.add_(x, weight_decay_);
        if (momentum_ > 0) g.copy_(mean_.mul_(momentum_).add_(g, 1 - momentum_));
        const auto norm = g.norm(2, {-1}, true).clamp_min_(std::numeric_limits<float>::min());
        x.add_(g.div_(exponent_ == 1 ? norm : norm.pow(exponent_)), -lr);
    }

    std::vector<std::pair<std::string, Tensor>> state() override {
        if (momentum_ <= 0) return {};
        return {{"momentum_buffer", mean_}};
    }

private:
    double momentum_, exponent_, weight_decay_;
    Tensor mean_;
};

} // namespace

OptimizerDefinition optimizer_normalised_gd() {
    return {
        {.id = "normalised-gd",
         .title = "Normalised GD",
         .summary = "Steps of length lr along the gradient, however large it is",
         .params = {real("lr", 1e-2, "Length of a step").at_least(0).log(),
                    real("momentum", 0, "Decay of the running mean that is normalised").at_least(0).below(1),
                    real("exponent", 1,
                         "Power of the gradient's norm that is divided by; 1 makes all steps equally long, 0 "
                         "is gradient descent")
                        .at_least(0)
                        .at_most(1),
                    real("weight_decay", 0, "L2 penalty added to the gradient, after the clip").at_least(0)},
         .formula = "m ← β·m + (1 − β)·g;  x ← x − lr·m / ‖m‖ᵖ"},
        [](const ParamSet& p, const WeightLayout& layout) {
            return std::make_unique<NormalisedGd>(p, layout.like);
        }};
}

} // namespace descent

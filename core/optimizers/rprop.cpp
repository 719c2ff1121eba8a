#include "core/engine/registry.h"

namespace descent {

namespace {

/// Each weight has a step length Δ of its own, which grows by η⁺ while its gradient keeps its sign and
/// shrinks by η⁻ when that turns; then the weight rests for one update. x ← x − sign(g)·Δ. Riedmiller & Braun
/// 1993, the variant without backtracking (Igel & Hüsken 2000), as torch.optim.Rprop.
class Rprop : public Optimizer {
public:
    Rprop(const ParamSet& p, const Tensor& like)
        : grow_(p.real("eta_plus"))
        , shrink_(p.real("eta_minus"))
        , least_(p.real("step_min"))
        , most_(p.real("step_max"))
        , previous_(at::zeros_like(like))
        , length_(at::full_like(like, p.real("lr"))) {
        if (least_ > most_)
            throw InputError("optimizer.step_min = " + to_string(Value{least_}) +
                             ": expected at most optimizer.step_max = " + to_string(Value{most_}));
    }

    void step(const Step& s) override {
        auto& x = s.weights;
        auto& g = s.gradient;
        const auto agreement = g.mul(previous_);
        const auto turned = agreement.lt(0);
        length_.mul_(at::ones_like(g).masked_fill_(agreement.gt(0), grow_).masked_fill_(turned, shrink_))
            .clamp_(least_, most_);
        g.masked_fill_(turned, 0);
        x.addcmul_(g.sign(), length_, -1);
        previous_.copy_(g);
    }

    std::vector<std::pair<std::string, Tensor>> state() override {
        return {{"prev", previous_}, {"step_size", length_}};
    }

private:
    double grow_, shrink_, least_, most_;
    Tensor previous_, length_;
};

} // namespace

OptimizerDefinition optimizer_rprop() {
    return {
        {.id = "rprop",
         .title = "Rprop",
         .summary = "A step length for each weight, longer while its gradient keeps its sign; for full batch",
         .params = {real("lr", 1e-2,
                         "Every weight's step length at the start; schedules and later changes of it do "
                         "nothing")
                        .at_least(0)
                        .log(),
                    real("eta_minus", 0.5, "Factor on a step length when the gradient's sign turns")
                        .above(0)
                        .below(1),
                    real("eta_plus", 1.2, "Factor on a step length while the sign stays").above(1),
                    real("step_min", 1e-6, "Least step length").at_least(0).log(),
                    real("step_max", 50, "Largest step length").above(0).log()},
         .formula = "Δ ← clamp(Δ·η⁺) where g keeps its sign, clamp(Δ·η⁻) and g ← 0 where it turns;  "
                    "x ← x − sign(g)·Δ"},
        [](const ParamSet& p, const WeightLayout& layout) {
            return std::make_unique<Rprop>(p, layout.like);
        }};
}

} // namespace descent

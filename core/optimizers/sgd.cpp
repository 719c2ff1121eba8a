#include "core/engine/registry.h"

namespace descent {

namespace {

/// g ← ∇f + wd·x; v ← μv + (1 − d)g (v = g at the first step); x ← x − lr·v, or x − lr·(g + μv) with
/// Nesterov. Polyak 1964; Nesterov 1983 in the form of Sutskever et al. 2013, as torch.optim.SGD.
///
/// On a quadratic the largest stable eigenvalue of ∇²f + wd is 2(1 + μ)/(lr(1 − d)), and with Nesterov
/// 2(1 + μ)/(lr(1 + 2μ)).
class Sgd : public Optimizer {
public:
    Sgd(const ParamSet& p, const Tensor& like)
        : momentum_(p.real("momentum"))
        , dampening_(p.real("dampening"))
        , weight_decay_(p.real("weight_decay"))
        , nesterov_(p.flag("nesterov")) {
        if (nesterov_ && (momentum_ <= 0 || dampening_ != 0))
            throw InputError("optimizer.nesterov = true: expected momentum > 0 and dampening = 0");
        if (momentum_ > 0) {
            velocity_ = at::zeros_like(like);
            started_ = at::zeros({1}, at::kLong);
        }
    }

    void step(const Step& s) override {
        auto& [x, g, lr, loss, objective] = s;
        if (weight_decay_ != 0) g.add_(x, weight_decay_);
        if (momentum_ > 0) {
            const bool first = started_.item<std::int64_t>() == 0;
            velocity_.mul_(momentum_).add_(g, first ? 1.0 : 1.0 - dampening_);
            if (first) started_.fill_(1);
            if (nesterov_)
                x.add_(g, -lr).add_(velocity_, -lr * momentum_);
            else
                x.add_(velocity_, -lr);
        } else {
            x.add_(g, -lr);
        }
    }

    std::optional<double> stability_limit(double lr) const override {
        const double pull = lr * (nesterov_ ? 1 + 2 * momentum_ : momentum_ > 0 ? 1 - dampening_ : 1);
        if (pull <= 0) return std::nullopt;
        return (2 + 2 * momentum_) / pull - weight_decay_;
    }

    std::vector<std::pair<std::string, Tensor>> state() override {
        if (momentum_ <= 0) return {};
        return {{"momentum_buffer", velocity_}, {"started", started_}};
    }

private:
    double momentum_, dampening_, weight_decay_;
    bool nesterov_;
    Tensor velocity_, started_;
};

} // namespace

OptimizerDefinition optimizer_sgd() {
    return {
        {.id = "sgd",
         .title = "SGD",
         .summary = "Gradient descent, with heavy-ball or Nesterov momentum; over the whole set it is plain "
                    "gradient descent",
         .params =
             {real("lr", 0.1, "Step size on the mean gradient (on the sum, with regime.reduction = sum)")
                  .at_least(0)
                  .log(),
              real("momentum", 0, "Share of the last step kept").at_least(0).below(1),
              flag("nesterov", false, "Look ahead along the momentum (needs momentum > 0)"),
              real("dampening", 0, "Share of the gradient kept out of the momentum").at_least(0).at_most(1),
              real("weight_decay", 0, "L2 penalty added to the gradient, after the clip").at_least(0)},
         .formula = "g ← ∇f + wd·x;  v ← μ·v + (1 − d)·g;  x ← x − lr·v   (Nesterov: x ← x − lr·(g + μ·v))"},
        [](const ParamSet& p, const WeightLayout& layout) { return std::make_unique<Sgd>(p, layout.like); }};
}

} // namespace descent

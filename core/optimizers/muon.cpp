#include "core/engine/registry.h"
#include "core/optimizers/update_count.h"

#include <algorithm>
#include <cmath>

namespace descent {

namespace {

/// For weights that are matrices: m ← μm + (1 − μ)g, u = (1 − μ)g + μm with Nesterov, else m;
/// x ← (1 − lr·wd)x − lr·√max(1, rows/columns)·NS(u), where NS turns the singular values of u to about 1 (0.7
/// to 1.2) by Newton–Schulz iterations X ← aX + (bA + cA²)X, A = XXᵀ, from X = u/‖u‖, with a, b, c = 3.4445,
/// −4.7750, 2.0315. Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks"; the order
/// of operations is torch.optim.Muon's, in the weights' own precision. A weight of more than two dimensions
/// is the matrix of its first by all the others.
///
/// Other weights (vectors, single rows and columns) get AdamW's step with lr·vector_lr.
class Muon : public Optimizer {
public:
    Muon(const ParamSet& p, const WeightLayout& layout)
        : momentum_(p.real("momentum"))
        , weight_decay_(p.real("weight_decay"))
        , vector_lr_(p.real("vector_lr"))
        , beta1_(p.real("beta1"))
        , beta2_(p.real("beta2"))
        , eps_(p.real("eps"))
        , nesterov_(p.flag("nesterov"))
        , match_rms_(p.text("adjust_lr") == "match-rms-adamw")
        , iterations_(p.integer("iterations"))
        , mean_(at::zeros_like(layout.like))
        , square_(at::zeros_like(layout.like)) {
        std::int64_t at = 0;
        for (const auto& shape : layout.shapes) {
            const auto size = c10::multiply_integers(shape);
            const auto rows = shape.empty() ? 1 : shape.front();
            parts_.push_back({at, size, rows, rows > 0 ? size / rows : 0});
            at += size;
        }
    }

    void step(const Step& s) override {
        const double t = steps_.next();
        s.weights.mul_(1 - s.lr * weight_decay_);
        for (const auto& part : parts_) {
            const auto of = [&](const Tensor& whole) { return whole.narrow(-1, part.at, part.size); };
            auto x = of(s.weights), g = of(s.gradient), m = of(mean_);
            if (part.matrix()) {
                m.mul_(momentum_).add_(g, 1 - momentum_);
                const auto u = nesterov_ ? g.mul_(1 - momentum_).add_(m, momentum_) : m;
                x.add_(orthogonal(u, part), -s.lr * scale(part));
            } else {
                auto v = of(square_);
                m.mul_(beta1_).add_(g, 1 - beta1_);
                v.mul_(beta2_).addcmul_(g, g, 1 - beta2_);
                const auto denominator = v.sqrt().div_(std::sqrt(1 - std::pow(beta2_, t))).add_(eps_);
                x.addcdiv_(m, denominator, -s.lr * vector_lr_ / (1 - std::pow(beta1_, t)));
            }
        }
    }

    std::vector<std::pair<std::string, Tensor>> state() override {
        return {{"momentum_buffer", mean_}, {"exp_avg_sq", square_}, {"step", steps_.tensor()}};
    }

private:
    struct Part {
        std::int64_t at, size, rows, columns;
        bool matrix() const { return std::min(rows, columns) > 1; }
    };

    double scale(const Part& part) const {
        const auto rows = static_cast<double>(part.rows), columns = static_cast<double>(part.columns);
        return match_rms_ ? 0.2 * std::sqrt(std::max(rows, columns))
                          : std::sqrt(std::max(1.0, rows / columns));
    }

    /// Of u [size] or [K, size], in the same shape.
    Tensor orthogonal(const Tensor& u, const Part& part) const {
        auto shape = u.sizes().vec();
        shape.back() = part.rows;
        shape.push_back(part.columns);
        auto x = u.reshape(shape);
        const bool tall = part.rows > part.columns;
        if (tall) x = x.transpose(-2, -1);
        x = x / x.norm(2, {-2, -1}, true).clamp_min_(1e-7);
        for (std::int64_t i = 0; i < iterations_; ++i) {
            const auto a = x.matmul(x.transpose(-2, -1));
            x = x * 3.4445 + (a * -4.7750 + a.matmul(a) * 2.0315).matmul(x);
        }
        if (tall) x = x.transpose(-2, -1);
        return x.reshape(u.sizes());
    }

    double momentum_, weight_decay_, vector_lr_, beta1_, beta2_, eps_;
    bool nesterov_, match_rms_;
    std::int64_t iterations_;
    std::vector<Part> parts_;
    UpdateCount steps_;
    Tensor mean_, square_;
};

} // namespace

OptimizerDefinition optimizer_muon() {
    return {
        {.id = "muon",
         .title = "Muon",
         .summary =
             "Momentum made orthogonal, so that every direction of a weight matrix moves alike; AdamW for "
             "vectors",
         .params =
             {real("lr", 2e-2, "Step size for matrices").at_least(0).log(),
              real("momentum", 0.95, "Decay of the running mean of a matrix's gradients")
                  .at_least(0)
                  .below(1),
              flag("nesterov", true, "Look ahead along the momentum"),
              integer("iterations", 5, "Newton–Schulz iterations").at_least(1).at_most(100),
              choice("adjust_lr", "original", {"original", "match-rms-adamw"},
                     "Factor on a matrix's step: √max(1, rows/columns), or 0.2·√max(rows, columns), which "
                     "makes steps as large as AdamW's (Liu et al. 2025)"),
              real("weight_decay", 0, "Share of the weights, times lr, taken off at each update").at_least(0),
              real("vector_lr", 0.015, "Step size for vectors, as a share of lr").at_least(0).log(),
              real("beta1", 0.9, "Vectors: decay of the first moment").at_least(0).below(1),
              real("beta2", 0.95, "Vectors: decay of the second moment").at_least(0).below(1),
              real("eps", 1e-10, "Vectors: added to the denominator").above(0).log()},
         .formula = "m ← μ·m + (1 − μ)·g;  u = (1 − μ)·g + μ·m;  "
                    "x ← (1 − lr·wd)·x − lr·√max(1, rows/columns)·NS(u), NS(U·Σ·Vᵀ) ≈ U·Vᵀ;  vectors: AdamW"},
        [](const ParamSet& p, const WeightLayout& layout) { return std::make_unique<Muon>(p, layout); }};
}

} // namespace descent

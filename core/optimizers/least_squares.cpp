#include "core/engine/registry.h"

namespace descent {

namespace {

/// The weights of least norm among those that minimise ‖Φw − t‖² + λ‖w‖², through the singular values s of Φ:
/// w = V·diag(s/(s² + λ))·Uᵀt, where what is at most rcond times the largest counts as 0 (as in
/// numpy.linalg.pinv).
///
/// In double whatever the weights' type. The longer side is first brought down to the shorter one by
/// Householder's QR, so that the singular vectors are those of a small square (Golub & Van Loan, 5.4.8); a
/// Gram matrix would square the condition number.
Tensor solve(const Tensor& features, const Tensor& targets, double ridge, double rcond) {
    const bool wide = features.size(0) < features.size(1);
    const auto n = features.size(0), count = features.size(1), small = std::min(n, count);
    // Φ = QR, or, of a wide one, Φᵀ = QR: Q is kept as reflections.
    const auto [qr, tau] = at::geqrf(wide ? features.t() : features);
    const auto r = qr.narrow(0, 0, small).triu();
    const auto [u, s, vt] = at::linalg_svd(wide ? r.t() : r, false);
    const auto kept = s.gt(s.max() * rcond);
    const auto factor = at::where(kept, s / (s.square() + ridge), at::zeros_like(s));
    const auto through = [&](const Tensor& t) { return vt.t().mm(factor.unsqueeze(1) * u.t().mm(t)); };
    if (!wide) return through(at::ormqr(qr, tau, targets, true, true).narrow(0, 0, small));
    const auto longer = at::zeros({count, targets.size(1)}, targets.options());
    longer.narrow(0, 0, small).copy_(through(targets));
    return at::ormqr(qr, tau, longer);
}

/// w ← w + lr·(w* − w), w* the solution: all the way with lr = 1. No step down a gradient: it asks for the
/// problem itself. One network at a time.
class LeastSquares : public Optimizer {
public:
    LeastSquares(const ParamSet& p, const Tensor& like) : ridge_(p.real("ridge")), rcond_(p.real("rcond")) {
        if (like.dim() != 1) throw std::logic_error("least squares solves for one network at a time");
    }

    bool solves_least_squares() const override { return true; }

    void step(const Step& s) override {
        if (s.lr <= 0) return;
        const at::NoGradGuard no_grad;
        const auto problem = s.objective.least_squares();
        const auto solution =
            solve(problem.features.to(at::kDouble), problem.targets.to(at::kDouble), ridge_, rcond_);
        s.weights.lerp_(solution.t().reshape({-1}).to(s.weights.scalar_type()), s.lr);
    }

    std::vector<std::pair<std::string, Tensor>> state() override { return {}; }

private:
    double ridge_, rcond_;
};

} // namespace

OptimizerDefinition optimizer_least_squares() {
    return {
        {.id = "least-squares",
         .title = "Least squares",
         .summary = "The exact minimum of the squared error in one update, of models linear in their weights",
         .params =
             {real("lr", 1, "Share of the way to the solution").at_least(0),
              real("ridge", 0,
                   "Penalty λ on the squared norm of the weights, beside the squared error summed over the "
                   "examples; 0 takes the solution of least norm")
                  .at_least(0)
                  .log(),
              real("rcond", 1e-10,
                   "Singular values of the features at most so large count as 0, relative to "
                   "the largest")
                  .at_least(0)
                  .below(1)
                  .log()},
         .deltas = {{"epochs", std::int64_t{1}},
                    {"regime.batch_size", std::int64_t{0}},
                    {"regime.loss", std::string("mse")}},
         .formula = "x ← x + lr·(x* − x),  x* = argmin ‖Φx − t‖² + λ‖x‖²  (of these the one of least norm)"},
        [](const ParamSet& p, const WeightLayout& layout) {
            return std::make_unique<LeastSquares>(p, layout.like);
        }};
}

} // namespace descent

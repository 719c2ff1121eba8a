#include "core/engine/curvature.h"
#include "core/engine/lanczos.h"

#include <cmath>

namespace descent {

namespace {

/// Whether the rule divides by a preconditioner: asked of one that has made a step, since a fresh one has
/// none.
bool preconditions(const RunSpec& spec) {
    struct Flat : Objective {
        double evaluate() override { return 0; }
    } flat;
    auto x = at::ones({1}, at::kDouble), gradient = at::ones({1}, at::kDouble);
    const auto optimizer = registry().optimizer(spec.optimizer.id).make(spec.optimizer.params, {x, {{1, 1}}});
    optimizer->step({x, gradient, 1e-3, 0, flat});
    return optimizer->preconditioner().defined();
}

/// Largest eigenvalues of the Hessian of the loss, in the units of the gradient that the optimizer is given,
/// by Lanczos from the last look's eigenvectors, and the largest at which the rule is stable: Cohen et al.
/// 2021. Of rules with a preconditioner P also that of P^-½ H P^-½, which is what their limit speaks of:
/// Cohen et al. 2022.
class Sharpness : public Instrument {
public:
    Sharpness(const RunSpec& spec, Experiment& e, Recorder& r)
        : seed_(spec.seed)
        , share_(sample_share(e))
        , loss_(e, e.sample(spec.regime.params.integer("probe_examples"))) {
        const auto count = spec.regime.params.integer("probe_sharpness");
        for (std::int64_t i = 1; i <= count; ++i)
            values_.push_back(r.declare("sharpness/" + std::to_string(i)));
        residual_ = r.declare("sharpness/residual");
        const auto& weights = e.weights().flat();
        vectors_ = at::zeros({count, weights.numel()}, weights.options());
        if (preconditions(spec)) {
            preconditioned_ = r.declare("sharpness/preconditioned");
            limit_ = r.declare("sharpness/preconditioned-limit");
            preconditioned_vector_ = at::zeros({1, weights.numel()}, weights.options());
        } else {
            limit_ = r.declare("sharpness/limit");
        }
    }

    double cost() const override {
        const double products = 4.0 + 6.0 * static_cast<double>(values_.size()) + (preconditioned_ ? 10 : 0);
        return 2 * products * share_;
    }

    void before(const Lens& lens, Recorder& r) override {
        auto& e = lens.experiment;
        const double scale = update_scale(e);
        const Hessian hessian(loss_);
        const auto found = follow(hessian, vectors_);
        for (std::size_t i = 0; i < found.values.size(); ++i) r.record(values_[i], scale * found.values[i]);
        r.record(residual_, found.residuals.at(0) / std::abs(found.values.at(0)));
        if (const auto limit = e.optimizer().stability_limit(lens.lr)) r.record(limit_, *limit);

        const auto p = e.optimizer().preconditioner();
        if (!preconditioned_ || !p.defined()) return;
        r.record(*preconditioned_,
                 scale * follow(preconditioned(hessian, p), preconditioned_vector_).values.at(0));
    }

    std::vector<std::pair<std::string, Tensor>> state() override {
        std::vector<std::pair<std::string, Tensor>> all{{"vectors", vectors_}};
        if (preconditioned_) all.emplace_back("preconditioned", preconditioned_vector_);
        return all;
    }

private:
    /// From where the last look ended, to where the next one begins.
    Eigenpairs follow(const std::function<Tensor(const Tensor&)>& product, Tensor& vectors) const {
        const auto count = static_cast<int>(vectors.size(0));
        auto found = largest_eigenpairs(product, vectors, RandomStream(seed_, "sharpness"),
                                        {.tolerance = 1e-3, .products = 20 + 10 * count});
        vectors.zero_().narrow(0, 0, found.vectors.size(0)).copy_(found.vectors);
        return found;
    }

    std::uint64_t seed_;
    double share_;
    SampleLoss loss_;
    std::vector<std::uint32_t> values_;
    std::uint32_t residual_ = 0, limit_ = 0;
    std::optional<std::uint32_t> preconditioned_;
    Tensor vectors_, preconditioned_vector_; // [k, P], [1, P]; 0 before the first look
};

} // namespace

InstrumentDefinition instrument_sharpness() {
    return {
        "sharpness",
        "Largest Hessian eigenvalues beside the largest at which the rule is stable; a look costs 8 to 25 "
        "gradients over probe_examples, as much again where there is a preconditioner",
        [](const RunSpec& spec, Experiment& e, Recorder& r) -> std::unique_ptr<Instrument> {
            if (spec.regime.params.integer("probe_sharpness") == 0) return nullptr;
            return std::make_unique<Sharpness>(spec, e, r);
        }};
}

} // namespace descent

#include "core/engine/curvature.h"

namespace descent {

namespace {

std::vector<Tensor> leaves(const Weights& weights) {
    std::vector<Tensor> all;
    for (const auto& leaf : weights.leaves()) all.push_back(leaf.tensor);
    return all;
}

/// d`of`/d`leaves`·`along` as one vector; weights that it does not depend on have none, which is 0.
Tensor flat_gradient(const Tensor& of, const std::vector<Tensor>& leaves, const Tensor& along, bool keep,
                     bool differentiable) {
    const std::vector<Tensor> outer = along.defined() ? std::vector{along} : std::vector<Tensor>{};
    const auto parts = torch::autograd::grad({of}, leaves, outer, keep, differentiable, true);
    std::vector<Tensor> flat;
    for (std::size_t i = 0; i < parts.size(); ++i)
        flat.push_back(parts[i].defined()
                           ? parts[i].reshape({-1})
                           : at::zeros({leaves[i].numel()}, leaves[i].options().requires_grad(false)));
    return at::cat(flat);
}

} // namespace

SampleLoss::SampleLoss(Experiment& experiment, std::vector<Examples> chunks)
    : experiment_(experiment)
    , chunks_(std::move(chunks)) {
    for (const auto& chunk : chunks_) examples_ += chunk.size();
}

Tensor SampleLoss::share(const Examples& chunk) const {
    const auto logits = experiment_.model().logits(experiment_.weights(), chunk);
    return experiment_.losses(logits, chunk).sum() / static_cast<double>(examples_);
}

double SampleLoss::value() const {
    const at::NoGradGuard no_grad;
    double sum = 0;
    for (const auto& chunk : chunks_) sum += share(chunk).item<double>();
    return sum;
}

Tensor SampleLoss::gradient() const {
    const at::AutoGradMode grad(true);
    const auto& weights = experiment_.weights();
    auto sum = at::zeros({weights.count()}, at::kDouble);
    for (const auto& chunk : chunks_)
        sum.add_(flat_gradient(share(chunk), leaves(weights), {}, false, false));
    experiment_.mask().cut(sum);
    return sum;
}

Hessian::Hessian(const SampleLoss& loss) : loss_(loss) {
    if (loss_.chunks().size() == 1) kept_ = gradient(loss_.chunks().front());
}

Tensor Hessian::gradient(const Examples& chunk) const {
    const at::AutoGradMode grad(true);
    return flat_gradient(loss_.share(chunk), leaves(loss_.experiment().weights()), {}, true, true);
}

Tensor Hessian::operator()(const Tensor& v) const {
    const at::AutoGradMode grad(true);
    const auto& weights = loss_.experiment().weights();
    const auto along = v.detach().to(weights.flat().scalar_type(), /*non_blocking=*/false, /*copy=*/true);
    loss_.experiment().mask().cut(along); // of a pruned network: the block of the weights that it has
    auto sum = at::zeros({weights.count()}, at::kDouble);
    for (const auto& chunk : loss_.chunks()) {
        const auto slope = kept_.defined() ? kept_ : gradient(chunk);
        if (!slope.requires_grad()) continue; // the loss is linear in the weights
        sum.add_(flat_gradient(slope, leaves(weights), along, kept_.defined(), false));
    }
    loss_.experiment().mask().cut(sum);
    return sum;
}

std::function<Tensor(const Tensor&)> preconditioned(const Hessian& hessian, const Tensor& p) {
    const auto wide = p.detach().to(at::kDouble).reshape({-1});
    const auto root = at::where(wide.gt(0), wide.rsqrt(), at::zeros_like(wide));
    return [&hessian, root](const Tensor& v) { return root * hessian(root * v); };
}

double update_scale(const Experiment& experiment) {
    const auto& regime = experiment.regime();
    const auto& reduction = regime.text("reduction");
    if (reduction == "mean") return 1;
    const auto examples = experiment.plan().batch_size();
    if (reduction == "sum") return static_cast<double>(examples);
    const auto micro = regime.integer("micro_batch");
    return static_cast<double>((examples + micro - 1) / micro);
}

double sample_share(const Experiment& experiment) {
    const auto all = experiment.data().train.size();
    const auto most = experiment.spec().regime.params.integer("probe_examples");
    return static_cast<double>(std::min(most, all)) / static_cast<double>(std::max<std::int64_t>(1, all));
}

} // namespace descent

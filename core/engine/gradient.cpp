#include "core/engine/gradient.h"

#include "core/engine/bfloat16.h"

#include <cmath>

namespace descent {

namespace {

RandomStream noise_stream(std::uint64_t seed, Update update, const char* what) {
    return {seed, "gradient-noise/" + std::string(what) + "/" + std::to_string(update.count)};
}

Tensor normals(RandomStream& random, const Tensor& like) {
    auto drawn = at::empty({like.numel()}, at::kDouble);
    auto* out = drawn.data_ptr<double>();
    for (std::int64_t i = 0; i < like.numel(); ++i) out[i] = random.normal();
    return drawn.to(like.scalar_type());
}

bool of_blocks(const ParamSet& regime) {
    const auto& kind = regime.text("noise_kind");
    return regime.real("noise") > 0 && (kind == "diagonal" || kind == "mini-batch");
}

} // namespace

Gradient::Gradient(const Model& model, Weights& weights, const BatchPlan& plan, const LossFunction& loss,
                   const Mask& mask, std::uint64_t seed)
    : model_(model)
    , weights_(weights)
    , plan_(plan)
    , loss_(loss)
    , mask_(mask)
    , seed_(seed) {}

double Gradient::backward(const Examples& chunk, double scale, Evaluation* answers) {
    weights_.gradient().zero_();
    const auto logits = model_.logits(weights_, chunk);
    const auto reported = loss_.reported(logits, chunk.labels, chunk.targets);
    const auto descended = loss_.plain() ? reported : loss_.descended(logits, chunk.labels, chunk.targets);
    descended.backward(at::full_like(descended, scale));
    mask_.cut(weights_.gradient()); // the gradient, its norm and its noise are of the pruned network
    if (answers) answers->add(logits, reported, chunk.labels, loss_.answers(logits));
    return sum_of(descended) * scale;
}

double Gradient::take(const BatchPlan::Batch& batch, const ParamSet& regime, double lr, Update update,
                      Evaluation* answers) {
    const Bfloat16Products products(regime.text("precision") == "bfloat16");
    const bool several = batch.chunks > 1, running = regime.text("clip_at") == "micro-batch";
    const bool penalty = regime.real("penalty") > 0, spread = answers && of_blocks(regime);
    const double clip = regime.real("clip_norm");
    const auto& reduction = regime.text("reduction");
    if (several && !sum_.defined()) sum_ = at::zeros({weights_.count()}, at::kDouble);
    if (several) sum_.zero_();
    auto unclipped = several && running ? at::zeros_like(sum_) : Tensor();
    unclipped_norm_.reset();
    if (spread) spread_begin(regime);
    auto random = noise_stream(seed_, update, "blocks");

    double objective = 0;
    for (std::int64_t i = 0; i < batch.chunks; ++i) {
        const auto chunk = plan_.chunk(i);
        const auto n = static_cast<double>(chunk.size()), all = static_cast<double>(batch.examples);
        const double scale = reduction == "mean" ? 1.0 / all : reduction == "sum-of-means" ? 1.0 / n : 1.0;
        if (penalty || spread) {
            // A block's own mean first: the penalty and the spread are of it.
            objective += backward(chunk, 1.0 / n, answers) * n * scale;
            if (spread) {
                spread_add(n / all, random.normal());
                spread_->examples = batch.examples;
                spread_->largest = std::max(spread_->largest, chunk.size());
                spread_->units = all * scale;
            }
            if (penalty) regularize(chunk, regime, lr);
            weights_.gradient().mul_(n * scale);
        } else {
            objective += backward(chunk, scale, answers);
        }
        if (!several) continue;
        sum_.add_(weights_.gradient());
        if (!running) continue;
        unclipped.add_(weights_.gradient());
        if (const double norm = sum_.norm().item<double>(); clip > 0 && norm > clip)
            sum_.mul_(clip / (norm + 1e-6));
    }
    if (several) weights_.gradient().copy_(sum_);
    if (several && running) unclipped_norm_ = unclipped.norm().item<double>();
    return objective;
}

Tensor Gradient::exact_product(const Examples& block, const Tensor& direction) {
    std::vector<Tensor> leaves, parts;
    std::int64_t at = 0;
    for (const auto& leaf : weights_.leaves()) {
        leaves.push_back(leaf.tensor);
        parts.push_back(direction.narrow(0, at, leaf.tensor.numel()).view_as(leaf.tensor));
        at += leaf.tensor.numel();
    }
    const auto loss = loss_.descended(model_.logits(weights_, block), block.labels, block.targets).mean();
    const auto gradients = torch::autograd::grad({loss}, leaves, {}, true, true);
    const auto products = torch::autograd::grad(gradients, leaves, parts, false, false, true);
    std::vector<Tensor> flat;
    for (std::size_t i = 0; i < leaves.size(); ++i)
        flat.push_back(products[i].defined() ? products[i].reshape({-1})
                                             : at::zeros({leaves[i].numel()}, direction.options()));
    auto product = at::cat(flat);
    mask_.cut(product);
    return product;
}

void Gradient::regularize(const Examples& block, const ParamSet& regime, double lr) {
    const at::NoGradGuard no_grad;
    const auto& form = regime.text("penalty_difference");
    const auto g = weights_.gradient().clone();
    const auto v = g * regime.real("penalty");
    const double norm = v.norm().item<double>();
    if (norm == 0 || !std::isfinite(norm)) return;
    const auto at_distance = [&](double step) {
        const at::AutoGradMode grad(true);
        const KeepWeights keep(weights_);
        weights_.flat().add_(v, step);
        backward(block, 1.0 / static_cast<double>(block.size()), nullptr);
        return weights_.gradient().clone();
    };
    const double step = regime.real("penalty_eps") / norm;
    Tensor product; // H·v
    if (form == "exact") {
        const at::AutoGradMode grad(true);
        product = exact_product(block, v);
    } else if (form == "central") {
        product = (at_distance(step) - at_distance(-step)).div_(2 * step);
    } else {
        product = (at_distance(step) - g).div_(step);
    }
    const double strength = regime.text("penalty_form") == "full" ? lr / 2 : lr / 4;
    weights_.gradient().copy_(g).add_(product, strength);
}

void Gradient::spread_begin(const ParamSet& regime) {
    Spread fresh;
    fresh.mean = at::zeros({weights_.count()}, at::kDouble);
    (regime.text("noise_kind") == "diagonal" ? fresh.square : fresh.walk) = at::zeros_like(fresh.mean);
    spread_ = std::move(fresh);
}

void Gradient::spread_add(double share, double xi) {
    const auto g = weights_.gradient().to(at::kDouble);
    spread_->mean.add_(g, share);
    if (spread_->square.defined()) spread_->square.addcmul_(g, g, share);
    if (spread_->walk.defined()) spread_->walk.add_(g, std::sqrt(share) * xi);
    spread_->steps += std::sqrt(share) * xi;
    ++spread_->blocks;
}

void Gradient::add_noise(const ParamSet& regime, Update update) {
    const double strength = regime.real("noise");
    if (strength <= 0) return;
    const auto& kind = regime.text("noise_kind");
    auto& g = weights_.gradient();
    auto random = noise_stream(seed_, update, "elements");
    if (kind == "isotropic") {
        g.add_(normals(random, g), strength);
    } else if (kind == "multiplicative") {
        g.mul_(normals(random, g).mul_(strength).add_(1));
    } else if (spread_ && spread_->blocks > 1) {
        // Blocks of m examples vary like Σ/m; mini-batches of B like Σ/B.
        const auto k = static_cast<double>(spread_->blocks);
        const double scale = strength * spread_->units *
                             std::sqrt(k / (k - 1) * static_cast<double>(spread_->largest) /
                                       static_cast<double>(regime.integer("noise_batch")));
        if (kind == "mini-batch") {
            g.add_(spread_->walk.sub_(spread_->mean, spread_->steps).to(g.scalar_type()), scale);
        } else {
            const auto deviation =
                spread_->square.addcmul_(spread_->mean, spread_->mean, -1).clamp_min_(0).sqrt_();
            g.add_(deviation.to(g.scalar_type()).mul_(normals(random, g)), scale);
        }
    }
    spread_.reset();
    mask_.cut(g);
}

} // namespace descent

#include "core/engine/clip.h"

#include <cmath>

namespace descent {

namespace {

constexpr double kEps = 1e-6;         // as torch.nn.utils.clip_grad_norm_
constexpr double kLeastWeight = 1e-3; // so that AGC lets weights that start at zero move

/// One number for each unit, shaped to multiply the tensor: the norm over all dimensions but the first.
Tensor unit_norms(const Tensor& t) {
    if (t.dim() <= 1) return t.norm();
    std::vector<std::int64_t> rest;
    for (std::int64_t d = 1; d < t.dim(); ++d) rest.push_back(d);
    return t.norm(2, rest, true);
}

void clip_units(const Tensor& weight, Tensor gradient, double ratio) {
    const auto most = unit_norms(weight).clamp_min(kLeastWeight).mul_(ratio);
    const auto norms = unit_norms(gradient);
    gradient.mul_(at::where(norms > most, most / norms.clamp_min(kEps), at::ones_like(norms)));
}

} // namespace

bool clips(const ParamSet& regime) {
    for (const char* name : {"clip_norm", "clip_value", "clip_layer", "clip_agc"})
        if (regime.real(name) > 0) return true;
    return false;
}

ClipFacts clip(Weights& weights, const ParamSet& regime) {
    const at::NoGradGuard no_grad;
    auto& gradient = weights.gradient();
    ClipFacts facts;
    facts.norm = facts.clipped = norm_of(gradient);
    if (!std::isfinite(facts.norm)) return facts;
    const double value = regime.real("clip_value"), layer = regime.real("clip_layer"),
                 ratio = regime.real("clip_agc"), whole = regime.real("clip_norm");
    if (value > 0) gradient.clamp_(-value, value);
    for (const auto& leaf : weights.leaves()) {
        auto part = leaf.tensor.grad();
        if (layer > 0)
            if (const double norm = part.norm().item<double>(); norm > layer)
                part.mul_(layer / (norm + kEps));
        if (ratio > 0) clip_units(leaf.tensor.detach(), part, ratio);
    }
    if (value > 0 || layer > 0 || ratio > 0) facts.clipped = gradient.norm().item<double>();
    if (whole > 0 && facts.clipped > whole) {
        const double factor = whole / (facts.clipped + kEps);
        gradient.mul_(factor);
        facts.clipped *= factor;
    }
    return facts;
}

} // namespace descent

#include "core/engine/weights.h"

namespace descent {

Tensor first_values(const WeightSpec& spec, RandomStream& random) {
    if (spec.trained.defined()) return spec.trained;
    if (spec.given.defined()) return spec.given;
    auto drawn = at::empty(spec.shape, at::kDouble);
    auto* out = drawn.data_ptr<double>();
    for (auto i = drawn.numel(); i > 0; --i)
        *out++ = spec.init == WeightSpec::Init::uniform ? random.uniform(-spec.scale, spec.scale)
                                                        : spec.scale * random.normal();
    return drawn;
}

Tensor first_values(const std::vector<WeightSpec>& specs, RandomStream& random, at::ScalarType dtype) {
    std::vector<Tensor> parts;
    for (const auto& spec : specs) parts.push_back(first_values(spec, random).reshape(-1).to(dtype));
    return parts.empty() ? at::empty({0}, dtype) : at::cat(parts);
}

Weights::Weights(const std::vector<WeightSpec>& specs, RandomStream& init, at::ScalarType dtype)
    : flat_(first_values(specs, init, dtype))
    , gradient_(at::zeros_like(flat_)) {
    std::int64_t at = 0;
    for (const auto& spec : specs) {
        const auto n = c10::multiply_integers(spec.shape);
        auto leaf = flat_.narrow(0, at, n).view(spec.shape).detach().requires_grad_(true);
        // Autograd adds in place to a gradient that is already there, so it fills the flat buffer.
        leaf.mutable_grad() = gradient_.narrow(0, at, n).view(spec.shape);
        leaves_.push_back({spec.name, std::move(leaf)});
        at += n;
    }
}

std::vector<std::vector<std::int64_t>> Weights::shapes() const {
    std::vector<std::vector<std::int64_t>> all;
    for (const auto& leaf : leaves_) all.push_back(leaf.tensor.sizes().vec());
    return all;
}

KeepWeights::KeepWeights(Weights& weights) : weights_(weights), kept_(weights.flat().clone()) {}

KeepWeights::~KeepWeights() {
    weights_.flat().copy_(kept_);
}

} // namespace descent

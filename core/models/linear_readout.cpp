#include "core/models/linear_readout.h"

#include <array>
#include <cmath>
#include <mutex>

namespace descent {

namespace {

constexpr std::int64_t kMostKept = 1 << 27; ///< numbers of a chunk's features: 512 MiB of floats

/// The features of one chunk, computed when first asked for.
class KeptFeatures : public Prepared {
public:
    template<class Make>
    Tensor get(at::ScalarType type, const Make& make) const {
        const std::lock_guard lock(mutex_);
        auto& kept = kept_[type == at::kDouble ? 1 : 0];
        if (!kept.defined()) kept = make();
        return kept;
    }

private:
    mutable std::mutex mutex_;
    mutable std::array<Tensor, 2> kept_; // float, double
};

WeightSpec readout(const ParamSet& params, std::int64_t outputs, std::int64_t features) {
    const bool zero = params.text("init") == "zero";
    return {"weight",
            {outputs, features},
            zero ? WeightSpec::Init::uniform : WeightSpec::Init::normal,
            zero ? 0 : params.real("init_scale")};
}

} // namespace

LinearReadout::LinearReadout(const ParamSet& params, const TaskShape& shape, std::int64_t features)
    : readout_(readout(params, shape.width(), features)) {}

std::vector<WeightSpec> LinearReadout::weights() const {
    return {readout_};
}

Tensor LinearReadout::logits(const Weights& weights, const Examples& examples) const {
    return at::linear(features_as(examples, weights[0].scalar_type()), weights[0]);
}

Tensor LinearReadout::features(const Examples& examples) const {
    return features_as(examples, at::kDouble);
}

Tensor LinearReadout::features_as(const Examples& examples, at::ScalarType type) const {
    const auto make = [&] {
        const at::NoGradGuard no_grad;
        return map(examples.inputs.to(type).flatten(1));
    };
    const auto* kept = dynamic_cast<const KeptFeatures*>(examples.prepared.get());
    return kept ? kept->get(type, make) : make();
}

std::vector<Examples> LinearReadout::prepare(const Examples& set, std::int64_t chunk) const {
    auto chunks = Model::prepare(set, chunk);
    for (auto& one : chunks) {
        const bool as_it_is = plain() && one.inputs.scalar_type() == at::kFloat;
        if (!as_it_is && one.size() * readout_.shape[1] <= kMostKept)
            one.prepared = std::make_shared<KeptFeatures>();
    }
    return chunks;
}

ParamTable readout_params() {
    return {choice("init", "zero", {"zero", "normal"}, "Weights at the start: all 0, or N(0, init_scale²)"),
            real("init_scale", 0.1, "Standard deviation of the weights at the start, where init is normal")
                .at_least(0)
                .log()};
}

} // namespace descent

#include "core/engine/registry.h"
#include "core/models/linear_readout.h"
#include "core/models/nonlinearity.h"

#include <cmath>

namespace descent {

namespace {

/// s(Wx + b)/√p with a trained linear read-out: Rahimi & Recht 2007. The p features' weights, W ~ N(0, 1/d)
/// and b ~ N(0, bias_scale²), are drawn once, feature by feature, from the run's seed, so that the features
/// of a narrow model are the first of a wide one's; they are never trained. An instance of Mei & Montanari
/// 2019 (core/analysis/asymptotics.h), with biases.
class RandomFeatures : public LinearReadout {
public:
    RandomFeatures(const ParamSet& params, const TaskShape& shape, std::uint64_t seed)
        : LinearReadout(params, shape, params.integer("features"))
        , nonlinearity_(nonlinearity(params.text("activation"))) {
        const auto count = params.integer("features"), inputs = c10::multiply_integers(shape.features);
        const double scale = 1 / std::sqrt(static_cast<double>(inputs)), bias = params.real("bias_scale");
        weights_ = at::empty({count, inputs}, at::kDouble);
        biases_ = at::empty({count}, at::kDouble);
        RandomStream random(seed, "features");
        auto* weight = weights_.data_ptr<double>();
        for (std::int64_t j = 0; j < count; ++j) {
            for (std::int64_t k = 0; k < inputs; ++k) *weight++ = scale * random.normal();
            biases_.data_ptr<double>()[j] = bias * random.normal();
        }
    }

protected:
    Tensor map(const Tensor& inputs) const override {
        const auto type = inputs.scalar_type();
        const double scale = 1 / std::sqrt(static_cast<double>(biases_.numel()));
        return nonlinearity_.apply(at::linear(inputs, weights_.to(type), biases_.to(type))).mul_(scale);
    }

private:
    const Nonlinearity& nonlinearity_;
    Tensor weights_, biases_; // double [p × d], [p]
};

} // namespace

ModelDefinition model_random_features() {
    auto table = ParamTable{
        integer("features", 100, "Random features, on which a linear read-out is trained")
            .at_least(1)
            .at_most(1'000'000)
            .log(),
        choice("activation", "relu", nonlinearity_names(), "What each feature does to its sum"),
        real("bias_scale", 0.5, "Standard deviation of the features' biases; 0 for none").at_least(0)};
    for (auto& param : readout_params()) table.push_back(std::move(param));
    return {{.id = "random-features",
             .title = "Random features",
             .summary = "A hidden layer that is drawn once and never trained, and a linear read-out that is",
             .params = std::move(table),
             .tasks = {"gaussian-mixture", "teacher", "symmetry", "kws-binary", "kws-3"}},
            [](const ParamSet& params, const TaskShape& shape, std::uint64_t seed) {
                return std::make_unique<RandomFeatures>(params, shape, seed);
            }};
}

} // namespace descent

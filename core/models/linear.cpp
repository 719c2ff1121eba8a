#include "core/engine/registry.h"
#include "core/models/linear_readout.h"

namespace descent {

namespace {

/// W·x: linear regression, or a linear classifier through the origin.
class Linear : public LinearReadout {
public:
    Linear(const ParamSet& params, const TaskShape& shape)
        : LinearReadout(params, shape, c10::multiply_integers(shape.features))
        , dimensions_(std::ssize(shape.features)) {}

    Tensor ensemble_logits(const std::vector<Tensor>& weights, const Tensor& inputs) const override {
        const bool shared = inputs.dim() == dimensions_ + 1;
        const auto x = inputs.to(weights[0].scalar_type()).flatten(shared ? 1 : 2);
        return x.matmul(weights[0].transpose(1, 2));
    }

protected:
    Tensor map(const Tensor& inputs) const override { return inputs; }
    bool plain() const override { return true; }

private:
    std::int64_t dimensions_;
};

} // namespace

ModelDefinition model_linear() {
    return {{.id = "linear",
             .title = "Linear",
             .summary = "One weight for each number of the input and each output, no bias: linear regression",
             .params = readout_params(),
             .tasks = {"gaussian-mixture", "teacher", "symmetry", "kws-binary", "kws-3"}},
            [](const ParamSet& params, const TaskShape& shape, std::uint64_t) {
                return std::make_unique<Linear>(params, shape);
            }};
}

} // namespace descent

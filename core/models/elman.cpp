#include "core/engine/registry.h"
#include "core/models/recurrent.h"

namespace descent {

namespace {

/// h ← tanh(W_ih x + b_ih + W_hh h + b_hh). Elman 1990.
class Elman : public Recurrent {
public:
    Elman(const ParamSet& params, const TaskShape& shape) : Recurrent(params, shape, 1, 1) {}

protected:
    Tensor step(const Tensor& input, const Tensor& state, const Tensor& weight_hh,
                const Tensor& bias_hh) const override {
        return (input + at::addmm(bias_hh, state, weight_hh)).tanh_();
    }
};

} // namespace

ModelDefinition model_elman() {
    return {{.id = "elman",
             .title = "Elman RNN",
             .summary = "Recurrent net with tanh units (torch.nn.RNN), linear read-out of the last state",
             .params = recurrent_params(),
             .tasks = {"names"}},
            [](const ParamSet& params, const TaskShape& shape, std::uint64_t) {
                return std::make_unique<Elman>(params, shape);
            }};
}

} // namespace descent

#include "core/engine/registry.h"
#include "core/models/recurrent.h"

namespace descent {

namespace {

/// r, z = σ(…); n = tanh(W_in x + b_in + r·(W_hn h + b_hn)); h ← (1 − z)·n + z·h. Cho et al. 2014, as in
/// torch.nn.GRU.
class Gru : public Recurrent {
public:
    Gru(const ParamSet& params, const TaskShape& shape) : Recurrent(params, shape, 3, 1) {}

protected:
    Tensor step(const Tensor& input, const Tensor& state, const Tensor& weight_hh,
                const Tensor& bias_hh) const override {
        const auto recurrent = at::addmm(bias_hh, state, weight_hh).split(hidden(), 1);
        const auto in = input.split(hidden(), 1);
        const auto reset = (in[0] + recurrent[0]).sigmoid_();
        const auto update = (in[1] + recurrent[1]).sigmoid_();
        const auto candidate = at::addcmul(in[2], reset, recurrent[2]).tanh_();
        return at::addcmul(candidate, update, state - candidate);
    }
};

} // namespace

ModelDefinition model_gru() {
    return {{.id = "gru",
             .title = "GRU",
             .summary = "Gated recurrent unit (torch.nn.GRU), linear read-out of the last state",
             .params = recurrent_params(),
             .tasks = {"names"}},
            [](const ParamSet& params, const TaskShape& shape, std::uint64_t) {
                return std::make_unique<Gru>(params, shape);
            }};
}

} // namespace descent

#include "core/engine/registry.h"
#include "core/models/recurrent.h"

namespace descent {

namespace {

/// i, f, o = σ(…), g = tanh(…); c ← f·c + i·g; h ← o·tanh(c). Hochreiter & Schmidhuber 1997, as in
/// torch.nn.LSTM.
class Lstm : public Recurrent {
public:
    Lstm(const ParamSet& params, const TaskShape& shape) : Recurrent(params, shape, 4, 2) {}

protected:
    Tensor step(const Tensor& input, const Tensor& state, const Tensor& weight_hh,
                const Tensor& bias_hh) const override {
        const auto before = state.split(hidden(), 1);
        const auto gates = (input + at::addmm(bias_hh, before[0], weight_hh)).split(hidden(), 1);
        const auto cell = at::addcmul(gates[1].sigmoid() * before[1], gates[0].sigmoid(), gates[2].tanh());
        return at::cat({gates[3].sigmoid() * cell.tanh(), cell}, 1);
    }
};

} // namespace

ModelDefinition model_lstm() {
    return {{.id = "lstm",
             .title = "LSTM",
             .summary = "Long short-term memory (torch.nn.LSTM), linear read-out of the last state",
             .params = recurrent_params(),
             .tasks = {"names"}},
            [](const ParamSet& params, const TaskShape& shape, std::uint64_t) {
                return std::make_unique<Lstm>(params, shape);
            }};
}

} // namespace descent

#include "core/engine/registry.h"
#include "core/models/recurrent.h"

namespace descent {

ModelDefinition model_lstm() {
    return {{.id = "lstm",
             .title = "LSTM",
             .summary = "Long short-term memory (torch.nn.LSTM), linear read-out of the last state",
             .params = recurrent_params(),
             .tasks = {"names"}},
            [](const ParamSet& params, const TaskShape& shape, std::uint64_t) {
                return std::make_unique<Recurrent>(params, shape, cells::Cell::lstm);
            }};
}

} // namespace descent

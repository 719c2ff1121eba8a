#include "core/engine/registry.h"
#include "core/models/recurrent.h"

namespace descent {

ModelDefinition model_elman() {
    return {{.id = "elman",
             .title = "Elman RNN",
             .summary = "Recurrent net with tanh units (torch.nn.RNN), linear read-out of the last state",
             .params = recurrent_params(),
             .tasks = {"names"}},
            [](const ParamSet& params, const TaskShape& shape, std::uint64_t) {
                return std::make_unique<Recurrent>(params, shape, cells::Cell::elman);
            }};
}

} // namespace descent

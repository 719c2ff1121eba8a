#include "core/engine/registry.h"
#include "core/models/recurrent.h"

namespace descent {

ModelDefinition model_gru() {
    return {{.id = "gru",
             .title = "GRU",
             .summary = "Gated recurrent unit (torch.nn.GRU), linear read-out of the last state",
             .params = recurrent_params(),
             .tasks = {"names"}},
            [](const ParamSet& params, const TaskShape& shape, std::uint64_t) {
                return std::make_unique<Recurrent>(params, shape, cells::Cell::gru);
            }};
}

} // namespace descent

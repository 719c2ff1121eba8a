#include "core/engine/registry.h"
#include "core/models/text_recurrent.h"
#include "core/tasks/text_data.h"

namespace descent {

ModelDefinition model_text_lstm() {
    return {
        {.id = "text-lstm",
         .title = "LSTM of texts",
         .summary =
             "Long short-term memory over word vectors (torch.nn.LSTM), packed, read at each text's own end",
         .params = text_recurrent_params(true),
         .deltas = {{"regime.clip_norm", 5.0}},
         .tasks = kTextTasks},
        [](const ParamSet& params, const TaskShape& shape, std::uint64_t seed) {
            return std::make_unique<TextRecurrent>(params, shape, seed, TextRecurrent::Cell::lstm);
        }};
}

} // namespace descent

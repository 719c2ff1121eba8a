#include "core/engine/registry.h"
#include "core/tasks/text_data.h"

namespace descent {

TaskDefinition task_text() {
    return text_task(
        {.id = "text",
         .title = "Texts",
         .summary = "Tell the class of a text, from any labelled texts",
         .make = [](std::int64_t count, double noise) { return made_opinions(count, false, noise, 1); },
         .longest = 200,
         .micro_batch = 256});
}

} // namespace descent

#include "core/engine/registry.h"
#include "core/tasks/text_data.h"

namespace descent {

TaskDefinition task_imdb() {
    return text_task(
        {.id = "imdb",
         .title = "Film reviews",
         .summary = "Tell good film reviews from bad ones (Large Movie Review Dataset, Maas et al. 2011)",
         .make = [](std::int64_t count, double noise) { return made_opinions(count, false, noise, 1); },
         .longest = 200,
         .micro_batch = 128});
}

} // namespace descent

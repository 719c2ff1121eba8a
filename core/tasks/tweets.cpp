#include "core/engine/registry.h"
#include "core/tasks/text_data.h"

namespace descent {

TaskDefinition task_tweets() {
    return text_task(
        {.id = "tweets",
         .title = "Tweets",
         .summary = "Tell what stance a short message takes: three classes",
         .make = [](std::int64_t count, double noise) { return made_opinions(count, true, noise, 3); },
         .longest = 60,
         .micro_batch = 1024});
}

} // namespace descent

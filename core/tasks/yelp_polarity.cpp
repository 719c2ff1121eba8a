#include "core/engine/registry.h"
#include "core/tasks/text_data.h"

namespace descent {

TaskDefinition task_yelp_polarity() {
    return text_task(
        {.id = "yelp-polarity",
         .title = "Yelp reviews",
         .summary = "Tell good reviews of businesses from bad ones (Yelp polarity, Zhang et al. 2015)",
         .make = [](std::int64_t count, double noise) { return made_opinions(count, false, noise, 2); },
         .longest = 200,
         .names = {{"1", "negative"}, {"2", "positive"}},
         .micro_batch = 128});
}

} // namespace descent

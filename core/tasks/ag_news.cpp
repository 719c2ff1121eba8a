#include "core/engine/registry.h"
#include "core/tasks/text_data.h"

namespace descent {

TaskDefinition task_ag_news() {
    return text_task(
        {.id = "ag-news",
         .title = "News topics",
         .summary = "Tell the topic of a short news item: four topics (AG's corpus, Zhang et al. 2015)",
         .make = [](std::int64_t count, double noise) { return made_topics(count, noise, 1); },
         .longest = 100,
         .names = {{"1", "World"}, {"2", "Sports"}, {"3", "Business"}, {"4", "Sci/Tech"}},
         .micro_batch = 512});
}

} // namespace descent

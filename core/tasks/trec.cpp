#include "core/engine/registry.h"
#include "core/tasks/text_data.h"

namespace descent {

TaskDefinition task_trec() {
    return text_task(
        {.id = "trec",
         .title = "Questions",
         .summary = "Tell what a question asks for: six kinds (TREC, Li and Roth 2002)",
         .make = [](std::int64_t count, double noise) { return made_questions(count, noise, 1); },
         .longest = 40,
         .encoding = "latin-1",
         .micro_batch = 1024});
}

} // namespace descent

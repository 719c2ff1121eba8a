#include "core/tasks/keyword_spotting.h"

namespace descent {

TaskDefinition task_kws_3() {
    return keyword_spotting("kws-3", "Keywords, 3 versus other",
                            "Tell three keywords apart, and from all other words", "sheila,happy,eight",
                            false);
}

} // namespace descent

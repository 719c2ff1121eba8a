#include "core/tasks/keyword_spotting.h"

namespace descent {

TaskDefinition task_kws_binary() {
    return keyword_spotting("kws-binary", "Keyword, binary", "Tell a keyword from all other words by ear",
                            "sheila", true);
}

} // namespace descent

#pragma once

#include "core/tasks/task.h"

namespace descent {

/// Keyword spotting in one-second clips of the Speech Commands layout, or in the built-in corpus that
/// espeak-ng speaks. `pooled`: all keywords are one class; otherwise each is one. Class 0 is every other
/// word.
inline const std::vector<std::string> kKeywordTasks{"kws-binary", "kws-3"};

TaskDefinition keyword_spotting(std::string id, std::string title, std::string summary,
                                const std::string& keywords, bool pooled);

} // namespace descent

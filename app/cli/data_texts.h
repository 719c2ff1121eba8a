#pragma once

#include "app/cli/command.h"

namespace descent::cli {

/// The options of `descent data` itself, which shows a task's data with some of its examples.
Action add_show_options(CLI::App& data);
void add_preview_command(CLI::App& data, Action& action); ///< data preview

} // namespace descent::cli

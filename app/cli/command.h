#pragma once

#include "core/base/result.h"

#include <functional>
#include <string>

namespace CLI {
class App;
}

namespace descent::cli {

/// What a shell sees; the numbers are promised in README.
enum Exit : int { ok = 0, bad_input = 2, diverged = 3, failed = 4, interrupted = 130 };

/// What the chosen command will do once the whole command line has been understood. Returns the exit code;
/// throws InputError for bad input and anything else for the rest.
using Action = std::function<int()>;

void add_catalog_commands(CLI::App& app, Action& action);    ///< tasks, models, optimizers, regimes, probes
void add_inspect_command(CLI::App& app, Action& action);     ///< inspect
void add_data_commands(CLI::App& app, Action& action);       ///< data, data make, preview, inspect
void add_run_commands(CLI::App& app, Action& action);        ///< run
void add_resume_commands(CLI::App& app, Action& action);     ///< resume, branch
void add_gradient_command(CLI::App& app, Action& action);    ///< gradient
void add_ladder_command(CLI::App& app, Action& action);      ///< ladder
void add_sweep_command(CLI::App& app, Action& action);       ///< sweep
void add_study_commands(CLI::App& app, Action& action);      ///< study symmetry
void add_compare_command(CLI::App& app, Action& action);     ///< compare
void add_store_commands(CLI::App& app, Action& action);      ///< runs, show
void add_score_commands(CLI::App& app, Action& action);      ///< classes, errors
void add_checkpoints_command(CLI::App& app, Action& action); ///< checkpoints
void add_evaluate_command(CLI::App& app, Action& action);    ///< evaluate
void add_preset_command(CLI::App& app, Action& action);      ///< presets
void add_mask_command(CLI::App& app, Action& action);        ///< mask
void add_edit_commands(CLI::App& app, Action& action);   ///< trash, restore, rename, tag, note, star, unstar
void add_recover_command(CLI::App& app, Action& action); ///< recover
void add_exchange_commands(CLI::App& app, Action& action); ///< export, import, merge

/// What --version says, and the warning about a slow BLAS.
int print_version();

/// One line on standard error: "descent: <message>".
void complain(const std::string& message);

} // namespace descent::cli

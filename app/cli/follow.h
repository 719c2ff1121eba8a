#pragma once

#include "app/cli/interrupt.h"
#include "app/cli/progress_line.h"
#include "app/cli/reporter.h"
#include "app/cli/store_option.h"
#include "core/engine/engine.h"

#include <functional>

namespace descent::cli {

/// Engine::start or Engine::resume, everything but the options bound.
using Begin = std::function<Result<std::unique_ptr<Session>>(const StartOptions&)>;

/// Reads a task's data, so that data which cannot be used leaves no empty store behind, and throws InputError
/// where it cannot. False: interrupted meanwhile.
bool data_is_usable(Engine& engine, const RunSpec& spec, ProgressLine& line, const InterruptWatch& watch);

/// Starts a run, shows it until it is over, and returns the exit code of its state. The first interrupt, and
/// a reader of standard output that has gone, end it as interrupted, with a checkpoint; a breakpoint, with
/// nobody here to press "continue", as stopped. Thread: main.
int follow(const Begin& begin, const StartOptions& options, bool resumed, StoreWriter& store,
           Reporter& reporter, const InterruptWatch& watch);

} // namespace descent::cli

#pragma once

#include "app/cli/interrupt.h"
#include "app/cli/reporter.h"
#include "app/cli/store_option.h"
#include "core/engine/engine.h"

#include <functional>

namespace descent::cli {

/// Engine::start or Engine::resume, everything but the options bound.
using Begin = std::function<Result<std::unique_ptr<Session>>(const StartOptions&)>;

/// Starts a run, shows it until it is over, and returns the exit code of its state. The first interrupt, and
/// a reader of standard output that has gone, end it as interrupted, with a checkpoint. Thread: main.
int follow(const Begin& begin, const StartOptions& options, bool resumed, StoreWriter& store,
           Reporter& reporter, const InterruptWatch& watch);

} // namespace descent::cli

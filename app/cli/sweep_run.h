#pragma once

#include "app/cli/sweep_jobs.h"
#include "app/cli/sweep_plan.h"

#include <string>

namespace descent::cli {

/// How a sweep is trained.
struct SweepRunOptions {
    std::size_t jobs = 1;
    bool ensembles = true;
    SweepProgress::How progress = SweepProgress::How::bar;
};

/// Trains what is missing of a stored sweep, and of an active one the levels that follow; holds it meanwhile.
/// `sweep` grows with it. `cells`: of its plan. Throws InputError where another process trains it. Thread:
/// main.
SweepOutcome run_sweep(SweepRecord& sweep, std::vector<SweepCell> cells, const SweepRunOptions& options,
                       Engine& engine, StoreWriter& store, Output& out, const InterruptWatch& watch);

/// The keys of the cells, as SweepRecord has them.
std::vector<std::string> keys_of(const std::vector<SweepCell>& cells);

} // namespace descent::cli

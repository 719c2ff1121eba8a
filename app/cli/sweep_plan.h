#pragma once

#include "app/cli/request_options.h"
#include "core/analysis/sweep.h"
#include "core/store/sweeps.h"

#include <optional>
#include <string>
#include <vector>

namespace descent::cli {

/// The options that say what a sweep is of.
struct SweepPlanOptions {
    RequestOptions request;
    std::vector<std::string> over;
    std::optional<std::string> seeds, active;
    std::string spec, preset, metric;
    bool draw_data = false;

    void add_to(CLI::App& command);
    /// Throws InputError where a number is none, before the engine is loaded.
    void check() const;
    std::int64_t seed_count(std::int64_t otherwise) const;
};

/// Of the options alone, or of a file or a preset with the options over it. Throws InputError.
SweepPlan new_sweep_plan(const SweepPlanOptions& options, const Catalog& catalog);
/// With further levels, seeds and active levels. Throws InputError where one of them would take some away.
SweepPlan extended_sweep_plan(SweepPlan plan, const SweepPlanOptions& options, const Catalog& catalog);

/// The names of the presets, one a line with what each is: for the help.
std::string sweep_preset_names();

/// The next levels of an active sweep, laid into its plan: its axis grows, and what is still to be added
/// shrinks. False: none is worth while, or the plan is not active (any more).
bool add_active_levels(SweepPlan& plan, const std::vector<CellRun>& runs, const Catalog& catalog);

} // namespace descent::cli

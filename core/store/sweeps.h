#pragma once

#include "core/analysis/sweep.h"
#include "core/base/run_record.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace descent {

/// A sweep as the store holds it.
struct SweepRecord {
    std::string id;   ///< UUID
    std::string name; ///< readable, unique among sweeps: "double-descent-3"
    SweepPlan plan;
    std::int64_t created_ms = 0;
    std::optional<std::int64_t> trashed_ms;
    std::string note;
    std::vector<std::string> keys; ///< of each cell, in order of sweep_grid(plan)
    /// The process that trains it ("descent sweep"); 0 where none does or it is gone.
    std::int64_t pid = 0;
};

/// A change a person makes to a stored sweep: what is given is set.
struct SweepEdit {
    std::string id;
    std::optional<std::string> name{}, note{};
    std::optional<bool> trashed{}; ///< hides the sweep; its runs stay
};

/// What has become of a sweep's cells.
struct SweepStatus {
    std::int64_t cells = 0, finished = 0, running = 0, diverged = 0, failed = 0; ///< the rest are to come
    bool complete() const { return finished + diverged == cells; }
};

/// The run that stands for a cell: of those with its key that are not in the trash, the one that got furthest
/// (finished, diverged, being trained, resumable, failed), then the newest.
struct CellRun {
    std::size_t cell = 0;
    RunRecord run; ///< as lists have it
};

} // namespace descent

#pragma once

#include "app/cli/sweep_progress.h"
#include "app/cli/work_queue.h"

#include <filesystem>
#include <string>
#include <vector>

namespace descent::cli {

/// What became of all of the work.
struct SweepOutcome {
    std::vector<std::string> problems; ///< one line each, no line twice
    bool failed = false;
    void add(const WorkResult& result);
    void add(const std::string& problem);
};

/// Has the work done by `jobs` processes of this very program at once (descent sweep --work), each with one
/// thread, all writing to the one store. An interrupt is passed on and waited for. A process that dies is
/// reported; what it trained is tried once more. Thread: main.
void train_in_processes(const std::vector<SweepWork>& work, const SweepLineage& lineage, WorkQueue& queue,
                        std::size_t jobs, const std::string& sweep_id, const std::filesystem::path& store,
                        const InterruptWatch& watch, SweepProgress& progress, SweepOutcome& outcome);

/// The other side: trains what standard input says, a line of JSON a piece, and answers on standard output,
/// until the input ends. Returns the exit code.
int serve_sweep_work(const std::vector<SweepCell>& cells, const std::string& sweep_id, Engine& engine,
                     StoreWriter& store, const InterruptWatch& watch);

} // namespace descent::cli

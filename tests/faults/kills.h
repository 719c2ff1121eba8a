#pragma once

#include "tests/faults/lab.h"

#include <cstdint>

namespace descent::faults {

struct KillPlan {
    int kills = 25;
    std::uint64_t seed = 0;
    double scale = 1;     ///< length of the runs
    double longest = 2.5; ///< seconds until a kill, at most
    bool verbose = false; ///< a line for each run
};

struct Killed {
    int kills = 0, terminated = 0, runs = 0, begun_anew = 0;
    double seconds = 0;    ///< of all that was killed
    double worst_loss = 0; ///< age in seconds of the oldest sample that was printed and not kept
    int beyond = 0;        ///< kills that lost something older than 0.25 s
    std::vector<std::string> wrong;
};

/// Trains the recipes in turn, kills each at random moments, resumes, and compares with an unbroken run.
Killed kill_runs(const KillPlan& plan);
/// The same for a sweep of four cells with two child processes at a time: now all are killed, now one child.
Killed kill_sweeps(const KillPlan& plan, double seconds);
/// Two processes train into one store, each run in turn; one of them is killed now and then.
Killed kill_writers(const KillPlan& plan, double seconds);

} // namespace descent::faults

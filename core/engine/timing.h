#pragma once

#include "core/engine/experiment.h"

#include <stop_token>
#include <string>

namespace descent {

/// Seconds that one update takes on so many threads: after one to warm up the mean of some, a fifth of a
/// second or one update long. The updates change the experiment, so it must be one that is thrown away.
/// Leaves the calling thread with that many threads.
double seconds_per_update(Experiment& experiment, int threads, const std::stop_token& stop);

struct ThreadChoice {
    int threads = 1;
    std::string line; ///< what was measured, for the run's log
};

/// How many threads an experiment like this one is trained fastest on, by timing throw-away updates on 1, 2,
/// 4, … and all cores. More are taken only where they save a tenth of the time or more, and none are tried
/// after a number that did not. What it says depends on what else the machine does, so it is part of a run's
/// provenance, not of its spec. Says how far it is before each number.
/// Throws InputError("interrupted") where a stop is asked for.
ThreadChoice fastest_threads(const Experiment& like, const Loading& loading);

} // namespace descent

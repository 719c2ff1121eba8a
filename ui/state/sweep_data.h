#pragma once

#include "core/store/sweeps.h"

#include <vector>

namespace descent::ui {

/// A stored sweep and all that is known of its cells, at one moment. A value: made off the GUI thread, then
/// shared as `std::shared_ptr<const SweepData>`.
struct SweepData {
    SweepRecord record;
    std::vector<SweepCell> grid; ///< sweep_grid(record.plan): levels and seeds; spec and key are empty
    std::vector<CellRun> runs; ///< of the cells that have one, ordered by CellRun::cell (an index into grid)
};

/// Whether the two, either of which may be null, are moments of one sweep.
inline bool sameSweep(const SweepData* a, const SweepData* b) {
    return a && b && a->record.id == b->record.id;
}

} // namespace descent::ui

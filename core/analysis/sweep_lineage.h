#pragma once

#include "core/analysis/sweep.h"

#include <optional>
#include <vector>

namespace descent {

/// What is trained for a sweep, and in which order: a pruned network is made from the trained one of the
/// level below (core/base/pruning.h). Indices are the same in every process that has the same plan.
struct SweepLineage {
    /// The sweep's own, in their order, then those networks that one of them is made from and that are not
    /// among them; these have no levels.
    std::vector<SweepCell> cells;
    std::size_t own = 0; ///< so many of them are the sweep's
    /// Of each cell the one that it is made from; none for a dense network.
    std::vector<std::optional<std::size_t>> parent;
    /// Of each cell the first that is the same run: itself, but for the dense network of several branches.
    std::vector<std::size_t> first;
    std::vector<bool> is_parent; ///< of each cell, whether another is made from it
};
SweepLineage sweep_lineage(const Catalog& catalog, std::vector<SweepCell> cells);

} // namespace descent

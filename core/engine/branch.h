#pragma once

#include "core/engine/checkpoint.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace descent {

/// Where a run begins that goes on from another's checkpoint under settings of its own.
struct BranchPoint {
    std::filesystem::path checkpoint;
    std::string parent;     ///< its name
    RunSpec in_force;       ///< the parent's settings there: spec_in_force
    bool same_data = false; ///< the same examples on the same sides of the split
};

/// Takes over what still fits: the weights always; the optimizer's state where it is of the same rule and
/// shapes; averages, plateau and patience where their settings are the same; random streams and the place in
/// the epoch where data, seed and batches are, else a new epoch begins with streams of its own. Adds a line
/// to `said` for whatever is not the parent's. Throws InputError where the weights do not fit, where the seed
/// or what is pruned is another, or where nothing would be left to train; the experiment may then be half
/// restored.
Standing branch_off(const BranchPoint& from, Experiment& experiment,
                    const std::vector<std::unique_ptr<Probe>>& probes, Meter* meter,
                    std::vector<std::string>& said);

/// "optimizer.lr = 0.01 (was 0.1), epochs = 40 (was 20)": what `now` has otherwise. "" for nothing.
std::string changed_settings(const RunSpec& before, const RunSpec& now);

} // namespace descent

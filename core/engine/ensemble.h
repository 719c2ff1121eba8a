#pragma once

#include "core/base/run_spec.h"

#include <optional>
#include <string>
#include <vector>

namespace descent {

/// Why runs of this spec are trained alone ("instruments look at one network at a time"); none: they can be
/// members of an ensemble.
std::optional<std::string> ensemble_refusal(const RunSpec& spec);

/// Runs of equal families can be trained as one: specs that differ only in seed, widths, initialisation, step
/// size and other optimizer parameters, label noise, class weights, schedule, length, and in what only looks.
std::string ensemble_family(const RunSpec& spec);

/// Indices into `specs` in groups of one family, at most `most` in one, members of like width together, so
/// that little is padded; a spec that is refused stands alone.
std::vector<std::vector<std::size_t>> ensemble_groups(const std::vector<RunSpec>& specs, std::size_t most);

} // namespace descent

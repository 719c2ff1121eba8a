#pragma once

#include "core/analysis/outcomes.h"
#include "ui/plots/sweep_outcome_chart.h"
#include "ui/state/sweep_data.h"

namespace descent::ui {

/// How the runs of each combination of levels ended: all training examples answered rightly, not, or
/// diverged. Thread: any.
OutcomeData sweepOutcomes(const SweepData& sweep);
/// Of mirror symmetry: as the paper, otherwise solved, on the plateau …, beside what others found. `early`:
/// only whether by update kSymmetryEarly. `ends` as symmetry_ends() has them. Thread: any; seconds for
/// 100,000 networks.
OutcomeData symmetryOutcomes(const SweepData& sweep, const std::vector<SymmetryEnd>& ends, bool early);

} // namespace descent::ui

#pragma once

#include "ui/plots/sweep_chart.h"

#include <string>
#include <vector>

namespace descent::ui {

struct SweepCurvesTask;

/// The exact test risk of least squares as sizes grow together (core/analysis/asymptotics.h), in the units of
/// `word` ("test/loss", "validation/error"), along the task's axis with the other axes at `levels`. None
/// where it does not apply: another task than regression on a linear teacher with inputs N(0, I), another
/// optimizer than whole least squares, another model than linear and random features, an axis that it does
/// not know, training error, a moment before the end. Thread: any.
std::vector<SweepCurve> theoryOf(const SweepCurvesTask& task, const std::vector<std::size_t>& levels,
                                 const std::string& word);

} // namespace descent::ui

#pragma once

#include "core/store/reader.h"
#include "ui/plots/plot_view.h"

namespace descent::ui {

class WatchedRun;

double xOf(const SeriesPoint& point, XAxis axis);
/// Where the run's points lie: with the size of its training set and the updates it plans.
SeriesAxis axisOf(const WatchedRun& run, XAxis axis);
/// Where an update of the run lies, between what was measured before and after it.
double xAt(const WatchedRun& run, Update update, XAxis axis);

} // namespace descent::ui

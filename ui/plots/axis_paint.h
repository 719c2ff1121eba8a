#pragma once

#include "ui/plots/plot_frame.h"
#include "ui/plots/ticks.h"

class QPainter;

namespace descent::ui {

/// Grid, numbers and titles around the area of a chart: y's title above, x's beneath, two lines of text under
/// the area and one above it. On a log axis faint lines lie between those with numbers. Thread: GUI.
void paintAxes(QPainter& painter, const PlotFrame& frame, const std::vector<Tick>& x_ticks,
               const std::vector<Tick>& y_ticks, const QString& x_title, const QString& y_title);

} // namespace descent::ui

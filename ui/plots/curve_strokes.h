#pragma once

#include "ui/plots/curve_source.h"

class QPainter;

namespace descent::ui {

/// A curve as lines, with points where they are few.
void strokeCurve(QPainter& painter, const PlotFrame& frame, const CurveSource& curve, const CurveShape& shape,
                 double wider = 1);
/// The area behind a curve.
void strokeBand(QPainter& painter, const PlotFrame& frame, const CurveSource& curve);
/// Marks at the foot of the plot for what has no place in it: a cross where values are not finite, a small
/// triangle where a log axis cannot show them.
void strokeMarks(QPainter& painter, const PlotFrame& frame, const CurveSource& curve, const CurveShape& shape,
                 const QColor& broken);

inline constexpr float kBandAlpha = 0.18f, kFaintAlpha = 0.28f;

} // namespace descent::ui

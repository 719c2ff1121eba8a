#pragma once

#include "ui/plots/detection_axes.h"
#include "ui/state/detection.h"

#include <QFontMetricsF>
#include <QSizeF>
#include <QStringList>

class QPainter;

namespace descent::ui {

/// Colours of theme::series: validation's, and one unlike it.
inline constexpr int kShownColour = 1, kBestColour = 3;

/// What holds at an operating point, a line each: threshold, false alarms, false rejects, precision, false
/// alarms an hour.
QStringList wordsOf(const OperatingPoint& at);

/// Axes for the curves of `detection`, which must have one, with their labels inside `size`. Thread: GUI.
DetectionAxes arrangeDetection(const Detection& detection, DetectionScale scale, QSizeF size,
                               const QFontMetricsF& metrics);
/// Grid, labels, earlier curves, the best, the shown one with its threshold, and the readout, in the
/// painter's font. `focused`: the threshold has a ring. Thread: GUI.
void paintDetection(QPainter& painter, const Detection& detection, const DetectionAxes& axes, bool focused);

} // namespace descent::ui

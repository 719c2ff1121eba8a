#pragma once

#include "ui/plots/detection_axes.h"
#include "ui/state/detection.h"

#include <QFontMetricsF>
#include <QPolygonF>
#include <QSizeF>
#include <QStringList>

class QPainter;

namespace descent::ui {

/// Colours of theme::series: validation's, and one unlike it.
inline constexpr int kShownColour = 1, kBestColour = 3;

/// What holds at an operating point, a line each: threshold, false alarms, false rejects, precision, false
/// alarms an hour.
QStringList wordsOf(const OperatingPoint& at);

/// Places axes with their labels inside `size`. Thread: any.
void placeDetectionAxes(DetectionAxes& axes, QSizeF size, const QFontMetricsF& metrics);
/// Grid, labels, titles and, where it is a straight line, what guessing gives. Thread: GUI.
void paintDetectionGrid(QPainter& painter, const DetectionAxes& axes, const QFontMetricsF& metrics);
/// The points in pixels, those too close to each other to be told apart left out.
QPolygonF detectionLine(const DetectionAxes& axes, const std::vector<DetectionPoint>& points);

/// Axes for the curves of `detection`, which must have one, with their labels inside `size`. Thread: GUI.
DetectionAxes arrangeDetection(const Detection& detection, DetectionScale scale, QSizeF size,
                               const QFontMetricsF& metrics);
/// Grid, labels, earlier curves, the best, the shown one with its threshold, and the readout, in the
/// painter's font. `focused`: the threshold has a ring. Thread: GUI.
void paintDetection(QPainter& painter, const Detection& detection, const DetectionAxes& axes, bool focused);

} // namespace descent::ui

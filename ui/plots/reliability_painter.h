#pragma once

#include "ui/state/class_curves.h"

#include <QFont>
#include <QPointF>
#include <QSizeF>

class QPainter;

namespace descent::ui {

/// The reliability diagram: in each bin of confidence how often the answers are right, against how sure they
/// are; how many answers each bin has as bars along the bottom; what perfect calibration gives as a diagonal.
/// In the painter's font. Thread: GUI.
void paintReliability(QPainter& painter, const ClassCurves& of, QSizeF size);
/// The bin under a point of it, none outside.
const ReliabilityBin* reliabilityBinAt(const ClassCurves& of, QSizeF size, const QFont& font, QPointF at);

} // namespace descent::ui

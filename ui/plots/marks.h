#pragma once

#include <QColor>
#include <QPointF>

class QPainter;

namespace descent::ui {

/// Shapes of points: circle, square, triangle up, diamond, triangle down, plus, cross; `shape` wraps. All of
/// about the same weight. `radius` in pixels. Thread: GUI.
void paintMark(QPainter& painter, QPointF at, int shape, const QColor& colour, double radius);

} // namespace descent::ui

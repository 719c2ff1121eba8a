#include "ui/plots/marks.h"

#include "ui/theme.h"

#include <QPainter>
#include <QPen>
#include <QPolygonF>

namespace descent::ui {

void paintMark(QPainter& painter, QPointF at, int shape, const QColor& colour, double radius) {
    const auto polygon = [&](std::initializer_list<QPointF> corners) {
        QPolygonF p;
        for (const QPointF& c : corners) p << at + c * radius;
        painter.drawPolygon(p);
    };
    const auto strokes = [&](QPointF a, QPointF b) {
        painter.setPen(QPen(colour, radius * 0.55, Qt::SolidLine, Qt::FlatCap));
        painter.drawLine(at - a * radius, at + a * radius);
        painter.drawLine(at - b * radius, at + b * radius);
    };
    painter.setPen(QPen(theme::surface(), 1)); // so that marks on each other are told apart
    painter.setBrush(colour);
    switch (shape % 7) {
    case 0:
        painter.drawEllipse(at, radius, radius);
        break;
    case 1:
        polygon({{-0.9, -0.9}, {0.9, -0.9}, {0.9, 0.9}, {-0.9, 0.9}});
        break;
    case 2:
        polygon({{0, -1.2}, {1.1, 0.8}, {-1.1, 0.8}});
        break;
    case 3:
        polygon({{0, -1.25}, {1.25, 0}, {0, 1.25}, {-1.25, 0}});
        break;
    case 4:
        polygon({{0, 1.2}, {1.1, -0.8}, {-1.1, -0.8}});
        break;
    case 5:
        strokes({1.1, 0}, {0, 1.1});
        break;
    default:
        strokes({0.85, 0.85}, {0.85, -0.85});
        break;
    }
}

} // namespace descent::ui

#include "ui/plots/curve_strokes.h"

#include "ui/theme.h"

#include <QPainter>
#include <QPolygonF>

#include <array>
#include <cmath>
#include <limits>

namespace descent::ui {

namespace {

constexpr std::size_t kMarkersUpTo = 40; ///< few points are shown as points too
constexpr std::size_t kWideUpTo = 200;   ///< many are drawn thin
constexpr double kMarksApart = 8;

QPen penOf(const CurveSource& curve, std::size_t points, double wider) {
    QColor colour = curve.colour;
    if (curve.faint) {
        colour.setAlphaF(kFaintAlpha);
        return QPen(colour, wider);
    }
    // Qt strokes a wide zigzag of a thousand points in 90 ms and a line of width 1 in half a millisecond.
    QPen pen(colour, (points > kWideUpTo ? 1 : 1.75) * wider);
    pen.setCapStyle(Qt::RoundCap);
    pen.setJoinStyle(Qt::RoundJoin);
    if (theme::dash(curve.dash) != Qt::SolidLine) {
        static const std::array<QList<qreal>, 5> patterns{
            {{}, {4.5, 3}, {6, 2.5, 1, 2.5}, {1, 2.6}, {5, 2, 1, 2, 1, 2}}};
        pen.setCapStyle(Qt::FlatCap);
        pen.setDashPattern(patterns[std::size_t(curve.dash) % patterns.size()]);
    }
    return pen;
}

} // namespace

void strokeCurve(QPainter& painter, const PlotFrame& frame, const CurveSource& curve, const CurveShape& shape,
                 double wider) {
    const auto points = pointsOf(shape, frame);
    painter.setPen(penOf(curve, points.size(), wider));
    painter.setBrush(Qt::NoBrush);
    QPolygonF segment;
    const bool dots = !curve.faint && !curve.steps && points.size() <= kMarkersUpTo &&
                      theme::dash(curve.dash) != Qt::DotLine;
    const auto flush = [&] {
        if (segment.size() > 1) painter.drawPolyline(segment);
        if (segment.size() == 1 && !dots) painter.drawPoint(segment.front());
        segment.clear();
    };
    for (const auto& point : points) {
        if (!frame.showsX(point.x)) continue;
        if (!frame.showsY(point.y)) {
            flush();
            continue;
        }
        const double x = frame.px(point.x);
        if (curve.steps && !segment.isEmpty()) segment << QPointF(x, segment.back().y());
        segment << QPointF(x, frame.py(point.y));
    }
    flush();
    if (!dots) return;
    painter.setPen(Qt::NoPen);
    painter.setBrush(curve.colour);
    for (const auto& point : points)
        if (frame.showsX(point.x) && frame.showsY(point.y))
            painter.drawEllipse(QPointF(frame.px(point.x), frame.py(point.y)), 2.25 * wider, 2.25 * wider);
}

void strokeBand(QPainter& painter, const PlotFrame& frame, const CurveSource& curve) {
    if (!curve.band) return;
    QColor colour = curve.colour;
    colour.setAlphaF(kBandAlpha);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    QPolygonF high, low;
    const auto flush = [&] {
        for (auto it = low.rbegin(); it != low.rend(); ++it) high << *it;
        if (high.size() > 3) painter.drawPolygon(high);
        high.clear();
        low.clear();
    };
    for (const auto& point : *curve.band) {
        if (!frame.showsX(point.x) || !frame.showsY(point.high) || std::isnan(point.low)) {
            flush();
            continue;
        }
        const double x = frame.px(point.x);
        high << QPointF(x, frame.py(point.high));
        low << QPointF(x, frame.showsY(point.low) ? frame.py(point.low) : frame.area.bottom());
    }
    flush();
}

void strokeMarks(QPainter& painter, const PlotFrame& frame, const CurveSource& curve, const CurveShape& shape,
                 const QColor& broken) {
    double taken = -std::numeric_limits<double>::infinity();
    const auto room = [&](double x) {
        if (x < frame.area.left() - 1 || x > frame.area.right() + 1 || x < taken + kMarksApart) return false;
        taken = x;
        return true;
    };
    painter.setPen(QPen(broken, 1.75));
    const auto cross = [&](double x) {
        if (!room(x)) return;
        const QPointF at(x, frame.area.bottom() - 6);
        painter.drawLine(at + QPointF(-3.5, -3.5), at + QPointF(3.5, 3.5));
        painter.drawLine(at + QPointF(-3.5, 3.5), at + QPointF(3.5, -3.5));
    };
    for (const auto& point : shape.points)
        if (!std::isfinite(point.y) && frame.showsX(point.x)) cross(frame.px(point.x));
    const double width = frame.area.width() / double(std::max<std::size_t>(1, shape.columns.size()));
    for (std::size_t c = 0; c < shape.columns.size(); ++c)
        if (shape.columns[c].broken > 0) cross(frame.area.left() + (double(c) + 0.5) * width);
    taken = -std::numeric_limits<double>::infinity();
    QColor colour = curve.colour;
    if (curve.faint) colour.setAlphaF(0.6f);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    for (const auto& point : shape.below) {
        const double x = frame.px(point.x), foot = frame.area.bottom() + 1;
        if (room(x)) painter.drawPolygon(QPolygonF{{x - 3, foot - 5}, {x + 3, foot - 5}, {x, foot}});
    }
}

} // namespace descent::ui

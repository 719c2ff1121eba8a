#include "ui/plots/detection_painter.h"

#include "core/base/format.h"
#include "ui/state/watched_run.h"
#include "ui/theme.h"

#include <QCoreApplication>
#include <QPainter>
#include <QPolygonF>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace descent::ui {

namespace {

constexpr double kApart = 0.75; ///< pixels; closer points are drawn as one

QString tr(const char* text) {
    return QCoreApplication::translate("DetectionPainter", text);
}
QString number(double v, int digits = 3) {
    return QString::fromStdString(format_number(v, digits));
}
QString count(std::int64_t n) {
    return QString::fromStdString(format_count(n));
}
QString share(double v) {
    return std::isnan(v) ? QStringLiteral("–") : QString::fromStdString(format_percent(v));
}

QPolygonF lineOf(const DetectionAxes& axes, const DetectionCurve& curve) {
    return detectionLine(axes, curve.points());
}

void paintCurves(QPainter& painter, const Detection& detection, const DetectionAxes& axes) {
    painter.setBrush(Qt::NoBrush);
    const auto& earlier = detection.earlier();
    for (std::size_t i = 0; i < earlier.size(); ++i) { // older is fainter
        QColor colour = theme::series(kShownColour);
        colour.setAlphaF(0.10f + 0.22f * float(i + 1) / float(earlier.size()));
        painter.setPen(QPen(colour, 1));
        painter.drawPolyline(lineOf(axes, earlier[i].second));
    }
    if (detection.best() != detection.shown()) {
        QPen pen(theme::series(kBestColour), 1.5);
        pen.setCapStyle(Qt::FlatCap);
        pen.setDashPattern({4.5, 3});
        painter.setPen(pen);
        painter.drawPolyline(lineOf(axes, detection.bestCurve()));
    }
    QPen pen(theme::series(kShownColour), 2);
    pen.setJoinStyle(Qt::RoundJoin);
    painter.setPen(pen);
    painter.drawPolyline(lineOf(axes, detection.curve()));
}

QPointF pointOf(const Detection& detection, const DetectionAxes& axes) {
    return axes.at(detection.curve().points()[detection.point()]);
}

void paintGuides(QPainter& painter, const Detection& detection, const DetectionAxes& axes) {
    const QPointF at = pointOf(detection, axes);
    painter.setPen(QPen(theme::text(), 1, Qt::DotLine));
    painter.drawLine(at, QPointF(at.x(), axes.area().bottom()));
    painter.drawLine(at, QPointF(axes.area().left(), at.y()));
}

void paintPoint(QPainter& painter, const Detection& detection, const DetectionAxes& axes, bool focused) {
    const QPointF at = pointOf(detection, axes);
    if (focused) {
        painter.setPen(QPen(theme::accent(), 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(at, 9, 9);
    }
    painter.setPen(QPen(theme::surface(), 2));
    painter.setBrush(theme::text());
    painter.drawEllipse(at, 5.5, 5.5);
}

/// Where a box of that size hides least of the curves: the corner that they bend away from, if they leave
/// one.
QRectF emptiest(const Detection& detection, const DetectionAxes& axes, QSizeF size) {
    const QRectF inner = axes.area().adjusted(8, 6, -4, -6);
    QRectF box(QPointF(), size);
    const auto hidden = [&](const DetectionCurve& curve) {
        const QPolygonF line = lineOf(axes, curve);
        double length = 0;
        for (qsizetype i = 1; i < line.size(); ++i) { // mostly steps: each side lies on its bounding box
            const QRectF part = QRectF(line[i - 1], line[i]).normalized().adjusted(0, 0, 1e-3, 1e-3) & box;
            if (!part.isEmpty()) length += part.width() + part.height();
        }
        return length;
    };
    const bool roc = axes.scale() == DetectionScale::roc;
    std::optional<std::pair<double, QRectF>> best;
    for (const bool right : {true, false})
        for (const bool lower : {roc, !roc}) {
            right ? box.moveRight(inner.right()) : box.moveLeft(inner.left());
            lower ? box.moveBottom(inner.bottom()) : box.moveTop(inner.top());
            const double cost = hidden(detection.curve()) + hidden(detection.bestCurve()) / 2;
            if (!best || cost < best->first - 1) best = {cost, box};
        }
    return best->second;
}

void paintReadout(QPainter& painter, const Detection& detection, const DetectionAxes& axes,
                  const QFontMetricsF& metrics) {
    const QRectF& area = axes.area();
    QStringList lines = wordsOf(detection.at());
    const auto fits = [&](const QStringList& text, double most) {
        double width = 0;
        for (const auto& line : text) width = std::max(width, metrics.horizontalAdvance(line));
        return width + 12 <= area.width() * most &&
               double(text.size()) * metrics.height() + 8 <= area.height() * 0.6;
    };
    if (!fits(lines, 0.92)) {
        const OperatingPoint p = detection.at();
        lines = {tr("≥ %1: FA %2 · %3")
                     .arg(number(p.probability()), count(p.false_alarms), share(p.falseAlarmRate())),
                 tr("FR %1 · %2 · prec. %3")
                     .arg(count(p.false_rejects), share(p.falseRejectRate()), share(p.precision())),
                 tr("%1 FA/h").arg(number(p.falseAlarmsPerHour()))};
        if (!fits(lines, 1.0)) return;
    }
    double width = 0;
    for (const auto& line : lines) width = std::max(width, metrics.horizontalAdvance(line));
    const QRectF box = emptiest(detection, axes, {width + 8, double(lines.size()) * metrics.height() + 4});
    QColor behind = theme::surface();
    behind.setAlphaF(0.88f);
    painter.fillRect(box, behind);
    painter.setPen(theme::text());
    for (qsizetype i = 0; i < lines.size(); ++i)
        painter.drawText(
            QRectF(box.left() + 4, box.top() + 2 + double(i) * metrics.height(), width, metrics.height()),
            Qt::AlignLeft | Qt::AlignVCenter, lines[i]);
}

} // namespace

QStringList wordsOf(const OperatingPoint& at) {
    return {
        tr("threshold %1 (log odds %2)").arg(number(at.probability()), number(at.threshold)),
        tr("false alarms %1 of %2 · %3")
            .arg(count(at.false_alarms), count(at.negatives()), share(at.falseAlarmRate())),
        tr("false rejects %1 of %2 · %3")
            .arg(count(at.false_rejects), count(at.positives()), share(at.falseRejectRate())),
        at.accepted() > 0
            ? tr("precision %1 (%2 of %3)").arg(share(at.precision()), count(at.hits), count(at.accepted()))
            : tr("precision: nothing accepted"),
        tr("%1 false alarms an hour").arg(number(at.falseAlarmsPerHour()))};
}

QPolygonF detectionLine(const DetectionAxes& axes, const std::vector<DetectionPoint>& points) {
    QPolygonF line;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const QPointF at = axes.at(points[i]);
        if (!line.isEmpty() && i + 1 < points.size() && (at - line.back()).manhattanLength() < kApart)
            continue;
        line << at;
    }
    return line;
}

void paintDetectionGrid(QPainter& painter, const DetectionAxes& axes, const QFontMetricsF& metrics) {
    const QRectF& area = axes.area();
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(QPen(theme::border(), 1));
    for (const auto& tick : axes.y().ticks)
        painter.drawLine(QPointF(area.left(), std::round(axes.py(tick.value))),
                         QPointF(area.right(), std::round(axes.py(tick.value))));
    for (const auto& tick : axes.x().ticks)
        painter.drawLine(QPointF(std::round(axes.px(tick.value)), area.top()),
                         QPointF(std::round(axes.px(tick.value)), area.bottom()));
    painter.setPen(QPen(theme::mutedText(), 1));
    painter.drawLine(area.bottomLeft(), area.bottomRight());
    painter.setRenderHint(QPainter::Antialiasing);
    for (const auto& tick : axes.y().ticks)
        painter.drawText(
            QRectF(0, axes.py(tick.value) - metrics.height() / 2, area.left() - 6, metrics.height()),
            Qt::AlignRight | Qt::AlignVCenter, tick.label);
    double taken = -1;
    for (const auto& tick : axes.x().ticks) {
        const double width = metrics.horizontalAdvance(tick.label);
        const double left =
            std::clamp(axes.px(tick.value) - width / 2, 0.0, std::max(0.0, area.right() + 8 - width));
        if (left < taken) continue;
        painter.drawText(QPointF(left, area.bottom() + 4 + metrics.ascent()), tick.label);
        taken = left + width + metrics.averageCharWidth();
    }
    painter.drawText(QRectF(0, 0, area.right(), metrics.height()), Qt::AlignLeft | Qt::AlignVCenter,
                     metrics.elidedText(axes.yTitle(), Qt::ElideRight, area.right()));
    painter.drawText(QRectF(0, area.bottom() + 6 + metrics.height(), area.right() + 8, metrics.height()),
                     Qt::AlignRight | Qt::AlignVCenter,
                     metrics.elidedText(axes.xTitle(), Qt::ElideRight, area.right()));
    if (axes.scale() != DetectionScale::linear && axes.scale() != DetectionScale::roc) return;
    painter.setPen(QPen(theme::mutedText(), 1, Qt::DotLine)); // what guessing gives
    const bool roc = axes.scale() == DetectionScale::roc;
    painter.drawLine(roc ? area.bottomLeft() : area.topLeft(), roc ? area.topRight() : area.bottomRight());
}

DetectionAxes arrangeDetection(const Detection& detection, DetectionScale scale, QSizeF size,
                               const QFontMetricsF& metrics) {
    const auto& points = detection.curve().points();
    const auto& record = detection.run().record();
    DetectionAxes axes(scale, points.front().false_reject, points.back().false_alarm,
                       record ? record->provenance.validation_examples : 0,
                       detection.bestCurve().equal_error_rate());
    placeDetectionAxes(axes, size, metrics);
    return axes;
}

void placeDetectionAxes(DetectionAxes& axes, QSizeF size, const QFontMetricsF& metrics) {
    const double line = metrics.height(), letter = metrics.horizontalAdvance(QLatin1Char('0'));
    const double top = line + 4, below = 2 * line + 8;
    QRectF area(0, top, size.width() - 8, size.height() - top - below);
    axes.arrange(area, line, letter); // for the widths of the labels
    double left = 3 * letter;
    for (const auto& tick : axes.y().ticks) left = std::max(left, metrics.horizontalAdvance(tick.label));
    area.setLeft(std::ceil(left) + 8);
    axes.arrange(area, line, letter);
}

void paintDetection(QPainter& painter, const Detection& detection, const DetectionAxes& axes, bool focused) {
    const QFontMetricsF metrics(painter.font());
    paintDetectionGrid(painter, axes, metrics);
    painter.save();
    painter.setClipRect(axes.area().adjusted(-2, -2, 2, 2));
    paintCurves(painter, detection, axes);
    painter.restore();
    paintGuides(painter, detection, axes);
    paintReadout(painter, detection, axes, metrics);
    paintPoint(painter, detection, axes, focused);
}

} // namespace descent::ui

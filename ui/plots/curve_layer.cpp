#include "ui/plots/curve_layer.h"

#include "ui/theme.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>
#include <QPolygonF>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <tuple>

namespace descent::ui {

namespace {
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr int kMarkersUpTo = 40;       ///< few points are shown as points too
constexpr std::size_t kWideUpTo = 200; ///< many are drawn thin
} // namespace

const PlotPoint* pointAt(const std::vector<PlotPoint>& points, double x) {
    if (points.empty()) return nullptr;
    auto it = std::ranges::upper_bound(points, x, {}, &PlotPoint::x);
    if (it != points.begin()) --it;
    return &*it;
}

double CurveLayer::px(double x) const {
    return area.left() + (x - x_min) / (x_max - x_min) * area.width();
}

double CurveLayer::py(double y) const {
    const double share = log_y ? (std::log10(y) - std::log10(y_min)) / (std::log10(y_max) - std::log10(y_min))
                               : (y - y_min) / (y_max - y_min);
    // Far outside is as good as outside: huge coordinates are slow to stroke.
    return std::clamp(area.bottom() - share * area.height(), area.top() - 4 * area.height(),
                      area.bottom() + 4 * area.height());
}

bool CurveLayer::drawable(double y) const {
    return std::isfinite(y) && (!log_y || y > 0);
}

void CurveLayer::arrange(const PlotScene& scene, QSize size) {
    log_y = scene.log_y;
    lines = scene.lines;
    events = scene.events;
    x_unit_ = scene.x_word.isEmpty() ? unitWord(scene.axis) : scene.x_word;
    full_.clear();
    for (const auto& curve : scene.curves) full_.push_back(&curve);
    const QFontMetricsF metrics(font);
    const double below = metrics.height() + 6;
    const int y_most = std::max(2, int((size.height() - below) / (metrics.height() * 2.4)));
    chooseX(scene);
    const auto columns = std::size_t(std::max(16, size.width()));
    curves.resize(scene.curves.size());
    for (std::size_t i = 0; i < curves.size(); ++i) {
        const auto& from = scene.curves[i];
        curves[i] = {from.colour, from.dash, from.faint, from.steps,
                     decimate(from.points, x_min, x_max, columns)};
    }
    chooseY(scene, y_most); // decimation keeps the extremes
    y_ticks = log_y ? logTicks(y_min, y_max, y_most) : linearTicks(y_min, y_max, y_most);
    double left = metrics.horizontalAdvance(QStringLiteral("0.00"));
    for (const auto& tick : y_ticks) left = std::max(left, metrics.horizontalAdvance(tick.label));
    left = std::ceil(left) + 10;
    area = QRectF(left, std::ceil(metrics.height() / 2), size.width() - left - 10,
                  size.height() - below - std::ceil(metrics.height() / 2));
    x_ticks = linearTicks(x_min, x_max, std::max(2, int(area.width() / (metrics.averageCharWidth() * 11))));
}

void CurveLayer::chooseX(const PlotScene& scene) {
    if (scene.x_range && scene.x_range->first < scene.x_range->second) {
        std::tie(x_min, x_max) = *scene.x_range;
        return;
    }
    double last = scene.reached;
    for (const auto& curve : scene.curves)
        if (!curve.points.empty()) last = std::max(last, curve.points.back().x);
    x_min = 0;
    x_max = last;
    if (scene.growing) {
        // Grows in steps of 1, 2, 5 so that the first seconds fill the chart and the axis still stands still
        // mostly.
        double low = 0, high = std::max(last * 1.1, scene.axis == XAxis::seconds ? 2.0
                                                    : scene.axis == XAxis::epoch ? 1.0
                                                                                 : 5.0);
        snapOutwards(low, high, 2);
        x_max = scene.planned > 0 ? std::min(high, std::max(scene.planned, last)) : high;
    }
    if (!(x_max > 0)) x_max = scene.planned > 0 ? scene.planned : 1;
}

void CurveLayer::chooseY(const PlotScene& scene, int most) {
    double low = kInfinity, high = -kInfinity;
    const auto take = [&](double y) {
        if (!drawable(y)) return;
        low = std::min(low, y);
        high = std::max(high, y);
    };
    for (const bool faint : {false, true}) { // the faint ones count only where there is nothing else
        for (const auto& curve : curves)
            if (curve.faint == faint)
                for (const auto& point : curve.points) take(point.y);
        if (low < high) break;
    }
    for (const auto& line : scene.lines) take(line.y);
    if (!(low <= high)) {
        low = log_y ? 0.1 : 0;
        high = 1;
    }
    if (log_y) {
        const double pad = std::max(1.05, std::pow(high / low, 0.04));
        y_min = low / pad;
        y_max = high * pad;
        return;
    }
    if (low == high) {
        const double pad = low == 0 ? 1 : std::abs(low) * 0.1;
        low -= pad;
        high += pad;
    }
    if (low > 0 && low < 0.4 * high) low = 0; // near enough to zero to show it
    snapOutwards(low, high, most);
    if (scene.share) {
        low = std::max(low, 0.0);
        high = std::min(high, 1.0);
    }
    y_min = low;
    y_max = high;
}

void CurveLayer::paint(QPainter& painter) const {
    if (area.width() <= 0 || area.height() <= 0) return;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(font);
    paintLabels(painter);
    painter.save();
    painter.setClipRect(area.adjusted(-1, -2, 3, 1));
    for (const auto& line : lines) {
        if (!drawable(line.y)) continue;
        painter.setPen(QPen(theme::text(), 1, Qt::DotLine));
        painter.drawLine(QPointF(area.left(), py(line.y)), QPointF(area.right(), py(line.y)));
    }
    for (const bool faint : {true, false})
        for (const auto& curve : curves)
            if (curve.faint == faint) paintCurve(painter, curve);
    for (const auto& line : lines)
        if (drawable(line.y)) paintLineLabel(painter, line);
    paintEvents(painter);
    painter.restore();
    paintCursor(painter);
    if (std::ranges::all_of(curves, [](const auto& curve) { return curve.points.empty(); })) {
        painter.setPen(theme::mutedText());
        painter.drawText(area, Qt::AlignCenter,
                         QCoreApplication::translate("CurveLayer", "Not measured yet"));
    }
    if (focused) {
        painter.setPen(QPen(theme::accent(), 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(area.adjusted(-2.5, -2.5, 2.5, 2.5), 3, 3);
    }
}

void CurveLayer::paintLineLabel(QPainter& painter, const ReferenceLine& line) const {
    const QFontMetricsF metrics(font);
    const double y = py(line.y), width = metrics.horizontalAdvance(line.label);
    const bool above = y - metrics.height() > area.top();
    const QRectF label(area.right() - width - 6, above ? y - metrics.height() - 2 : y + 2, width + 4,
                       metrics.height());
    QColor behind = theme::surface(); // readable over the curves
    behind.setAlphaF(0.85f);
    painter.fillRect(label, behind);
    painter.setPen(theme::text());
    painter.drawText(label, Qt::AlignCenter, line.label);
}

/// Each at its x, its word beside it: in a second or third row where the one before is in the way.
void CurveLayer::paintEvents(QPainter& painter) const {
    constexpr int kRows = 3;
    const QFontMetricsF metrics(font);
    std::array<double, kRows> taken{};
    taken.fill(-kInfinity);
    for (std::size_t i = 0; i < events.size(); ++i) {
        const auto& event = events[i];
        if (event.x < x_min || event.x > x_max) continue;
        const double x = px(event.x);
        QPen pen(theme::mutedText(), 1);
        pen.setDashPattern({3, 3});
        painter.setPen(pen);
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
        const double width = metrics.horizontalAdvance(event.label) + 6;
        const double left = x + width + 2 > area.right() ? x - width - 2 : x + 2;
        const auto row = std::ranges::find_if(taken, [&](double end) { return end <= left; });
        if (row == taken.end()) continue; // too many to name: the log names them all
        *row = left + width;
        const QRectF label(left, area.top() + 1 + double(row - taken.begin()) * (metrics.height() + 1), width,
                           metrics.height());
        QColor behind = theme::surface();
        behind.setAlphaF(0.85f);
        painter.fillRect(label, behind);
        painter.setPen(theme::text());
        painter.drawText(label, Qt::AlignCenter, event.label);
    }
}

void CurveLayer::paintLabels(QPainter& painter) const {
    painter.setPen(theme::mutedText());
    const QFontMetricsF metrics(font);
    for (const auto& tick : y_ticks)
        painter.drawText(QRectF(0, py(tick.value) - metrics.height() / 2, area.left() - 8, metrics.height()),
                         Qt::AlignRight | Qt::AlignVCenter, tick.label);
    double taken = area.right() + 10;
    for (std::size_t i = x_ticks.size(); i-- > 0;) { // from the right: the last one carries the unit
        const bool last = i + 1 == x_ticks.size();
        const QString text = last ? x_ticks[i].label + QLatin1Char(' ') + x_unit_ : x_ticks[i].label;
        const double width = metrics.horizontalAdvance(text);
        const double bare = metrics.horizontalAdvance(x_ticks[i].label);
        double left = px(x_ticks[i].value) - bare / 2;
        if (last) left = std::min(left, area.right() + 10 - width);
        left = std::max(left, 0.0);
        if (left + width > taken) continue;
        painter.drawText(QPointF(left, area.bottom() + 5 + metrics.ascent()), text);
        taken = left - metrics.averageCharWidth();
    }
}

void CurveLayer::paintCurve(QPainter& painter, const Curve& curve) const {
    QColor colour = theme::series(curve.colour);
    // Qt strokes a wide zigzag of a thousand points in 90 ms and a line of width 1 in half a millisecond.
    QPen pen(colour, curve.points.size() > kWideUpTo ? 1 : 1.75);
    pen.setCapStyle(Qt::RoundCap);
    pen.setJoinStyle(Qt::RoundJoin);
    if (curve.faint) {
        colour.setAlphaF(0.28f);
        pen = QPen(colour, 1);
    } else if (theme::dash(curve.dash) != Qt::SolidLine) {
        static const std::array<QList<qreal>, 5> patterns{
            {{}, {4.5, 3}, {6, 2.5, 1, 2.5}, {1, 2.6}, {5, 2, 1, 2, 1, 2}}};
        pen.setCapStyle(Qt::FlatCap);
        pen.setDashPattern(patterns[std::size_t(curve.dash) % patterns.size()]);
    }
    QPolygonF segment;
    const auto flush = [&] {
        if (segment.size() > 1) painter.drawPolyline(segment);
        segment.clear();
    };
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
    std::vector<double> broken;
    for (const auto& point : curve.points) {
        if (drawable(point.y)) {
            if (curve.steps && !segment.isEmpty()) segment << QPointF(px(point.x), segment.back().y());
            segment << QPointF(px(point.x), py(point.y));
        } else {
            flush();
            if (!std::isfinite(point.y)) broken.push_back(point.x);
        }
    }
    flush();
    if (!curve.faint && !curve.steps && curve.points.size() <= kMarkersUpTo &&
        theme::dash(curve.dash) != Qt::DotLine) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme::series(curve.colour));
        for (const auto& point : curve.points)
            if (drawable(point.y)) painter.drawEllipse(QPointF(px(point.x), py(point.y)), 2.25, 2.25);
    }
    painter.setPen(QPen(theme::error(), 1.75));
    for (const double x : broken) { // not a number: a cross at the foot of the gap
        const QPointF at(px(x), area.bottom() - 6);
        painter.drawLine(at + QPointF(-3.5, -3.5), at + QPointF(3.5, 3.5));
        painter.drawLine(at + QPointF(-3.5, 3.5), at + QPointF(3.5, -3.5));
    }
}

void CurveLayer::paintCursor(QPainter& painter) const {
    if (!cursor || *cursor < x_min || *cursor > x_max) return;
    painter.setPen(QPen(theme::mutedText(), 1));
    const double x = px(*cursor);
    painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
    for (std::size_t i = 0; i < curves.size(); ++i) {
        const PlotPoint* point = curves[i].faint ? nullptr : pointAt(full_[i]->points, *cursor);
        if (!point || !drawable(point->y) || point->y < y_min || point->y > y_max) continue;
        painter.setPen(QPen(theme::surface(), 1.5));
        painter.setBrush(theme::series(curves[i].colour));
        painter.drawEllipse(QPointF(px(point->x), py(point->y)), 4, 4);
    }
}

} // namespace descent::ui

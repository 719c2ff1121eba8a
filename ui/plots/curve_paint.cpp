// How a CurveLayer is painted.

#include "ui/plots/curve_layer.h"
#include "ui/plots/curve_strokes.h"
#include "ui/theme.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

namespace descent::ui {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Readable over the curves.
void paintWord(QPainter& painter, const QRectF& label, const QString& text) {
    QColor behind = theme::surface();
    behind.setAlphaF(0.85f);
    painter.fillRect(label, behind);
    painter.setPen(theme::text());
    painter.drawText(label, Qt::AlignCenter, text);
}

} // namespace

void CurveLayer::paint(QPainter& painter) const {
    if (area.width() <= 1 || area.height() <= 1) return;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(font);
    paintTickLabels(painter);
    painter.save();
    painter.setClipRect(area.adjusted(-1, -2, 3, 1));
    for (const auto& line : lines) paintLine(painter, line);
    paintCurves(painter);
    paintLineLabels(painter);
    paintEvents(painter);
    painter.restore();
    paintNames(painter);
    paintCursor(painter);
    if (std::ranges::all_of(curves_, [](const auto& curve) { return curve.empty(); })) {
        painter.setPen(theme::mutedText());
        painter.drawText(area, Qt::AlignCenter,
                         QCoreApplication::translate("CurveLayer", "Not measured yet"));
    }
    if (box) {
        QColor fill = theme::accent();
        fill.setAlphaF(0.12f);
        painter.setPen(QPen(theme::accent(), 1));
        painter.setBrush(fill);
        painter.drawRect(box->adjusted(0.5, 0.5, -0.5, -0.5));
    }
    if (focused) {
        painter.setPen(QPen(theme::accent(), 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(area.adjusted(-2.5, -2.5, 2.5, 2.5), 3, 3);
    }
}

void CurveLayer::paintGrid(QPainter& painter) const {
    painter.setPen(QPen(theme::border(), 1));
    for (const auto& tick : y_ticks)
        painter.drawLine(QPointF(area.left(), py(tick.value)), QPointF(area.right(), py(tick.value)));
}

void CurveLayer::paintCurves(QPainter& painter) const {
    if (picture_ && !picture_->image.isNull()) {
        paintPicture(painter, picture_->image);
        if (!picked) return;
        if (picked_image_.isNull() || picked_of_ != picked) {
            CurveWish of;
            of.curves = curves_;
            of.ratio =
                double(picture_->image.width()) / (picture_->frame.area.width() + 2 * CurvePicture::kBleed);
            picked_image_ = drawPicked(of, *picture_, *picked);
            picked_of_ = picked;
        }
        if (!picked_image_.isNull()) paintPicture(painter, picked_image_);
        return;
    }
    for (const auto& curve : curves_) strokeBand(painter, *this, curve);
    for (const bool faint : {true, false})
        for (std::size_t i = 0; i < curves_.size(); ++i)
            if (curves_[i].faint == faint) strokeCurve(painter, *this, curves_[i], shape(i));
    if (picked && *picked < curves_.size())
        strokeCurve(painter, *this, curves_[*picked], shape(*picked), 1.6);
    for (std::size_t i = 0; i < curves_.size(); ++i)
        strokeMarks(painter, *this, curves_[i], shape(i), theme::error());
}

/// Where its x range lies now: while the next one is being drawn, the last one is moved and stretched.
void CurveLayer::paintPicture(QPainter& painter, const QImage& image) const {
    const PlotFrame& of = picture_->frame;
    const double left = px(of.x_min), right = px(of.x_max);
    const double bleed = CurvePicture::kBleed;
    const double wide = (right - left) / of.area.width(), high = area.height() / of.area.height();
    if (!std::isfinite(wide) || !(wide > 0) || wide > 1e4) return;
    const QRectF target(left - bleed * wide, area.top() - bleed * high, (of.area.width() + 2 * bleed) * wide,
                        (of.area.height() + 2 * bleed) * high);
    // Pixel on pixel where it fits.
    const bool fits = std::abs(wide - 1) < 1e-6 && std::abs(high - 1) < 1e-6;
    painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
    painter.drawImage(fits ? QRectF(target.topLeft(), QSizeF(image.size()) * (target.width() / image.width()))
                           : target,
                      image);
}

void CurveLayer::paintLine(QPainter& painter, const ReferenceLine& line) const {
    if (!showsY(line.y)) return;
    painter.setPen(QPen(theme::text(), 1, Qt::DotLine));
    painter.drawLine(QPointF(area.left(), py(line.y)), QPointF(area.right(), py(line.y)));
}

/// At the right above its line; where another word is, beneath it or at the left.
void CurveLayer::paintLineLabels(QPainter& painter) const {
    const QFontMetricsF metrics(font);
    std::vector<QRectF> taken;
    for (const auto& line : lines) {
        const double y = py(line.y), width = metrics.horizontalAdvance(line.label) + 4;
        if (!showsY(line.y) || y < area.top() || y > area.bottom()) continue;
        const double above = y - metrics.height() - 2, beneath = y + 2;
        const double right = area.right() - width - 2, left = area.left() + 4;
        std::optional<QRectF> chosen;
        for (const auto& [x, top] :
             {std::pair(right, above), {right, beneath}, {left, above}, {left, beneath}}) {
            const QRectF place(x, top, width, metrics.height());
            const bool inside = top > area.top() - 2 && place.bottom() < area.bottom();
            const bool free =
                std::ranges::none_of(taken, [&](const QRectF& t) { return t.intersects(place); });
            if (inside && free && !chosen) chosen = place;
        }
        taken.push_back(
            chosen.value_or(QRectF(right, above > area.top() ? above : beneath, width, metrics.height())));
        paintWord(painter, taken.back(), line.label);
    }
}

/// Each at its x, its word beside it: in a second or third row where the one before is in the way.
void CurveLayer::paintEvents(QPainter& painter) const {
    constexpr int kRows = 3;
    const QFontMetricsF metrics(font);
    std::array<double, kRows> taken{};
    taken.fill(-kInfinity);
    for (const auto& event : events) {
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
        paintWord(painter,
                  QRectF(left, area.top() + 1 + double(row - taken.begin()) * (metrics.height() + 1), width,
                         metrics.height()),
                  event.label);
    }
}

void CurveLayer::paintTickLabels(QPainter& painter) const {
    painter.setPen(theme::mutedText());
    const QFontMetricsF metrics(font);
    for (const auto& tick : y_ticks)
        painter.drawText(QRectF(0, py(tick.value) - metrics.height() / 2, area.left() - 8, metrics.height()),
                         Qt::AlignRight | Qt::AlignVCenter, tick.label);
    painter.setPen(QPen(theme::mutedText(), 1));
    const double foot = std::round(area.bottom()) + 0.5;
    painter.drawLine(QPointF(area.left(), foot), QPointF(area.right(), foot));
    for (const auto& tick : x_ticks) {
        const double x = std::round(px(tick.value)) + 0.5;
        painter.drawLine(QPointF(x, area.bottom()), QPointF(x, area.bottom() + 4));
    }
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
    // A log axis shows itself by what is between its labels.
    QColor minor = theme::border();
    minor.setAlphaF(0.5f);
    if (log_y)
        for (const double value : minorLogTicks(y_min, y_max)) {
            painter.setPen(QPen(minor, 1));
            const double y = std::round(py(value)) + 0.5;
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
        }
    if (log_x) {
        for (const double value : minorLogTicks(x_min, x_max)) {
            painter.setPen(QPen(minor, 1));
            const double x = std::round(px(value)) + 0.5;
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
        }
        painter.setPen(QPen(theme::border(), 1));
        for (const auto& tick : x_ticks) {
            const double x = std::round(px(tick.value)) + 0.5;
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
        }
    }
}

/// At the right ends of few curves, where they do not lie over each other.
void CurveLayer::paintNames(QPainter& painter) const {
    if (!labelled()) return;
    const QFontMetricsF metrics(font);
    std::vector<QRectF> taken;
    for (std::size_t i = 0; i < curves_.size(); ++i) {
        const auto& source = curves_[i];
        const auto& drawn = shape(i);
        if (source.faint || source.label.isEmpty()) continue;
        std::optional<QPointF> end;
        for (auto it = drawn.points.rbegin(); it != drawn.points.rend() && !end; ++it)
            if (showsX(it->x) && showsY(it->y) && it->x >= x_min)
                end = QPointF(std::min(px(it->x), area.right()), py(it->y));
        const double width = area.width() / double(std::max<std::size_t>(1, drawn.columns.size()));
        for (std::size_t c = drawn.columns.size(); c-- > 0 && !end;)
            if (showsY(drawn.columns[c].mean))
                end = QPointF(area.left() + double(c + 1) * width, py(drawn.columns[c].mean));
        if (!end || end->y() < area.top() || end->y() > area.bottom()) continue;
        const double room = size_.width() - end->x() - 8;
        const QString name = metrics.elidedText(source.label, Qt::ElideRight, room);
        const QRectF place(end->x() + 6, end->y() - metrics.height() / 2, metrics.horizontalAdvance(name) + 2,
                           metrics.height());
        if (std::ranges::any_of(taken, [&](const QRectF& other) { return other.intersects(place); }))
            continue;
        taken.push_back(place);
        painter.setPen(source.colour);
        painter.drawText(place, Qt::AlignLeft | Qt::AlignVCenter, name);
    }
}

void CurveLayer::paintCursor(QPainter& painter) const {
    if (!cursor || *cursor < x_min || *cursor > x_max) return;
    painter.setPen(QPen(theme::mutedText(), 1));
    const double x = px(*cursor);
    painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
    for (const auto& source : curves_) {
        if (source.faint) continue;
        const auto point = pointAt(source, *cursor);
        if (!point || !showsY(point->y) || point->y < y_min || point->y > y_max || !showsX(point->x))
            continue;
        const double at = px(point->x);
        if (at < area.left() - 1 || at > area.right() + 1) continue;
        painter.setPen(QPen(theme::surface(), 1.5));
        painter.setBrush(source.colour);
        painter.drawEllipse(QPointF(at, py(point->y)), 4, 4);
    }
}

} // namespace descent::ui

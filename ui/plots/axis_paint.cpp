#include "ui/plots/axis_paint.h"

#include "ui/theme.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace descent::ui {

void paintAxes(QPainter& painter, const PlotFrame& frame, const std::vector<Tick>& x_ticks,
               const std::vector<Tick>& y_ticks, const QString& x_title, const QString& y_title) {
    const QRectF& area = frame.area;
    const QFontMetricsF metrics(painter.font());
    const double line = metrics.height();
    painter.setRenderHint(QPainter::Antialiasing, false);
    const auto across = [&](double y) {
        painter.drawLine(QPointF(area.left(), std::round(frame.py(y))),
                         QPointF(area.right(), std::round(frame.py(y))));
    };
    const auto up = [&](double x) {
        painter.drawLine(QPointF(std::round(frame.px(x)), area.top()),
                         QPointF(std::round(frame.px(x)), area.bottom()));
    };
    QColor faint = theme::border();
    faint.setAlphaF(0.5f);
    painter.setPen(QPen(faint, 1));
    if (frame.log_y)
        for (const double y : minorLogTicks(frame.y_min, frame.y_max)) across(y);
    if (frame.log_x)
        for (const double x :
             minorLogTicks(std::min(frame.x_min, frame.x_max), std::max(frame.x_min, frame.x_max)))
            up(x);
    painter.setPen(QPen(theme::border(), 1));
    for (const auto& tick : y_ticks) across(tick.value);
    for (const auto& tick : x_ticks) up(tick.value);
    painter.setPen(QPen(theme::mutedText(), 1));
    painter.drawLine(area.bottomLeft(), area.bottomRight());
    painter.setRenderHint(QPainter::Antialiasing);
    for (const auto& tick : y_ticks)
        painter.drawText(QRectF(0, frame.py(tick.value) - line / 2, area.left() - 6, line),
                         Qt::AlignRight | Qt::AlignVCenter,
                         metrics.elidedText(tick.label, Qt::ElideRight, area.left() - 6));
    double taken = -1;
    for (const auto& tick : x_ticks) {
        const double width = metrics.horizontalAdvance(tick.label);
        const double left =
            std::clamp(frame.px(tick.value) - width / 2, 0.0, std::max(0.0, area.right() + 10 - width));
        if (left < taken) continue;
        painter.drawText(QPointF(left, area.bottom() + 4 + metrics.ascent()), tick.label);
        taken = left + width + metrics.averageCharWidth();
    }
    painter.setPen(theme::text());
    painter.drawText(QRectF(0, 0, area.right(), line), Qt::AlignLeft | Qt::AlignVCenter,
                     metrics.elidedText(y_title, Qt::ElideRight, area.right()));
    painter.drawText(QRectF(0, area.bottom() + 6 + line, area.right() + 8, line),
                     Qt::AlignRight | Qt::AlignVCenter,
                     metrics.elidedText(x_title, Qt::ElideRight, area.right()));
}

} // namespace descent::ui

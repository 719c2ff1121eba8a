#include "ui/plots/reliability_painter.h"

#include "core/base/format.h"
#include "ui/plots/ticks.h"
#include "ui/theme.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>
#include <QPolygonF>

#include <algorithm>
#include <cmath>

namespace descent::ui {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("Reliability", text);
}

QRectF areaOf(QSizeF size, const QFontMetricsF& metrics) {
    const double line = metrics.height();
    const double left = std::ceil(metrics.horizontalAdvance(QStringLiteral("100%"))) + 8;
    return {left, line + 4, size.width() - 8 - left, size.height() - 3 * line - 12};
}

void paintGrid(QPainter& painter, const QRectF& area, const QFontMetricsF& metrics) {
    const double line = metrics.height();
    const auto ticks = [&](double length, double room) {
        return linearTicks(0, 1, std::clamp(int(length / room), 2, 6));
    };
    const auto label = [](double v) { return QString::number(100 * v, 'g', 4) + QLatin1Char('%'); };
    painter.setRenderHint(QPainter::Antialiasing, false);
    for (const auto& tick : ticks(area.height(), line * 2.2)) {
        const double y = std::round(area.bottom() - tick.value * area.height());
        painter.setPen(QPen(theme::border(), 1));
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
        painter.setPen(theme::mutedText());
        painter.drawText(QRectF(0, y - line / 2, area.left() - 6, line), Qt::AlignRight | Qt::AlignVCenter,
                         label(tick.value));
    }
    for (const auto& tick : ticks(area.width(), metrics.horizontalAdvance(QStringLiteral("100%")) * 1.8)) {
        const double x = std::round(area.left() + tick.value * area.width());
        painter.setPen(QPen(theme::border(), 1));
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
        painter.setPen(theme::mutedText());
        const QString text = label(tick.value);
        const double width = metrics.horizontalAdvance(text);
        const double at = std::clamp(x - width / 2, 0.0, std::max(0.0, area.right() + 8 - width));
        painter.drawText(QPointF(at, area.bottom() + 4 + metrics.ascent()), text);
    }
    painter.setPen(QPen(theme::mutedText(), 1));
    painter.drawLine(area.bottomLeft(), area.bottomRight());
    painter.drawText(QRectF(0, 0, area.right(), line), Qt::AlignLeft | Qt::AlignVCenter,
                     metrics.elidedText(tr("right, of the answers"), Qt::ElideRight, area.right()));
    painter.drawText(QRectF(0, area.bottom() + 6 + line, area.right() + 8, line),
                     Qt::AlignRight | Qt::AlignVCenter,
                     metrics.elidedText(tr("confidence in the answer"), Qt::ElideRight, area.right()));
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme::mutedText(), 1, Qt::DotLine));
    painter.drawLine(area.bottomLeft(), area.topRight());
}

} // namespace

void paintReliability(QPainter& painter, const ClassCurves& of, QSizeF size) {
    const QFontMetricsF metrics(painter.font());
    const QRectF area = areaOf(size, metrics);
    paintGrid(painter, area, metrics);
    std::int64_t most = 1;
    for (const auto& bin : of.bins) most = std::max(most, bin.examples);
    const double width = area.width() / double(of.bins.size());
    QPolygonF line;
    painter.setPen(Qt::NoPen);
    for (std::size_t b = 0; b < of.bins.size(); ++b) {
        const auto& bin = of.bins[b];
        if (bin.examples == 0) continue;
        // A fifth of the height for how many there are: what the line rests on.
        const double height = std::max(1.0, 0.2 * area.height() * double(bin.examples) / double(most));
        QColor bar = theme::series(0);
        bar.setAlphaF(0.28f);
        painter.fillRect(
            QRectF(area.left() + double(b) * width + 1, area.bottom() - height, width - 2, height), bar);
        line << QPointF(area.left() + bin.confidence * area.width(),
                        area.bottom() - bin.accuracy * area.height());
    }
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme::series(1), 2));
    painter.drawPolyline(line);
    painter.setBrush(theme::series(1));
    painter.setPen(QPen(theme::surface(), 1.5));
    for (const QPointF& at : line) painter.drawEllipse(at, 4, 4);
}

const ReliabilityBin* reliabilityBinAt(const ClassCurves& of, QSizeF size, const QFont& font, QPointF at) {
    const QRectF area = areaOf(size, QFontMetricsF(font));
    if (!area.contains(at) || of.bins.empty()) return nullptr;
    const auto bin = std::size_t((at.x() - area.left()) / area.width() * double(of.bins.size()));
    return &of.bins[std::min(bin, of.bins.size() - 1)];
}

} // namespace descent::ui

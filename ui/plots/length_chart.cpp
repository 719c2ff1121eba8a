#include "ui/plots/length_chart.h"

#include "core/base/format.h"
#include "ui/models/class_model.h"
#include "ui/plots/axis_paint.h"
#include "ui/theme.h"

#include <QFontMetricsF>
#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace descent::ui {

namespace {

QString count(std::int64_t n) {
    return QString::fromStdString(format_count(n));
}

std::int64_t total(const TextSummary::Sides& sides) {
    return sides[0] + sides[1] + sides[2];
}

} // namespace

QString lengthRange(const TextSummary& texts, std::size_t bucket) {
    const auto [first, last] = texts.range(bucket);
    if (last > (std::int64_t(bucket) + 1) * texts.step)
        return LengthChart::tr("over %1").arg(count(first - 1));
    return first >= last ? count(last) : count(first) + QStringLiteral("–") + count(last);
}

LengthChart::LengthChart(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("lengthChart"));
    setMouseTracking(true);
}

QSize LengthChart::minimumSizeHint() const {
    return {theme::kGrid * 30, theme::kGrid * 18};
}

void LengthChart::show(const TextSummary& texts) {
    texts_ = texts;
    setAccessibleName(tr("Lengths of the texts"));
    setAccessibleDescription(summary());
    update();
}

QString LengthChart::summary() const {
    return tr("Half of the texts have %1 tokens or fewer, 95% have %2 or fewer, the longest has %3")
        .arg(count(texts_.median), count(texts_.nineteen_twentieths), count(texts_.most));
}

std::optional<double> LengthChart::cut() const {
    if (texts_.cut_texts == 0) return std::nullopt;
    // Within the last bucket, which holds all longer ones, the scale ends.
    const double last = double(texts_.lengths.size()) - 0.5;
    return std::min(double(texts_.cut_at) / double(texts_.step), last) * double(texts_.step);
}

PlotFrame LengthChart::frame() const {
    const QFontMetricsF metrics(theme::labelFont());
    PlotFrame frame;
    std::int64_t most = 1;
    for (const auto& sides : texts_.lengths) most = std::max(most, total(sides));
    frame.x_max = double(std::max<std::int64_t>(std::ssize(texts_.lengths), 1) * texts_.step);
    frame.y_max = double(most) * 1.04;
    const double left = std::ceil(metrics.horizontalAdvance(count(most))) + 12, line = metrics.height();
    frame.area = QRectF(left, 2 * line + 4, std::max(1.0, width() - left - 12),
                        std::max(1.0, height() - 4 * line - 14));
    return frame;
}

void LengthChart::paintKey(QPainter& painter) const {
    const QFontMetricsF metrics(painter.font());
    constexpr double kSwatch = 9;
    double x = width() - 12;
    for (int side = 2; side >= 0; --side) {
        const QString word = sideName(side);
        x -= metrics.horizontalAdvance(word);
        painter.setPen(theme::mutedText());
        painter.drawText(QPointF(x, metrics.ascent()), word);
        x -= kSwatch + 5;
        painter.setPen(Qt::NoPen);
        painter.setBrush(sideColor(side));
        painter.drawRoundedRect(QRectF(x, (metrics.height() - kSwatch) / 2, kSwatch, kSwatch), 2, 2);
        x -= theme::kGrid * 1.5;
    }
}

void LengthChart::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setFont(theme::labelFont());
    if (texts_.lengths.empty()) return;
    const QFontMetricsF metrics(painter.font());
    const PlotFrame f = frame();
    const int across = std::clamp(int(f.area.width() / (metrics.averageCharWidth() * 9)), 2, 10);
    const int up = std::clamp(int(f.area.height() / (metrics.height() * 2.4)), 2, 6);
    paintAxes(painter, f, linearTicks(0, f.x_max, across), linearTicks(0, f.y_max, up), tr("tokens"),
              tr("texts"));
    painter.setRenderHint(QPainter::Antialiasing);
    paintKey(painter);
    for (std::size_t i = 0; i < texts_.lengths.size(); ++i) {
        const double left = f.px(double(std::int64_t(i) * texts_.step)),
                     right = f.px(double((std::int64_t(i) + 1) * texts_.step));
        const double gap = right - left > 4 ? 1 : 0;
        double below = 0;
        for (int side = 0; side < 3; ++side) {
            const double above = below + double(texts_.lengths[i][std::size_t(side)]);
            if (above > below)
                painter.fillRect(QRectF(QPointF(left, f.py(above)), QPointF(right - gap, f.py(below))),
                                 sideColor(side));
            below = above;
        }
    }
    if (const auto at = cut()) {
        const double x = f.px(*at);
        painter.setPen(QPen(theme::text(), 1.25, Qt::DashLine));
        painter.drawLine(QPointF(x, f.area.top() - metrics.height() * 0.4), QPointF(x, f.area.bottom()));
        const QString word = tr("cut to %1").arg(count(texts_.cut_at));
        const double wide = metrics.horizontalAdvance(word);
        const bool before = x + 6 + wide > f.area.right();
        const QRectF room(before ? x - 6 - wide - 4 : x + 4, f.area.top() - metrics.height() * 0.5, wide + 6,
                          metrics.height());
        QColor behind = theme::surface();
        behind.setAlphaF(0.88f);
        painter.fillRect(room, behind);
        painter.setPen(theme::text());
        painter.drawText(room, Qt::AlignCenter, word);
    }
}

QString LengthChart::describe(QPointF at) const {
    const PlotFrame f = frame();
    if (texts_.lengths.empty() || !f.area.contains(at)) return {};
    const auto bucket = std::min(std::size_t(f.xAt(at.x()) / double(texts_.step)), texts_.lengths.size() - 1);
    const auto& sides = texts_.lengths[bucket];
    return tr("%1 tokens: %2 train, %3 validation, %4 test")
        .arg(lengthRange(texts_, bucket), count(sides[0]), count(sides[1]), count(sides[2]));
}

bool LengthChart::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const QString text = describe(help->pos());
    if (text.isEmpty())
        QToolTip::hideText();
    else
        QToolTip::showText(help->globalPos(), text, this);
    return true;
}

} // namespace descent::ui

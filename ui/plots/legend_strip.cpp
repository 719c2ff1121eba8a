#include "ui/plots/legend_strip.h"

#include "ui/plots/marks.h"
#include "ui/theme.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QStringList>

#include <algorithm>
#include <array>

namespace descent::ui {

namespace {
constexpr double kSwatch = 16, kGap = 6, kBetween = 16;
constexpr double kTightSwatch = 12, kTightGap = 4, kTightBetween = 10;

QFont stripFont() {
    QFont font = theme::numberFont();
    font.setPointSizeF(std::max(8.0, font.pointSizeF() - 1));
    return font;
}
} // namespace

LegendStrip::LegendStrip(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
}

void LegendStrip::setItems(std::vector<Item> items) {
    if (items_ == items) return;
    items_ = std::move(items);
    QStringList all;
    for (const auto& item : items_) all << (item.label + QLatin1Char(' ') + item.value).trimmed();
    setToolTip(all.join(QLatin1Char('\n')));
    update();
}

QSize LegendStrip::sizeHint() const {
    return {100, int(QFontMetricsF(stripFont()).height()) + 2};
}
QSize LegendStrip::minimumSizeHint() const {
    return {16, sizeHint().height()};
}

void LegendStrip::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    paintTo(painter, QRectF(rect()));
}

void LegendStrip::paintTo(QPainter& painter, const QRectF& target) const {
    painter.setRenderHint(QPainter::Antialiasing);
    const QFont font = stripFont();
    painter.setFont(font);
    const QFontMetricsF metrics(font);
    double labels = 0, fixed = 0;
    for (const auto& item : items_) {
        labels += metrics.horizontalAdvance(item.label);
        // A value takes the room of four digits at least, so that the strip does not dance.
        fixed += kSwatch + kGap + kBetween;
        if (!item.value.isEmpty())
            fixed += kGap + std::max(metrics.horizontalAdvance(QStringLiteral("0.000")),
                                     metrics.horizontalAdvance(item.value));
    }
    // Where room is short, names come before values: those are in the tool tip and under the cursor.
    const bool with_values = labels + fixed - kBetween <= target.width();
    const double swatch = with_values ? kSwatch : kTightSwatch, gap = with_values ? kGap : kTightGap,
                 between = with_values ? kBetween : kTightBetween;
    if (!with_values) fixed = double(items_.size()) * (swatch + gap + between);
    const double share = labels > 0 ? std::clamp((target.width() - fixed + between) / labels, 0.0, 1.0) : 1;
    double x = target.left();
    for (const auto& item : items_) {
        if (x + swatch > target.right()) break;
        QColor colour = theme::series(item.colour);
        if (item.faint) colour.setAlphaF(0.45f);
        QPen pen(colour, item.faint ? 1.25 : 2);
        static const std::array<QList<qreal>, 4> patterns{{{}, {3, 2}, {4, 1.6, 1, 1.6}, {1, 1.6}}};
        if (const auto& pattern = patterns[std::size_t(item.dash) % patterns.size()]; !pattern.isEmpty()) {
            pen.setCapStyle(Qt::FlatCap);
            pen.setDashPattern(pattern);
        }
        painter.setPen(pen);
        if (item.marker >= 0)
            paintMark(painter, {x + swatch / 2, target.center().y()}, item.marker, colour, 4);
        else
            painter.drawLine(QPointF(x, target.center().y()), QPointF(x + swatch, target.center().y()));
        x += swatch + gap;
        const double width = metrics.horizontalAdvance(item.label) * share;
        const QString label =
            share < 1 ? metrics.elidedText(item.label, Qt::ElideRight, width + 1) : item.label;
        painter.setPen(theme::mutedText());
        painter.drawText(QRectF(x, target.top(), width + 2, target.height()),
                         Qt::AlignVCenter | Qt::AlignLeft, label);
        x += width;
        if (with_values && !item.value.isEmpty()) {
            x += gap;
            const double room = std::max(metrics.horizontalAdvance(QStringLiteral("0.000")),
                                         metrics.horizontalAdvance(item.value));
            painter.setPen(theme::text());
            painter.drawText(QRectF(x, target.top(), room + 2, target.height()),
                             Qt::AlignVCenter | Qt::AlignLeft, item.value);
            x += room;
        }
        x += between;
    }
}

} // namespace descent::ui

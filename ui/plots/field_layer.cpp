#include "ui/plots/field_layer.h"

#include "ui/theme.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace descent::ui {

namespace {
constexpr int kShades = 256;
}

QColor fieldColor(double share) {
    // Through a middle of its own, so that small differences are seen at both ends.
    const auto between = [](const QColor& a, const QColor& b, double t) {
        const auto f = [t](float x, float y) { return x + (y - x) * float(t); };
        return QColor::fromRgbF(f(a.redF(), b.redF()), f(a.greenF(), b.greenF()), f(a.blueF(), b.blueF()));
    };
    const QColor empty = between(theme::surface(), theme::border(), 0.25);
    const QColor full = theme::isDark() ? theme::series(5).lighter(125) : theme::series(0).darker(160);
    const double t = std::clamp(share, 0.0, 1.0);
    return t < 0.5 ? between(empty, theme::series(5), 2 * t) : between(theme::series(5), full, 2 * t - 1);
}

void FieldLayer::arrange(QSizeF size, const QFont& font, double right) {
    font_ = font;
    const QFontMetricsF metrics(font);
    const double below = metrics.height() + 6, above = std::ceil(metrics.height() / 2);
    const int y_most = std::max(2, int((size.height() - below) / (metrics.height() * 2.4)));
    y_ticks_ = linearTicks(y_min, y_max, y_most);
    double left = metrics.horizontalAdvance(QStringLiteral("0.00"));
    for (const auto& tick : y_ticks_) left = std::max(left, metrics.horizontalAdvance(tick.label));
    left = std::ceil(left) + 10;
    area = QRectF(left, above, std::max(1.0, size.width() - left - 10 - right),
                  std::max(1.0, size.height() - below - above));
    x_ticks_ = linearTicks(x_min, x_max, std::max(2, int(area.width() / (metrics.averageCharWidth() * 11))));
}

double FieldLayer::px(double x) const {
    return area.left() + (x - x_min) / (x_max - x_min) * area.width();
}
double FieldLayer::py(double y) const {
    return area.bottom() - (y - y_min) / (y_max - y_min) * area.height();
}
double FieldLayer::xAt(double pixel) const {
    return x_min + (pixel - area.left()) / area.width() * (x_max - x_min);
}
double FieldLayer::yAt(double pixel) const {
    return y_min + (area.bottom() - pixel) / area.height() * (y_max - y_min);
}

void FieldLayer::fill(const std::function<std::optional<double>(double x, double y)>& share) {
    QList<QRgb> shades;
    for (int i = 0; i < kShades; ++i) shades << fieldColor(double(i) / (kShades - 1)).rgb();
    picture_ = QImage(std::max(1, int(area.width())), std::max(1, int(area.height())),
                      QImage::Format_ARGB32_Premultiplied);
    picture_.fill(Qt::transparent);
    for (int j = 0; j < picture_.height(); ++j) {
        auto* line = reinterpret_cast<QRgb*>(picture_.scanLine(j));
        const double y = yAt(area.top() + (j + 0.5) * area.height() / picture_.height());
        for (int i = 0; i < picture_.width(); ++i) {
            const double x = xAt(area.left() + (i + 0.5) * area.width() / picture_.width());
            if (const auto value = share(x, y))
                line[i] = shades[int(std::clamp(*value, 0.0, 1.0) * (kShades - 1))];
        }
    }
}

void FieldLayer::paint(QPainter& painter) const {
    painter.setFont(font_);
    const QFontMetricsF metrics(font_);
    painter.drawImage(area, picture_);
    painter.setPen(QPen(theme::border(), 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(area);
    painter.setPen(theme::mutedText());
    for (const auto& tick : y_ticks_)
        painter.drawText(QRectF(0, py(tick.value) - metrics.height() / 2, area.left() - 8, metrics.height()),
                         Qt::AlignRight | Qt::AlignVCenter, tick.label);
    double taken = area.right() + 10;
    for (std::size_t i = x_ticks_.size(); i-- > 0;) { // from the right: the last one carries the unit
        const bool last = i + 1 == x_ticks_.size();
        const QString text =
            last && !x_word.isEmpty() ? x_ticks_[i].label + QLatin1Char(' ') + x_word : x_ticks_[i].label;
        const double width = metrics.horizontalAdvance(text);
        double left = px(x_ticks_[i].value) - metrics.horizontalAdvance(x_ticks_[i].label) / 2;
        if (last) left = std::min(left, area.right() + 10 - width);
        left = std::max(left, 0.0);
        if (left + width > taken) continue;
        painter.drawText(QPointF(left, area.bottom() + 5 + metrics.ascent()), text);
        taken = left - metrics.averageCharWidth();
    }
}

} // namespace descent::ui

#include "ui/widgets/name_view.h"

#include "ui/theme.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>

namespace descent::ui {

namespace {

constexpr double kLargest = 28, kSmallest = 13; // points
constexpr int kTile = theme::kGrid * 3;
constexpr int kGap = theme::kGrid / 2;

QStringList codePoints(const QString& text) {
    QStringList out;
    const auto codes = text.toUcs4();
    for (const char32_t code : codes) out << QString::fromUcs4(&code, 1);
    return out;
}

} // namespace

NameView::NameView(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("sampleName"));
}

QSize NameView::minimumSizeHint() const {
    return {theme::kGrid * 20, theme::kGrid * 16};
}

void NameView::show(const QString& name, const QString& about) {
    name_ = name;
    about_ = about;
    tiles_ = codePoints(name);
    setAccessibleName(tr("%1, %2, %n character(s): %3", nullptr, int(tiles_.size()))
                          .arg(name_, about_, tiles_.join(QLatin1Char(' '))));
    update();
}

void NameView::paintEvent(QPaintEvent*) {
    if (name_.isEmpty()) return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF room = QRectF(rect()).adjusted(theme::kGrid, theme::kGrid * 2, -theme::kGrid, 0);

    // As large as it fits on one line; what is still too long ends in an ellipsis.
    QFont large = font();
    large.setWeight(QFont::DemiBold);
    large.setPointSizeF(kLargest);
    const double width = QFontMetricsF(large).horizontalAdvance(name_);
    if (width > room.width()) large.setPointSizeF(std::max(kSmallest, kLargest * room.width() / width));
    const QFontMetricsF metrics(large);
    painter.setFont(large);
    painter.setPen(theme::text());
    double y = room.top();
    painter.drawText(QRectF(room.left(), y, room.width(), metrics.height()),
                     int(Qt::AlignLeft | Qt::AlignVCenter),
                     metrics.elidedText(name_, Qt::ElideRight, room.width()));
    y += metrics.height();
    painter.setFont(font());
    painter.setPen(theme::mutedText());
    const double line = QFontMetricsF(font()).height();
    painter.drawText(QRectF(room.left(), y, room.width(), line), int(Qt::AlignLeft | Qt::AlignVCenter),
                     QFontMetricsF(font()).elidedText(about_, Qt::ElideRight, room.width()));
    y += line + theme::kGrid * 2;

    const int columns = std::max(1, int((room.width() + kGap) / (kTile + kGap)));
    for (qsizetype i = 0; i < tiles_.size(); ++i) {
        const QRectF tile(room.left() + double(i % columns) * (kTile + kGap),
                          y + double(i / columns) * (kTile + kGap), kTile, kTile);
        if (tile.top() > height()) break;
        painter.setPen(QPen(theme::border(), 1));
        painter.setBrush(theme::window());
        painter.drawRoundedRect(tile.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
        const bool space = tiles_[i] == QStringLiteral(" ");
        painter.setPen(space ? theme::mutedText() : theme::text());
        painter.drawText(tile, Qt::AlignCenter, space ? QStringLiteral("␣") : tiles_[i]);
    }
    const double bottom = y + (double((tiles_.size() - 1) / columns) + 1) * (kTile + kGap) + kGap;
    painter.setPen(theme::mutedText());
    painter.drawText(QRectF(room.left(), bottom, room.width(), line), int(Qt::AlignLeft | Qt::AlignVCenter),
                     tiles_.size() == 1 ? tr("1 character") : tr("%1 characters").arg(tiles_.size()));
}

} // namespace descent::ui

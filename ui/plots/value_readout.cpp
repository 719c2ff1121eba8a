#include "ui/plots/value_readout.h"

#include "core/base/format.h"
#include "ui/theme.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace descent::ui {

namespace {
constexpr int kPad = theme::kGrid, kSwatch = 14, kGap = 6;
constexpr int kMostLabel = theme::kGrid * 20;
constexpr std::size_t kMostRows = 16;

QFont smallFont() {
    QFont font = theme::numberFont();
    font.setPointSizeF(std::max(7.5, font.pointSizeF() - 1));
    return font;
}
} // namespace

ValueReadout::ValueReadout(QWidget* parent) : QWidget(parent) {
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setFocusPolicy(Qt::NoFocus);
    hide();
}

void ValueReadout::show(const QString& title, std::vector<Item> items, const QRect& room, bool right) {
    title_ = title;
    items_ = std::move(items);
    // What is no number comes last.
    std::ranges::stable_sort(items_, [](const Item& a, const Item& b) {
        return a.value > b.value || (!std::isnan(a.value) && std::isnan(b.value));
    });
    const QFontMetrics metrics(smallFont());
    QFont bold_font = smallFont();
    bold_font.setWeight(QFont::DemiBold);
    const QFontMetrics bold(bold_font);
    const int row = metrics.height() + 2;
    const int rows = (room.height() - 2 * kPad) / row - 1; // the title's
    if (items_.empty() || rows < 1) return hide();
    fit_ = std::min({items_.size(), std::size_t(rows), kMostRows});
    if (fit_ < items_.size() && fit_ > 1) --fit_; // a row says how many more there are
    // The one that is pointed at is always there.
    const auto picked = std::ranges::find(items_, true, &Item::picked);
    if (picked != items_.end() && std::size_t(picked - items_.begin()) >= fit_)
        std::rotate(items_.begin() + std::ptrdiff_t(fit_) - 1, picked, picked + 1);
    int widest = metrics.horizontalAdvance(title_) - kSwatch - kGap;
    for (std::size_t i = 0; i < fit_; ++i)
        widest = std::max(widest, std::min(kMostLabel, bold.horizontalAdvance(items_[i].label)) + kGap * 2 +
                                      bold.horizontalAdvance(items_[i].text));
    const int shown = int(fit_) + 1 + (fit_ < items_.size() ? 1 : 0);
    const QSize size(std::min(room.width() - 2, widest + kSwatch + kGap + 2 * kPad), shown * row + kPad);
    setGeometry(
        QRect(QPoint(right ? room.right() - size.width() - 1 : room.left() + 1, room.top() + 1), size));
    QWidget::show();
    raise();
    update();
}

void ValueReadout::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QColor back = theme::surface();
    back.setAlphaF(0.93f);
    painter.setPen(theme::border());
    painter.setBrush(back);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    const QFont font = smallFont();
    QFont bold = font;
    bold.setWeight(QFont::DemiBold);
    painter.setFont(font);
    const QFontMetrics metrics(font);
    const int row = metrics.height() + 2;
    QRect line(kPad, kPad / 2, width() - 2 * kPad, row);
    painter.setPen(theme::mutedText());
    painter.drawText(line, int(Qt::AlignLeft | Qt::AlignVCenter), title_);
    for (std::size_t i = 0; i < fit_; ++i) {
        const Item& item = items_[i];
        line.translate(0, row);
        QPen pen(theme::series(item.colour), item.picked ? 3 : 2);
        pen.setStyle(theme::dash(item.dash));
        pen.setCapStyle(Qt::FlatCap);
        painter.setPen(pen);
        const int middle = line.center().y() + 1;
        painter.drawLine(line.left(), middle, line.left() + kSwatch, middle);
        painter.setFont(item.picked ? bold : font);
        painter.setPen(theme::text());
        painter.drawText(line, int(Qt::AlignRight | Qt::AlignVCenter), item.text);
        const int room =
            line.width() - kSwatch - kGap * 2 - painter.fontMetrics().horizontalAdvance(item.text);
        painter.setPen(item.picked ? theme::text() : theme::mutedText());
        painter.drawText(line.adjusted(kSwatch + kGap, 0, 0, 0), int(Qt::AlignLeft | Qt::AlignVCenter),
                         QFontMetrics(painter.font()).elidedText(item.label, Qt::ElideRight, room));
    }
    if (fit_ < items_.size()) {
        line.translate(0, row);
        painter.setFont(font);
        painter.setPen(theme::mutedText());
        painter.drawText(
            line.adjusted(kSwatch + kGap, 0, 0, 0), int(Qt::AlignLeft | Qt::AlignVCenter),
            tr("%1 more").arg(QString::fromStdString(format_count(std::int64_t(items_.size() - fit_)))));
    }
}

} // namespace descent::ui

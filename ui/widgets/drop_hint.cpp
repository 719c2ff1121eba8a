#include "ui/widgets/drop_hint.h"

#include "ui/theme.h"

#include <QPainter>

namespace descent::ui {

DropHint::DropHint(const QString& text, QWidget* page) : QWidget(page), text_(text) {
    setObjectName(QStringLiteral("dropHint"));
    setAccessibleName(text_);
    setAttribute(Qt::WA_TransparentForMouseEvents); // what is under it gets the drop
    hide();
}

void DropHint::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QColor veil = theme::window();
    veil.setAlphaF(0.88f);
    painter.fillRect(rect(), veil);
    QColor tint = theme::accent();
    tint.setAlphaF(0.06f);
    painter.setBrush(tint);
    painter.setPen(QPen(theme::accent(), 2, Qt::DashLine));
    painter.drawRoundedRect(QRectF(rect()).adjusted(16, 16, -16, -16), 12, 12);
    QFont large = theme::titleFont();
    large.setPointSizeF(13);
    painter.setFont(large);
    painter.setPen(theme::text());
    const QRect middle = rect().adjusted(32, 32, -32, -32);
    const QRect icon(middle.center().x() - 20, middle.center().y() - 56, 40, 40);
    theme::icon(QStringLiteral("folder"), &theme::accent).paint(&painter, icon);
    painter.drawText(middle, Qt::AlignCenter | Qt::TextWordWrap, text_);
}

} // namespace descent::ui

#include "ui/plots/key_view.h"

#include "ui/plots/scene_figure.h"
#include "ui/theme.h"

#include <QEvent>
#include <QFontMetricsF>
#include <QPainter>
#include <QPicture>

#include <cmath>

namespace descent::ui {

namespace {

QRectF room(double width) {
    constexpr int kLines = 3;
    const double line = std::ceil(QFontMetricsF(theme::labelFont()).height() * 1.15);
    return {0, 0, width, 3 * kLines * line}; // paintKey() takes a third of it
}

} // namespace

KeyView::KeyView(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    setItems({});
}

void KeyView::setItems(std::vector<LegendStrip::Item> items) {
    items_ = std::move(items);
    QStringList names;
    for (const auto& item : items_) names << item.label;
    setToolTip(names.join(QLatin1Char('\n')));
    setAccessibleName(tr("Key: %1").arg(names.join(QStringLiteral(", "))));
    setVisible(!items_.empty());
    fit();
    update();
}

void KeyView::fit() {
    QPicture nowhere;
    QPainter painter(&nowhere);
    const int height = int(std::ceil(paintKey(painter, room(width()), items_).top()));
    if (height != minimumHeight() || height != maximumHeight()) setFixedHeight(height);
}

void KeyView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    paintKey(painter, room(width()), items_);
}

void KeyView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    fit();
}

void KeyView::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange) fit();
}

} // namespace descent::ui

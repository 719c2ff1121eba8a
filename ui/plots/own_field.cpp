#include "ui/plots/own_field.h"

#include "ui/theme.h"

#include <QElapsedTimer>
#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

namespace descent::ui {

OwnField::OwnField(QWidget* parent) : OwnPlot(parent) {
    setMinimumSize(160, 72);
    setMouseTracking(true);
}

void OwnField::redraw() {
    stale_ = true;
    update();
}

void OwnField::paintTo(QPainter& painter, const QRectF& target) {
    FieldLayer layer;
    const bool there = arrange(layer, target.size(), theme::labelFont());
    painter.save();
    painter.translate(target.topLeft());
    draw(painter, layer, there, target.size());
    painter.restore();
}

void OwnField::paintEvent(QPaintEvent*) {
    QElapsedTimer timer;
    timer.start();
    if (stale_) there_ = arrange(layer_, size(), theme::labelFont());
    stale_ = false;
    QPainter painter(this);
    draw(painter, layer_, there_, size());
    cost_ms_ = double(timer.nsecsElapsed()) / 1e6;
}

void OwnField::draw(QPainter& painter, const FieldLayer& layer, bool there, QSizeF size) {
    painter.setFont(theme::labelFont());
    if (!there) {
        painter.setPen(theme::mutedText());
        painter.drawText(QRectF(QPointF(0, 0), size), Qt::AlignCenter | Qt::TextWordWrap, emptyWord());
        return;
    }
    painter.setRenderHint(QPainter::Antialiasing);
    layer.paint(painter);
    paintOver(painter, layer);
}

void OwnField::resizeEvent(QResizeEvent* event) {
    OwnPlot::resizeEvent(event);
    stale_ = true;
}

void OwnField::changeEvent(QEvent* event) {
    OwnPlot::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange) redraw();
}

bool OwnField::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        QToolTip::showText(help->globalPos(), describe(help->pos()), this);
        return true;
    }
    return OwnPlot::event(event);
}

} // namespace descent::ui

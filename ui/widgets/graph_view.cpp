#include "ui/widgets/graph_view.h"

#include "ui/theme.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <limits>

namespace descent::ui {

namespace {
constexpr double kLeast = 0.78, kMost = 1.35; ///< of its size
constexpr double kFaint = 0.4;                ///< while the text cannot be understood
} // namespace

GraphView::GraphView(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("labGraph"));
    setAccessibleName(tr("Computation graph"));
    setFocusPolicy(Qt::StrongFocus);
}

void GraphView::setPicture(ScalarPicture picture) {
    picture_ = std::move(picture);
    picked_.reset();
    updateGeometry();
    words();
}

void GraphView::setStep(std::size_t step) {
    if (!picture_) return;
    picture_->setStep(step);
    words();
}

void GraphView::setPicked(std::optional<int> node) {
    picked_ = node;
    update();
}

void GraphView::words() {
    setAccessibleDescription(picture_->summary());
    update();
}

QPoint GraphView::currentPlace() const {
    return picture_ ? picture_->centreOf(picture_->currentNode(), rect(), kMost).toPoint() : QPoint();
}

QSize GraphView::minimumSizeHint() const {
    const QSize least(theme::kGrid * 30, theme::kGrid * 14);
    if (!picture_ || picture_->empty()) return least;
    return ((picture_->size() + QSizeF(8, 8)) * kLeast).toSize().expandedTo(least);
}

QSize GraphView::sizeHint() const {
    return minimumSizeHint();
}

void GraphView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    if (picture_) {
        if (!isEnabled()) painter.setOpacity(kFaint);
        picture_->paint(painter, rect(), kMost, picked_);
    }
    if (ring_ && hasFocus()) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(theme::accent(), 1.5));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 3, 3);
    }
}

void GraphView::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::EnabledChange) update();
}

bool GraphView::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const auto node = picture_ ? picture_->nodeAt(help->pos(), rect(), kMost) : std::nullopt;
    QToolTip::showText(help->globalPos(), node ? picture_->describe(*node) : QString(), this);
    return true;
}

void GraphView::mousePressEvent(QMouseEvent* event) {
    const auto node = picture_ ? picture_->nodeAt(event->position(), rect(), kMost) : std::nullopt;
    setPicked(node);
    if (node) Q_EMIT nodeClicked(*node);
}

void GraphView::keyPressEvent(QKeyEvent* event) {
    constexpr int kAll = std::numeric_limits<int>::max();
    switch (event->key()) {
    case Qt::Key_Left:
        return Q_EMIT stepWanted(-1);
    case Qt::Key_Right:
        return Q_EMIT stepWanted(1);
    case Qt::Key_Home:
        return Q_EMIT stepWanted(-kAll);
    case Qt::Key_End:
        return Q_EMIT stepWanted(kAll);
    case Qt::Key_Space:
        return Q_EMIT playWanted();
    default:
        QWidget::keyPressEvent(event);
    }
}

void GraphView::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    ring_ = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason;
    update();
}

void GraphView::focusOutEvent(QFocusEvent* event) {
    QWidget::focusOutEvent(event);
    ring_ = false;
    update();
}

} // namespace descent::ui

#include "ui/plots/runs_plot.h"

#include "ui/plots/plot_export.h"
#include "ui/plots/scene_figure.h"
#include "ui/theme.h"

#include <QElapsedTimer>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <memory>

namespace descent::ui {

RunsPlot::RunsPlot(QWidget* parent) : PlotView(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setMinimumSize(theme::kGrid * 25, theme::kGrid * 16);
}

FigureSource RunsPlot::figure() const {
    const std::shared_ptr<RunsPlot> held(copy());
    FigureSource source;
    source.title = name();
    for (std::size_t i = 0; i < items(); ++i)
        source.runs << idOf(i).split(QLatin1Char(' '), Qt::SkipEmptyParts);
    source.runs.removeDuplicates();
    source.paint = [held](QPainter& painter, const QRectF& target) {
        held->paintTo(painter, paintKey(painter, target, held->legend()));
    };
    source.plotted_csv = [table = std::make_shared<PlotTable>(table())](const QString& file) {
        return writeCsv(*table, file);
    };
    return source;
}

void RunsPlot::dataChanged() {
    if (picked_ && *picked_ >= items()) picked_.reset();
    setAccessibleName(name());
    setAccessibleDescription(summary());
    update();
    Q_EMIT wordsChanged();
}

void RunsPlot::redraw() {
    update();
}

void RunsPlot::paintTo(QPainter& painter, const QRectF& target) {
    painter.save();
    painter.translate(target.topLeft());
    painter.setFont(theme::labelFont());
    painter.setRenderHint(QPainter::Antialiasing);
    if (!empty()) draw(painter, target.size(), {{}, false, false});
    painter.restore();
}

void RunsPlot::paintEvent(QPaintEvent*) {
    QElapsedTimer timer;
    timer.start();
    QPainter painter(this);
    painter.setFont(theme::labelFont());
    painter.setRenderHint(QPainter::Antialiasing);
    if (empty()) {
        painter.setPen(theme::mutedText());
        painter.drawText(rect(), Qt::AlignCenter | Qt::TextWordWrap, emptyWord());
    } else {
        draw(painter, QSizeF(size()), {picked_, ring_ && hasFocus(), true});
    }
    if (ring_ && hasFocus()) {
        painter.setPen(QPen(theme::accent(), 1.5));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 3, 3);
    }
    cost_ms_ = double(timer.nsecsElapsed()) / 1e6;
}

void RunsPlot::changeEvent(QEvent* event) {
    PlotView::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) update();
}

QString RunsPlot::describe(QPoint at) const {
    const auto item = itemAt(at);
    return item ? wordsOf(*item) : QString();
}

bool RunsPlot::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        QToolTip::showText(help->globalPos(), describe(help->pos()), this);
        return true;
    }
    return PlotView::event(event);
}

void RunsPlot::pick(std::optional<std::size_t> item) {
    if (picked_ == item) return;
    picked_ = item;
    update();
    Q_EMIT picked(item ? idOf(*item) : QString());
}

void RunsPlot::setPicked(const QString& id) {
    std::optional<std::size_t> item;
    for (std::size_t i = 0; i < items() && !item && !id.isEmpty(); ++i)
        if (idOf(i) == id) item = i;
    if (picked_ == item) return;
    picked_ = item;
    update();
}

void RunsPlot::mouseMoveEvent(QMouseEvent* event) {
    pick(itemAt(event->position()));
    QWidget::setCursor(picked_ ? Qt::PointingHandCursor : Qt::ArrowCursor);
}

void RunsPlot::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return PlotView::mousePressEvent(event);
    pick(itemAt(event->position()));
    if (picked_) Q_EMIT chosen(idOf(*picked_));
}

void RunsPlot::leaveEvent(QEvent*) {
    pick(std::nullopt);
}

void RunsPlot::keyPressEvent(QKeyEvent* event) {
    const std::size_t count = items();
    const int way = event->key() == Qt::Key_Right || event->key() == Qt::Key_Down ? 1
                    : event->key() == Qt::Key_Left || event->key() == Qt::Key_Up  ? -1
                                                                                  : 0;
    if (count == 0) return PlotView::keyPressEvent(event);
    if (way != 0)
        pick(picked_   ? std::size_t(std::clamp(std::ptrdiff_t(*picked_) + way, std::ptrdiff_t(0),
                                                std::ptrdiff_t(count) - 1))
             : way > 0 ? 0
                       : count - 1);
    else if (event->key() == Qt::Key_Home)
        pick(0);
    else if (event->key() == Qt::Key_End)
        pick(count - 1);
    else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && picked_)
        Q_EMIT chosen(idOf(*picked_));
    else
        return PlotView::keyPressEvent(event);
    if (picked_) setAccessibleDescription(wordsOf(*picked_) + QStringLiteral(". ") + summary());
}

void RunsPlot::focusInEvent(QFocusEvent* event) {
    PlotView::focusInEvent(event);
    ring_ = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason;
    update();
}

void RunsPlot::focusOutEvent(QFocusEvent* event) {
    PlotView::focusOutEvent(event);
    ring_ = false;
    pick(std::nullopt);
    update();
}

} // namespace descent::ui

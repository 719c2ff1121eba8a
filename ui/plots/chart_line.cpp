// The only kind of file that knows Qt Charts: it draws frame and grid; the curves are a layer of ours in its
// plot area, given decimated points, because a series of its own costs more per point and vanishes whole at
// one y ≤ 0 on a log axis.

#include "ui/plots/curve_layer.h"
#include "ui/plots/plot_view.h"
#include "ui/plots/ticks.h"
#include "ui/theme.h"

#include <QCategoryAxis>
#include <QChart>
#include <QChartView>
#include <QElapsedTimer>
#include <QEvent>
#include <QGraphicsItem>
#include <QGraphicsLayout>
#include <QKeyEvent>
#include <QLineSeries>
#include <QMouseEvent>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace descent::ui {

namespace {

class View : public QChartView {
public:
    using QChartView::QChartView;
    double cost_ms = 0;

protected:
    void paintEvent(QPaintEvent* event) override {
        QElapsedTimer timer;
        timer.start();
        QChartView::paintEvent(event);
        cost_ms = double(timer.nsecsElapsed()) / 1e6;
    }
};

class LayerItem : public QGraphicsItem {
public:
    LayerItem(const CurveLayer& layer, QGraphicsItem* parent) : QGraphicsItem(parent), layer_(layer) {
        setZValue(100);
    }
    void resize(const QRectF& rect) {
        prepareGeometryChange();
        rect_ = rect;
    }
    QRectF boundingRect() const override { return rect_; }
    void paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) override {
        layer_.paint(*painter);
    }

private:
    const CurveLayer& layer_;
    QRectF rect_;
};

class LineChart : public PlotView {
public:
    LineChart(const PlotScene& scene, QWidget* parent) : PlotView(parent), scene_(scene) {
        chart_ = new QChart;
        chart_->setBackgroundVisible(false);
        chart_->setMargins({});
        chart_->layout()->setContentsMargins(0, 0, 0, 0);
        chart_->legend()->hide();
        for (const auto side : {Qt::AlignBottom, Qt::AlignLeft}) {
            auto* axis = new QCategoryAxis;
            axis->setLabelsPosition(QCategoryAxis::AxisLabelsPositionOnValue);
            axis->setLabelsVisible(false); // the layer writes them: with units, and never cut
            chart_->addAxis(axis, side);
            (side == Qt::AlignBottom ? x_axis_ : y_axis_) = axis;
        }
        auto* frame = new QLineSeries; // an axis without a series has no range
        chart_->addSeries(frame);
        frame->attachAxis(x_axis_);
        frame->attachAxis(y_axis_);
        view_ = new View(chart_, this);
        view_->setFrameShape(QFrame::NoFrame);
        view_->setBackgroundBrush(Qt::NoBrush);
        view_->setStyleSheet(QStringLiteral("background: transparent"));
        view_->setMouseTracking(true);
        view_->setFocusPolicy(Qt::NoFocus);
        view_->viewport()->setMouseTracking(true);
        view_->viewport()->installEventFilter(this);
        item_ = new LayerItem(layer_, chart_);
        auto* layout = new QVBoxLayout(this);
        layout->setContentsMargins(0, 0, 0, 0);
        layout->addWidget(view_);
        setFocusPolicy(Qt::StrongFocus);
        setMinimumSize(160, 72);
        restyle();
    }

    void redraw() override {
        QElapsedTimer timer;
        timer.start();
        arrange();
        redraw_ms_ = double(timer.nsecsElapsed()) / 1e6;
    }

    void paintTo(QPainter& painter, const QRectF& target) override {
        const auto cursor = std::exchange(layer_.cursor, std::nullopt);
        chart_->scene()->render(&painter, target, chart_->scene()->sceneRect());
        layer_.cursor = cursor;
    }

    void setCursor(std::optional<double> x) override {
        if (layer_.cursor == x) return;
        layer_.cursor = x;
        item_->update();
    }

    std::vector<PlotPoint> drawn(std::size_t curve) const override {
        return curve < layer_.curves.size() ? layer_.curves[curve].points : std::vector<PlotPoint>{};
    }
    double costMs() const override { return redraw_ms_ + view_->cost_ms; }

protected:
    void resizeEvent(QResizeEvent* event) override {
        PlotView::resizeEvent(event);
        chart_->resize(size());
        arrange();
    }
    void changeEvent(QEvent* event) override {
        PlotView::changeEvent(event);
        if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange ||
            event->type() == QEvent::FontChange)
            restyle();
    }
    bool eventFilter(QObject* watched, QEvent* event) override {
        if (watched == view_->viewport()) {
            if (event->type() == QEvent::MouseMove) hoverAt(static_cast<QMouseEvent*>(event)->position());
            if (event->type() == QEvent::Leave) Q_EMIT hovered(std::nullopt);
        }
        return PlotView::eventFilter(watched, event);
    }
    void keyPressEvent(QKeyEvent* event) override {
        const int way = event->key() == Qt::Key_Right ? 1 : event->key() == Qt::Key_Left ? -1 : 0;
        if (way == 0) return PlotView::keyPressEvent(event);
        const double from = layer_.cursor.value_or(way > 0 ? layer_.x_min : layer_.x_max);
        Q_EMIT hovered(
            std::clamp(from + way * (layer_.x_max - layer_.x_min) / 50, layer_.x_min, layer_.x_max));
    }
    void focusInEvent(QFocusEvent* event) override {
        PlotView::focusInEvent(event);
        layer_.focused = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason;
        item_->update();
    }
    void focusOutEvent(QFocusEvent* event) override {
        PlotView::focusOutEvent(event);
        layer_.focused = false;
        item_->update();
        Q_EMIT hovered(std::nullopt);
    }

private:
    void hoverAt(QPointF pos) {
        if (!layer_.area.adjusted(-4, -4, 4, 4).contains(pos)) {
            Q_EMIT hovered(std::nullopt);
            return;
        }
        Q_EMIT hovered(layer_.x_min +
                       (pos.x() - layer_.area.left()) / layer_.area.width() * (layer_.x_max - layer_.x_min));
    }

    void restyle() {
        for (auto* axis : {x_axis_, y_axis_}) {
            QColor grid = theme::border();
            axis->setGridLinePen(QPen(grid, 1));
            axis->setLinePen(axis == x_axis_ ? QPen(theme::mutedText(), 1) : QPen(Qt::NoPen));
            axis->setGridLineVisible(axis == y_axis_);
        }
        layer_.font = theme::numberFont();
        layer_.font.setPointSizeF(std::max(7.5, layer_.font.pointSizeF() - 1.5));
        arrange();
    }

    static void setTicks(QCategoryAxis& axis, const std::vector<Tick>& ticks, double low, double high,
                         bool log) {
        const auto at = [log](double v) { return log ? std::log10(v) : v; };
        QStringList wanted;
        for (const auto& tick : ticks) wanted << QString::number(at(tick.value), 'g', 17);
        if (axis.categoriesLabels() != wanted) { // labels are not shown; they serve as keys here
            for (const auto& old : axis.categoriesLabels()) axis.remove(old);
            for (qsizetype i = 0; i < wanted.size(); ++i)
                axis.append(wanted[i], at(ticks[std::size_t(i)].value));
        }
        if (axis.min() != at(low) || axis.max() != at(high)) axis.setRange(at(low), at(high));
    }

    void arrange() {
        if (width() < 40 || height() < 40) return;
        layer_.arrange(scene_, size());
        if (chart_->plotArea() != layer_.area || size() != arranged_) {
            chart_->setPlotArea(layer_.area);
            chart_->layout()->invalidate(); // or frame and grid stay where they were until the next resize
            chart_->layout()->activate();
            arranged_ = size();
        }
        setTicks(*x_axis_, layer_.x_ticks, layer_.x_min, layer_.x_max, false);
        setTicks(*y_axis_, layer_.y_ticks, layer_.y_min, layer_.y_max, layer_.log_y);
        item_->resize(QRectF(QPointF(0, 0), QSizeF(size())));
        item_->update();
    }

    const PlotScene& scene_;
    CurveLayer layer_;
    QChart* chart_ = nullptr; // owned by view_
    QCategoryAxis* x_axis_ = nullptr;
    QCategoryAxis* y_axis_ = nullptr;
    View* view_ = nullptr;
    LayerItem* item_ = nullptr; // owned by chart_
    QSize arranged_;
    double redraw_ms_ = 0;
};

} // namespace

PlotView* makeLineChart(const PlotScene& scene, QWidget* parent) {
    return new LineChart(scene, parent);
}

} // namespace descent::ui

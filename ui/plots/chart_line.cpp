// The only kind of file that knows Qt Charts: it draws frame and grid; the curves are a layer of ours in its
// plot area, because a series of its own costs more per point and vanishes whole at one y ≤ 0 on a log axis.

#include "ui/plots/chart_input.h"
#include "ui/plots/curve_layer.h"
#include "ui/plots/picture_queue.h"
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
#include <QHelpEvent>
#include <QKeyEvent>
#include <QLineSeries>
#include <QMouseEvent>
#include <QPainter>
#include <QTimer>
#include <QToolTip>
#include <QVBoxLayout>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace descent::ui {

namespace {

constexpr std::size_t kAtOnceUpTo = 2000; ///< points: drawing so few costs less than to hand them over
constexpr std::size_t kExactUpTo = 12;    ///< curves that are cheap enough to be exact while they move
constexpr int kStillMs = 120;             ///< without motion, after which what is missing is read

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
    LineChart(const PlotScene& scene, QWidget* parent)
        : PlotView(parent)
        , scene_(scene)
        , input_([this] { return inputState(); })
        , queue_([this](PictureQueue::Picture picture) { take(std::move(picture)); }) {
        makeChart();
        auto* layout = new QVBoxLayout(this);
        layout->setContentsMargins(0, 0, 0, 0);
        layout->addWidget(view_);
        setFocusPolicy(Qt::StrongFocus);
        setMinimumSize(160, 72);
        still_.setSingleShot(true);
        still_.setInterval(kStillMs);
        connect(&still_, &QTimer::timeout, this, [this] {
            if (wish_ && layer_.picture() && !layer_.picture()->exact) queue_.refine(wish_);
        });
        connect(&input_, &ChartInput::ranges, this, &LineChart::choose);
        connect(&input_, &ChartInput::boxChanged, this, [this](std::optional<QRectF> box) {
            layer_.box = box;
            item_->update();
        });
        connect(&input_, &ChartInput::cursorMoved, this, [this](double x) { Q_EMIT hovered(x); });
        connect(&input_, &ChartInput::clicked, this, [this](QPointF at) {
            if (const auto curve = layer_.curveAt(at)) Q_EMIT chosen(layer_.curves()[*curve].id);
        });
        restyle();
    }

    void redraw() override {
        QElapsedTimer timer;
        timer.start();
        layer_.take(scene_);
        applyPicked();
        draw();
        redraw_ms_ = double(timer.nsecsElapsed()) / 1e6;
    }

    void paintTo(QPainter& painter, const QRectF& target) override {
        CurveLayer layer;
        layer.font = painter.font();
        layer.x_range = layer_.x_range;
        layer.y_range = layer_.y_range;
        layer.arrange(scene_, target.size(), 2, true);
        painter.save();
        painter.translate(target.topLeft());
        layer.paintGrid(painter);
        layer.paint(painter);
        painter.restore();
    }

    void setCursor(std::optional<double> x) override {
        if (layer_.cursor == x) return;
        layer_.cursor = x;
        item_->update();
    }

    void setXRange(std::optional<AxisRange> range) override {
        if (layer_.x_range == range && (range || !layer_.y_range)) return;
        layer_.x_range = range;
        if (!range) layer_.y_range.reset();
        draw();
    }

    void setPicked(const QString& id) override {
        if (picked_id_ == id) return;
        picked_id_ = id;
        applyPicked();
    }

    std::vector<PlotPoint> drawn(std::size_t curve) const override {
        return pointsOf(layer_.shape(curve), layer_);
    }
    bool upToDate() const override { return layer_.picture() && layer_.picture()->number == number_; }
    double costMs() const override { return redraw_ms_ + view_->cost_ms; }

    QString describe(QPoint at) const override {
        const auto curve = layer_.curveAt(at);
        if (!curve) return layer_.area.contains(at) ? QString() : ChartInput::help();
        return layer_.curves()[*curve].label;
    }

protected:
    void resizeEvent(QResizeEvent* event) override {
        PlotView::resizeEvent(event);
        chart_->resize(size());
        draw();
    }
    void changeEvent(QEvent* event) override {
        PlotView::changeEvent(event);
        if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange ||
            event->type() == QEvent::FontChange)
            restyle();
    }
    bool eventFilter(QObject* watched, QEvent* event) override {
        if (watched == view_->viewport() && fromViewport(*event)) return true;
        return PlotView::eventFilter(watched, event);
    }
    void keyPressEvent(QKeyEvent* event) override {
        if (!input_.key(*event)) PlotView::keyPressEvent(event);
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
    void makeChart() {
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
        x_axis_->setRange(0, 1);
        x_axis_->setVisible(false); // the layer draws it
        view_ = new View(chart_, this);
        view_->setFrameShape(QFrame::NoFrame);
        view_->setBackgroundBrush(Qt::NoBrush);
        view_->setStyleSheet(QStringLiteral("background: transparent"));
        view_->setMouseTracking(true);
        view_->setFocusPolicy(Qt::NoFocus);
        view_->viewport()->setMouseTracking(true);
        view_->viewport()->installEventFilter(this);
        item_ = new LayerItem(layer_, chart_);
    }

    bool fromViewport(QEvent& event) {
        switch (event.type()) {
        case QEvent::MouseMove: {
            const auto& mouse = static_cast<QMouseEvent&>(event);
            hoverAt(mouse.position());
            return input_.move(mouse);
        }
        case QEvent::MouseButtonPress:
            setFocus(Qt::MouseFocusReason);
            return input_.press(static_cast<QMouseEvent&>(event));
        case QEvent::MouseButtonRelease:
            return input_.release(static_cast<QMouseEvent&>(event));
        case QEvent::MouseButtonDblClick:
            return input_.doubleClick(static_cast<QMouseEvent&>(event));
        case QEvent::Wheel:
            if (input_.wheel(static_cast<QWheelEvent&>(event))) return true;
            event.ignore(); // to what the chart scrolls in
            return false;
        case QEvent::Leave:
            Q_EMIT hovered(std::nullopt);
            pick(std::nullopt);
            return false;
        case QEvent::ToolTip: {
            const auto& help = static_cast<QHelpEvent&>(event);
            QToolTip::showText(help.globalPos(), describe(help.pos()), this);
            return true;
        }
        default:
            return false;
        }
    }

    ChartInput::State inputState() const {
        return {layer_, layer_.full_x, layer_.x_range, layer_.y_range, layer_.cursor};
    }

    void choose(std::optional<AxisRange> x, std::optional<AxisRange> y) {
        const bool x_changed = layer_.x_range != x;
        if (!x_changed && layer_.y_range == y) return;
        layer_.x_range = x;
        layer_.y_range = y;
        draw();
        if (x_changed) Q_EMIT xRangeChosen(x);
    }

    void hoverAt(QPointF pos) {
        if (!layer_.area.adjusted(-4, -4, 4, 4).contains(pos)) {
            Q_EMIT hovered(std::nullopt);
            return pick(std::nullopt);
        }
        Q_EMIT hovered(std::clamp(layer_.xAt(pos.x()), layer_.x_min, layer_.x_max));
        pick(input_.dragging() ? std::nullopt : layer_.curveAt(pos));
    }

    void pick(std::optional<std::size_t> curve) {
        if (hovered_curve_ == curve) return;
        hovered_curve_ = curve;
        applyPicked();
        Q_EMIT picked(curve ? layer_.curves()[*curve].id : QString());
    }

    /// What is under the pointer comes before what the owner says.
    void applyPicked() {
        if (hovered_curve_ && *hovered_curve_ >= layer_.curves().size()) hovered_curve_.reset();
        auto picked = hovered_curve_;
        if (!picked && !picked_id_.isEmpty())
            for (std::size_t i = 0; i < layer_.curves().size() && !picked; ++i)
                if (layer_.curves()[i].id == picked_id_) picked = i;
        if (layer_.curves().size() < 2) picked.reset(); // a single curve stands out as it is
        if (layer_.picked == picked) return;
        layer_.picked = picked;
        item_->update();
    }

    void restyle() {
        y_axis_->setGridLinePen(QPen(theme::border(), 1));
        y_axis_->setLinePen(QPen(Qt::NoPen));
        layer_.font = theme::labelFont();
        layer_.take(scene_); // colours are of the theme
        draw();
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

    /// Asks for the picture of what is to be seen now, here or elsewhere.
    void draw() {
        if (width() < 40 || height() < 40) return;
        layer_.place(QSizeF(size()));
        CurveWish wish = layer_.wish(devicePixelRatioF());
        wish.number = ++number_;
        wish.coarse = wish.curves.size() > kExactUpTo;
        wish_ = std::make_shared<const CurveWish>(std::move(wish));
        still_.stop();
        if (wish_->size() > kAtOnceUpTo) {
            queue_.want(wish_);
        } else if (layer_.show(drawPicture(*wish_)) && !again_) {
            again_ = true; // the numbers need another width than they had
            draw();
            again_ = false;
            return;
        }
        lay();
    }

    /// A picture has come. Those of old wishes are shown too: they follow the motion.
    void take(PictureQueue::Picture picture) {
        if (layer_.picture() && layer_.picture()->number > picture->number) return;
        if (picture->frame.log_x != layer_.log_x || picture->frame.log_y != layer_.log_y) return;
        const bool newest = picture->number == number_, done = picture->exact || picture->read;
        if (newest && wish_->size() <= kAtOnceUpTo) return; // was drawn here meanwhile
        const bool again = layer_.show(std::move(picture));
        if (again && newest) return draw();
        if (newest && !done) still_.start();
        lay();
    }

    /// Frame and grid by the chart library, the layer over them.
    void lay() {
        if (chart_->plotArea() != layer_.area || size() != laid_) {
            chart_->setPlotArea(layer_.area);
            chart_->layout()->invalidate(); // or frame and grid stay where they were until the next resize
            chart_->layout()->activate();
            laid_ = size();
        }
        // The layer draws the x axis: a change of the library's at each frame of a pan would be dear.
        setTicks(*y_axis_, layer_.y_ticks, layer_.y_min, layer_.y_max, layer_.log_y);
        item_->resize(QRectF(QPointF(0, 0), QSizeF(size())));
        item_->update();
    }

    const PlotScene& scene_;
    CurveLayer layer_;
    ChartInput input_;
    QChart* chart_ = nullptr; // owned by view_
    QCategoryAxis* x_axis_ = nullptr;
    QCategoryAxis* y_axis_ = nullptr;
    View* view_ = nullptr;
    LayerItem* item_ = nullptr; // owned by chart_
    QSize laid_;
    QTimer still_;
    std::shared_ptr<const CurveWish> wish_; ///< the newest
    std::uint64_t number_ = 0;
    bool again_ = false;
    QString picked_id_;
    std::optional<std::size_t> hovered_curve_;
    double redraw_ms_ = 0;
    PictureQueue queue_; // last: it ends before what its pictures are shown by
};

} // namespace

PlotView* makeLineChart(const PlotScene& scene, QWidget* parent) {
    return new LineChart(scene, parent);
}

} // namespace descent::ui

#pragma once

#include "ui/plots/plot_frame.h"

#include <QObject>
#include <QPointF>

#include <functional>
#include <optional>

class QKeyEvent;
class QMouseEvent;
class QWheelEvent;

namespace descent::ui {

/// What mouse, wheel and keys ask of a line chart. Wheel: x around the pointer, with Shift or Ctrl y. Drag: a
/// box to zoom to, flat ones over x only. Middle or Shift-drag: pan. Double click, Home, 0: all. + −: zoom at
/// the cursor; Shift and arrows: pan. Thread: GUI.
class ChartInput : public QObject {
    Q_OBJECT
public:
    struct State {
        PlotFrame frame;
        AxisRange full_x;
        std::optional<AxisRange> x_range, y_range;
        std::optional<double> cursor;
    };
    explicit ChartInput(std::function<State()> state, QObject* parent = nullptr);
    static QString help(); ///< for a tool tip

    // Each says whether it was taken.
    bool wheel(const QWheelEvent& event);
    bool press(const QMouseEvent& event);
    bool move(const QMouseEvent& event);
    bool release(const QMouseEvent& event);
    bool doubleClick(const QMouseEvent& event);
    bool key(const QKeyEvent& event);
    bool dragging() const { return drag_ != Drag::none; }
    void cancel();

Q_SIGNALS:
    void ranges(std::optional<AxisRange> x, std::optional<AxisRange> y); ///< none: all
    void boxChanged(std::optional<QRectF> box);
    void clicked(QPointF at);
    void cursorMoved(double x);

private:
    enum class Drag { none, box, pan };
    std::optional<QRectF> boxTo(QPointF at, const PlotFrame& frame) const;
    void zoomX(const State& now, double pixel, double factor);
    void panX(const State& now, double share);

    std::function<State()> state_;
    Drag drag_ = Drag::none;
    QPointF from_;
    State at_press_;
    bool moved_ = false;
};

} // namespace descent::ui

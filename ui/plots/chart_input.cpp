#include "ui/plots/chart_input.h"

#include <QApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace descent::ui {

namespace {
constexpr double kStep = 0.8;   ///< a notch of the wheel, a press of a key
constexpr double kFlat = 12;    ///< pixels: a lower box means x only
constexpr double kSmallest = 4; ///< narrower is a slip of the hand
constexpr double kPanShare = 0.2;
constexpr double kLowest = 96; ///< charts lower than this leave the wheel to what they scroll in
} // namespace

ChartInput::ChartInput(std::function<State()> state, QObject* parent)
    : QObject(parent)
    , state_(std::move(state)) {}

QString ChartInput::help() {
    return tr("Wheel: zoom, with Shift the y axis · Drag: zoom to a box · Shift and drag: pan\n"
              "Double click or Home: all · Keys: + −, arrows, Shift and arrows");
}

void ChartInput::zoomX(const State& now, double pixel, double factor) {
    const double at = std::clamp((pixel - now.frame.area.left()) / now.frame.area.width(), 0.0, 1.0);
    const auto range = within(zoomed({now.frame.x_min, now.frame.x_max}, at, factor, now.frame.log_x),
                              now.full_x, now.frame.log_x);
    Q_EMIT ranges(range, now.y_range);
}

void ChartInput::panX(const State& now, double share) {
    if (!now.x_range) return; // all of it is there already
    Q_EMIT ranges(within(panned({now.frame.x_min, now.frame.x_max}, share, now.frame.log_x), now.full_x,
                         now.frame.log_x),
                  now.y_range);
}

bool ChartInput::wheel(const QWheelEvent& event) {
    const State now = state_();
    const QPointF at = event.position();
    const bool over_x = at.x() >= now.frame.area.left() && at.x() <= now.frame.area.right() + 8;
    // Qt turns the wheel sideways with Alt; a touch pad has both.
    const QPoint turn = event.angleDelta();
    if (now.frame.area.height() < kLowest * 0.7 || turn.isNull() || dragging()) return false;
    if (std::abs(turn.x()) > 2 * std::abs(turn.y()) && !(event.modifiers() & Qt::ShiftModifier)) {
        if (!now.x_range) return false;
        panX(now, -turn.x() / 120.0 * kPanShare / 2);
        return true;
    }
    const int delta = turn.y() != 0 ? turn.y() : turn.x();
    const double factor = std::pow(kStep, std::clamp(delta / 120.0, -4.0, 4.0));
    if (event.modifiers() & (Qt::ShiftModifier | Qt::ControlModifier) || !over_x) {
        const double share =
            std::clamp((now.frame.area.bottom() - at.y()) / now.frame.area.height(), 0.0, 1.0);
        const auto range = zoomed({now.frame.y_min, now.frame.y_max}, share, factor, now.frame.log_y);
        if (std::isfinite(range.first) && std::isfinite(range.second) && range.first < range.second &&
            (!now.frame.log_y || range.first > 0))
            Q_EMIT ranges(now.x_range, range);
        return true;
    }
    if (factor > 1 && !now.x_range) return false; // all is shown: let the page scroll
    zoomX(now, at.x(), factor);
    return true;
}

bool ChartInput::press(const QMouseEvent& event) {
    const State now = state_();
    if (!now.frame.area.adjusted(-4, -4, 4, 4).contains(event.position())) return false;
    const bool pan = event.button() == Qt::MiddleButton ||
                     (event.button() == Qt::LeftButton && event.modifiers() & Qt::ShiftModifier);
    if (!pan && event.button() != Qt::LeftButton) return false;
    drag_ = pan ? Drag::pan : Drag::box;
    from_ = event.position();
    at_press_ = now;
    moved_ = false;
    return true;
}

std::optional<QRectF> ChartInput::boxTo(QPointF at, const PlotFrame& frame) const {
    QRectF box = QRectF(from_, at).normalized().intersected(frame.area);
    if (std::abs(at.y() - from_.y()) < kFlat) {
        box.setTop(frame.area.top());
        box.setBottom(frame.area.bottom());
    }
    return box;
}

bool ChartInput::move(const QMouseEvent& event) {
    if (drag_ == Drag::none) return false;
    const QPointF way = event.position() - from_;
    moved_ = moved_ || way.manhattanLength() >= QApplication::startDragDistance() / 2.0;
    if (!moved_) return true;
    if (drag_ == Drag::box) {
        Q_EMIT boxChanged(boxTo(event.position(), at_press_.frame));
        return true;
    }
    const auto& frame = at_press_.frame;
    auto x = at_press_.x_range;
    if (x)
        x = within(panned({frame.x_min, frame.x_max}, -way.x() / frame.area.width(), frame.log_x),
                   at_press_.full_x, frame.log_x);
    auto y = at_press_.y_range;
    if (y) y = panned({frame.y_min, frame.y_max}, way.y() / frame.area.height(), frame.log_y);
    Q_EMIT ranges(x, y);
    return true;
}

bool ChartInput::release(const QMouseEvent& event) {
    if (drag_ == Drag::none) return false;
    const Drag what = std::exchange(drag_, Drag::none);
    if (what == Drag::pan) return true;
    Q_EMIT boxChanged(std::nullopt);
    if (!moved_) {
        Q_EMIT clicked(event.position());
        return true;
    }
    const auto& frame = at_press_.frame;
    const auto box = boxTo(event.position(), frame);
    if (!box || box->width() < kSmallest) return true;
    const auto x = within({frame.xAt(box->left()), frame.xAt(box->right())}, at_press_.full_x, frame.log_x);
    auto y = at_press_.y_range;
    if (box->height() < frame.area.height() - 1 && box->height() >= kFlat)
        y = AxisRange{frame.yAt(box->bottom()), frame.yAt(box->top())};
    Q_EMIT ranges(x, y);
    return true;
}

bool ChartInput::doubleClick(const QMouseEvent& event) {
    if (event.button() != Qt::LeftButton) return false;
    cancel();
    Q_EMIT ranges(std::nullopt, std::nullopt);
    return true;
}

void ChartInput::cancel() {
    if (std::exchange(drag_, Drag::none) == Drag::box) Q_EMIT boxChanged(std::nullopt);
}

bool ChartInput::key(const QKeyEvent& event) {
    const State now = state_();
    const auto& frame = now.frame;
    const double at = frame.px(now.cursor && *now.cursor >= frame.x_min && *now.cursor <= frame.x_max
                                   ? *now.cursor
                                   : frame.xAt(frame.area.center().x()));
    const bool shift = event.modifiers() & Qt::ShiftModifier;
    switch (event.key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoomX(now, at, kStep);
        return true;
    case Qt::Key_Minus:
        zoomX(now, at, 1 / kStep);
        return true;
    case Qt::Key_Home:
    case Qt::Key_0:
        Q_EMIT ranges(std::nullopt, std::nullopt);
        return true;
    case Qt::Key_Escape:
        if (!dragging()) return false;
        cancel();
        return true;
    case Qt::Key_Left:
    case Qt::Key_Right: {
        const int way = event.key() == Qt::Key_Right ? 1 : -1;
        if (shift) {
            panX(now, way * kPanShare);
            return true;
        }
        const double from = now.cursor
                                ? std::clamp(frame.px(*now.cursor), frame.area.left(), frame.area.right())
                            : way > 0 ? frame.area.left()
                                      : frame.area.right();
        const double to =
            std::clamp(from + way * frame.area.width() / 50, frame.area.left(), frame.area.right());
        Q_EMIT cursorMoved(std::clamp(frame.xAt(to), frame.x_min, frame.x_max));
        return true;
    }
    case Qt::Key_Up:
    case Qt::Key_Down:
        if (!shift || !now.y_range) return false;
        Q_EMIT ranges(now.x_range,
                      panned(*now.y_range, event.key() == Qt::Key_Up ? kPanShare : -kPanShare, frame.log_y));
        return true;
    default:
        return false;
    }
}

} // namespace descent::ui

#include "ui/plots/parallel_view.h"

#include "core/base/format.h"
#include "ui/plots/field_layer.h"
#include "ui/theme.h"

#include <QFontMetricsF>
#include <QKeyEvent>
#include <QLinearGradient>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <map>

namespace descent::ui {

namespace {

constexpr double kMargin = 0.04, kReach = 6, kGrip = 9; ///< of the axis; pixels
constexpr double kKeyStep = 0.05;                       ///< of the axis

/// The scale of values as colours: what is low is still seen.
QColor scaleColor(double share) {
    return fieldColor(0.25 + 0.75 * share);
}

/// Squared pixels from `p` to the stretch between `a` and `b`.
double away(QPointF p, QPointF a, QPointF b) {
    const QPointF ab = b - a, ap = p - a;
    const double length = QPointF::dotProduct(ab, ab);
    const double t = length > 0 ? std::clamp(QPointF::dotProduct(ap, ab) / length, 0.0, 1.0) : 0;
    const QPointF d = ap - ab * t;
    return QPointF::dotProduct(d, d);
}

} // namespace

struct ParallelView::Frame {
    QRectF area;
    std::vector<ValueAxis> axes; ///< by axis
    double x(std::size_t place) const {
        return axes.size() < 2 ? area.center().x()
                               : area.left() + area.width() * double(place) / double(axes.size() - 1);
    }
    double y(std::size_t axis, double value) const {
        return area.bottom() - axes[axis].place(value) * area.height();
    }
    double share(double pixel) const { return std::clamp((area.bottom() - pixel) / area.height(), 0.0, 1.0); }
    std::size_t nearest(double pixel) const {
        const double step = axes.size() < 2 ? 1 : area.width() / double(axes.size() - 1);
        return std::size_t(
            std::clamp(std::round((pixel - area.left()) / step), 0.0, double(axes.size() - 1)));
    }
};

ParallelView::ParallelView(QWidget* parent) : RunsPlot(parent) {
    setObjectName(QStringLiteral("parallel"));
    dataChanged();
}
ParallelView::~ParallelView() = default;

void ParallelView::setData(ParallelData data) {
    std::map<QString, std::optional<std::pair<double, double>>> ranges;
    QStringList places;
    for (const std::size_t axis : order_) {
        places << data_.axes[axis].title;
        ranges[data_.axes[axis].title] = brushes_[axis];
    }
    data_ = std::move(data);
    for (auto& line : data_.lines) line.values.resize(data_.axes.size(), std::nan(""));
    brushes_.assign(data_.axes.size(), std::nullopt);
    order_.clear();
    for (std::size_t i = 0; i < data_.axes.size(); ++i) {
        order_.push_back(i);
        if (const auto it = ranges.find(data_.axes[i].title); it != ranges.end()) brushes_[i] = it->second;
    }
    std::ranges::stable_sort(order_, {}, [&](std::size_t axis) { // new ones come last
        const auto at = places.indexOf(data_.axes[axis].title);
        return at < 0 ? places.size() : at;
    });
    at_ = std::min(at_, order_.empty() ? 0 : order_.size() - 1);
    drag_ = Drag::none;
    dataChanged();
}

void ParallelView::moveAxis(std::size_t from, std::size_t to) {
    if (from >= order_.size() || to >= order_.size() || from == to) return;
    const std::size_t axis = order_[from];
    order_.erase(order_.begin() + std::ptrdiff_t(from));
    order_.insert(order_.begin() + std::ptrdiff_t(to), axis);
    dataChanged();
    Q_EMIT orderChanged();
}

void ParallelView::brush(std::size_t place, std::optional<std::pair<double, double>> range) {
    if (place >= order_.size() || brushes_[order_[place]] == range) return;
    if (range && range->first > range->second) std::swap(range->first, range->second);
    brushes_[order_[place]] = range;
    dataChanged();
    tellBrush();
}

std::optional<std::pair<double, double>> ParallelView::brushed(std::size_t place) const {
    return place < order_.size() ? brushes_[order_[place]] : std::nullopt;
}

bool ParallelView::kept(std::size_t line) const {
    for (std::size_t axis = 0; axis < brushes_.size(); ++axis) {
        const double v = data_.lines[line].values[axis];
        if (brushes_[axis] && !(v >= brushes_[axis]->first && v <= brushes_[axis]->second)) return false;
    }
    return true;
}

void ParallelView::tellBrush() {
    QStringList ids;
    for (std::size_t i = 0; i < data_.lines.size(); ++i)
        if (kept(i)) ids << data_.lines[i].id;
    Q_EMIT brushChanged(ids);
}

ParallelView::Frame ParallelView::frame(QSizeF size) const {
    Frame f;
    const QFontMetricsF metrics(theme::labelFont());
    const double line = metrics.height();
    double left = 0, right = 0;
    for (std::size_t axis = 0; axis < data_.axes.size(); ++axis) {
        std::vector<double> values;
        for (const auto& run : data_.lines) values.push_back(run.values[axis]);
        f.axes.emplace_back(data_.axes[axis], values, kMargin);
        const double height = std::max(1.0, size.height() - 2 * line - 14);
        f.axes.back().arrange(data_.axes[axis], std::max(2, int(height / (line * 2.4))));
        double widest = 0;
        for (const auto& tick : f.axes.back().ticks())
            widest = std::max(widest, metrics.horizontalAdvance(tick.label));
        if (axis == order_.front()) left = widest;
        if (axis == order_.back()) right = metrics.horizontalAdvance(data_.axes[axis].title) / 2;
    }
    left = std::ceil(std::min(std::max(left + 8, 24.0), size.width() * 0.25));
    right = std::ceil(std::clamp(right, 12.0, size.width() * 0.15));
    f.area = QRectF(left, line + 10, std::max(1.0, size.width() - left - right),
                    std::max(1.0, size.height() - 2 * line - 14));
    return f;
}

void ParallelView::paintLine(QPainter& painter, const Frame& f, std::size_t line) const {
    const auto& values = data_.lines[line].values;
    QPolygonF stretch;
    const auto flush = [&] {
        if (stretch.size() > 1) painter.drawPolyline(stretch);
        stretch.clear();
    };
    for (std::size_t place = 0; place < order_.size(); ++place) {
        const std::size_t axis = order_[place];
        if (f.axes[axis].shows(values[axis]))
            stretch << QPointF(f.x(place), f.y(axis, values[axis]));
        else
            flush();
    }
    flush();
}

void ParallelView::paintAxis(QPainter& painter, const Frame& f, std::size_t place) const {
    const QFontMetricsF metrics(painter.font());
    const std::size_t axis = order_[place];
    const double x = f.x(place), line = metrics.height();
    const double room = f.axes.size() < 2 ? f.area.width() : f.area.width() / double(f.axes.size() - 1);
    if (int(axis) == data_.colour_axis) { // its own key
        QLinearGradient scale(f.area.bottomLeft(), f.area.topLeft());
        for (int i = 0; i <= 8; ++i) scale.setColorAt(i / 8.0, scaleColor(i / 8.0));
        painter.setPen(Qt::NoPen);
        painter.setBrush(scale);
        painter.drawRect(QRectF(x - 3, f.area.top(), 6, f.area.height()));
    } else {
        painter.setPen(QPen(theme::mutedText(), 1));
        painter.drawLine(QPointF(x, f.area.top()), QPointF(x, f.area.bottom()));
    }
    if (const auto& range = brushes_[axis]) {
        const auto inside = [&](double v) {
            const double share = f.axes[axis].log() && v <= 0 ? 0 : f.axes[axis].place(v);
            return f.area.bottom() - std::clamp(share, 0.0, 1.0) * f.area.height();
        };
        QRectF box(QPointF(x - 5, inside(range->second)), QPointF(x + 5, inside(range->first)));
        QColor fill = theme::accent();
        fill.setAlphaF(0.25f);
        painter.setPen(QPen(theme::accent(), 1));
        painter.setBrush(fill);
        painter.drawRect(box);
    }
    QColor behind = theme::surface();
    behind.setAlphaF(0.8f);
    for (const auto& tick : f.axes[axis].ticks()) {
        const double y = f.y(axis, tick.value);
        if (y < f.area.top() - 1 || y > f.area.bottom() + 1) continue;
        painter.setPen(QPen(theme::mutedText(), 1));
        painter.drawLine(QPointF(x - 3, y), QPointF(x, y));
        const double most = place == 0 ? f.area.left() - 8 : room - 16;
        const QString label = metrics.elidedText(tick.label, Qt::ElideRight, most);
        const QRectF box(x - 6 - metrics.horizontalAdvance(label), y - line / 2,
                         metrics.horizontalAdvance(label), line);
        painter.fillRect(box.adjusted(-1, 1, 1, -1), behind);
        painter.drawText(box, Qt::AlignRight | Qt::AlignVCenter, label);
    }
}

void ParallelView::draw(QPainter& painter, QSizeF size, const Look& look) const {
    const Frame f = frame(size);
    const bool many = data_.lines.size() > 200;
    const auto colourOf = [&](std::size_t i) {
        const auto& line = data_.lines[i];
        if (data_.colour_axis < 0) return theme::series(line.colour);
        const auto& axis = f.axes[std::size_t(data_.colour_axis)];
        const double v = line.values[std::size_t(data_.colour_axis)];
        return axis.shows(v) ? scaleColor(axis.place(v)) : theme::mutedText();
    };
    const auto penOf = [&](std::size_t i, double width) {
        QPen pen(colourOf(i), width);
        if (theme::dash(data_.lines[i].dash) != Qt::SolidLine && data_.colour_axis < 0)
            pen.setStyle(theme::dash(data_.lines[i].dash));
        return pen;
    };
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme::border(), 1));
    for (std::size_t i = 0; i < data_.lines.size(); ++i)
        if (!kept(i)) paintLine(painter, f, i);
    for (std::size_t i = 0; i < data_.lines.size(); ++i) {
        if (!kept(i)) continue;
        painter.setPen(penOf(i, many ? 1 : 1.5));
        paintLine(painter, f, i);
    }
    if (look.picked) {
        painter.setPen(QPen(theme::surface(), 5));
        paintLine(painter, f, *look.picked);
        painter.setPen(penOf(*look.picked, 3));
        paintLine(painter, f, *look.picked);
    }
    for (std::size_t place = 0; place < order_.size(); ++place) paintAxis(painter, f, place);

    const QFontMetricsF metrics(painter.font());
    const double room = f.axes.size() < 2 ? size.width() : f.area.width() / double(f.axes.size() - 1);
    for (std::size_t place = 0; place < order_.size(); ++place) {
        const QString title = metrics.elidedText(data_.axes[order_[place]].title, Qt::ElideMiddle, room - 8);
        const double width = metrics.horizontalAdvance(title);
        const double left = std::clamp(f.x(place) - width / 2, 0.0, std::max(0.0, size.width() - width));
        const bool here = look.focused && place == at_;
        painter.setPen(here ? theme::accent() : theme::text());
        painter.drawText(QPointF(left, metrics.ascent() + 2), title);
        if (here)
            painter.drawLine(QPointF(left, metrics.height() + 3),
                             QPointF(left + width, metrics.height() + 3));
    }
    if (look.picked) {
        painter.setPen(theme::text());
        painter.drawText(QRectF(0, f.area.bottom() + 2, size.width(), metrics.height()),
                         Qt::AlignHCenter | Qt::AlignVCenter,
                         metrics.elidedText(data_.lines[*look.picked].label, Qt::ElideMiddle, size.width()));
    }
}

std::optional<std::size_t> ParallelView::itemAt(QPointF at) const {
    if (empty()) return std::nullopt;
    const Frame f = frame(QSizeF(size()));
    std::optional<std::size_t> nearest;
    double least = kReach * kReach;
    for (const bool wanted : {true, false}) { // kept ones first
        for (std::size_t i = 0; i < data_.lines.size(); ++i) {
            if (kept(i) != wanted) continue;
            const auto& values = data_.lines[i].values;
            for (std::size_t place = 0; place + 1 < order_.size(); ++place) {
                const std::size_t a = order_[place], b = order_[place + 1];
                if (!f.axes[a].shows(values[a]) || !f.axes[b].shows(values[b])) continue;
                const double d =
                    away(at, {f.x(place), f.y(a, values[a])}, {f.x(place + 1), f.y(b, values[b])});
                if (d >= least) continue;
                least = d;
                nearest = i;
            }
        }
        if (nearest) break;
    }
    return nearest;
}

void ParallelView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || empty()) return RunsPlot::mousePressEvent(event);
    const Frame f = frame(QSizeF(size()));
    const std::size_t place = f.nearest(event->position().x());
    if (event->position().y() < f.area.top() - 2) {
        at_ = place;
        drag_ = Drag::axis;
    } else if (std::abs(event->position().x() - f.x(place)) <= kGrip) {
        at_ = place;
        drag_ = Drag::range;
        drag_from_ = f.share(event->position().y());
    } else {
        return RunsPlot::mousePressEvent(event);
    }
    update();
}

void ParallelView::mouseMoveEvent(QMouseEvent* event) {
    if (empty()) return;
    const Frame f = frame(QSizeF(size()));
    const std::size_t place = f.nearest(event->position().x());
    switch (drag_) {
    case Drag::none: {
        RunsPlot::mouseMoveEvent(event);
        if (event->position().y() < f.area.top() - 2)
            QWidget::setCursor(Qt::SizeHorCursor);
        else if (std::abs(event->position().x() - f.x(place)) <= kGrip)
            QWidget::setCursor(Qt::SizeVerCursor);
        break;
    }
    case Drag::axis:
        if (place != at_) {
            moveAxis(at_, place);
            at_ = place;
        }
        break;
    case Drag::range: {
        const auto& axis = f.axes[order_[at_]];
        const double to = f.share(event->position().y());
        brush(at_, std::pair(axis.valueAt(std::min(drag_from_, to)), axis.valueAt(std::max(drag_from_, to))));
        break;
    }
    }
}

void ParallelView::mouseReleaseEvent(QMouseEvent* event) {
    if (drag_ == Drag::range) {
        const Frame f = frame(QSizeF(size()));
        if (std::abs(f.share(event->position().y()) - drag_from_) * f.area.height() < 3)
            brush(at_, std::nullopt); // a click on an axis
    }
    drag_ = Drag::none;
}

void ParallelView::mouseDoubleClickEvent(QMouseEvent* event) {
    if (empty()) return;
    brush(frame(QSizeF(size())).nearest(event->position().x()), std::nullopt);
}

void ParallelView::brushByKey(bool upper, int way) {
    const Frame f = frame(QSizeF(size()));
    const auto& axis = f.axes[order_[at_]];
    auto range = brushes_[order_[at_]].value_or(std::pair(axis.valueAt(0), axis.valueAt(1)));
    const auto moved = [&](double v) {
        return axis.valueAt(std::clamp(axis.place(v) + way * kKeyStep, 0.0, 1.0));
    };
    if (upper)
        range.second = std::max(moved(range.second), range.first);
    else
        range.first = std::min(moved(range.first), range.second);
    brush(at_, range);
}

void ParallelView::keyPressEvent(QKeyEvent* event) {
    if (empty()) return RunsPlot::keyPressEvent(event);
    const bool control = event->modifiers() & Qt::ControlModifier,
               shift = event->modifiers() & Qt::ShiftModifier;
    const int across = event->key() == Qt::Key_Right ? 1 : event->key() == Qt::Key_Left ? -1 : 0;
    const int up = event->key() == Qt::Key_Up ? 1 : event->key() == Qt::Key_Down ? -1 : 0;
    if (across != 0) {
        const auto to = std::size_t(
            std::clamp(std::ptrdiff_t(at_) + across, std::ptrdiff_t(0), std::ptrdiff_t(order_.size()) - 1));
        if (control) moveAxis(at_, to);
        at_ = to;
        update();
    } else if (up != 0 && (control || shift)) {
        brushByKey(control, up);
    } else if (event->key() == Qt::Key_Backspace || event->key() == Qt::Key_Delete) {
        brush(at_, std::nullopt);
    } else {
        RunsPlot::keyPressEvent(event);
    }
}

QString ParallelView::idOf(std::size_t item) const {
    return data_.lines[item].id;
}

QString ParallelView::wordsOf(std::size_t item) const {
    const auto& line = data_.lines[item];
    QStringList values;
    for (const std::size_t axis : order_)
        values << data_.axes[axis].title + QLatin1Char(' ') +
                      (std::isnan(line.values[axis]) ? QStringLiteral("–")
                                                     : data_.axes[axis].text(line.values[axis]));
    return line.label + QStringLiteral(": ") + values.join(QStringLiteral(", "));
}

QString ParallelView::name() const {
    return tr("Parallel coordinates");
}

QString ParallelView::emptyWord() const {
    return data_.lines.empty() ? tr("Choose runs, and what to draw")
                               : tr("Choose parameters or metrics as axes");
}

std::vector<LegendStrip::Item> ParallelView::legend() const {
    std::vector<LegendStrip::Item> key;
    if (data_.colour_axis >= 0) return key; // the axis is its own
    for (const auto& line : data_.lines) {
        LegendStrip::Item item{line.group, {}, line.colour, line.dash, false};
        if (!line.group.isEmpty() && std::ranges::find(key, item) == key.end())
            key.push_back(std::move(item));
    }
    return key;
}

QString ParallelView::summary() const {
    if (empty()) return name() + QStringLiteral(": ") + emptyWord();
    QStringList titles, ranges;
    for (const std::size_t axis : order_) {
        titles << data_.axes[axis].title;
        if (const auto& range = brushes_[axis])
            ranges << tr("%1 from %2 to %3")
                          .arg(data_.axes[axis].title, data_.axes[axis].text(range->first),
                               data_.axes[axis].text(range->second));
    }
    std::size_t count = 0;
    for (std::size_t i = 0; i < data_.lines.size(); ++i) count += kept(i);
    const auto number = [](std::size_t n) { return QString::fromStdString(format_count(std::int64_t(n))); };
    QString text = tr("%1 of %2 runs over %3")
                       .arg(name(), number(data_.lines.size()), titles.join(QStringLiteral(", ")));
    if (!ranges.isEmpty()) text += tr("; %1 with %2").arg(number(count), ranges.join(QStringLiteral(", ")));
    return text;
}

PlotTable ParallelView::table() const {
    PlotTable table;
    table.columns = {QStringLiteral("run"), QStringLiteral("run_id"), QStringLiteral("group"),
                     QStringLiteral("kept")};
    for (const bool words : {true, false})
        for (const std::size_t axis : order_)
            if (data_.axes[axis].words.empty() != words) table.columns << data_.axes[axis].title;
    for (std::size_t i = 0; i < data_.lines.size(); ++i) {
        const auto& line = data_.lines[i];
        PlotTable::Row row{line.label, {}, {line.id, line.group, kept(i) ? tr("yes") : tr("no")}};
        for (const std::size_t axis : order_)
            if (data_.axes[axis].words.empty())
                row.values.push_back(line.values[axis]);
            else
                row.words.push_back(std::isnan(line.values[axis]) ? QString()
                                                                  : data_.axes[axis].text(line.values[axis]));
        table.rows.push_back(std::move(row));
    }
    return table;
}

RunsPlot* ParallelView::copy() const {
    auto* other = new ParallelView;
    other->data_ = data_;
    other->order_ = order_;
    other->brushes_ = brushes_;
    return other;
}

} // namespace descent::ui

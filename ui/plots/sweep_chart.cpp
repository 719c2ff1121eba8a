#include "ui/plots/sweep_chart.h"

#include "core/base/format.h"
#include "ui/plots/axis_paint.h"
#include "ui/plots/marks.h"
#include "ui/theme.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QPolygonF>

#include <algorithm>
#include <cmath>

namespace descent::ui {

namespace {

constexpr double kRadius = 3.5, kReach = 12; ///< pixels
constexpr double kMargin = 0.04;             ///< of the axes
constexpr double kBandShare = 1.0;           ///< of the height of the values, that a band may add above them

bool finite(double v) {
    return std::isfinite(v);
}

/// `low` to `high` with a margin at both ends, or around the one value there is.
void widen(double& low, double& high, bool log) {
    if (log) {
        const double factor = low < high ? std::pow(high / low, kMargin) : 2;
        low /= factor;
        high *= factor;
        return;
    }
    const double room = low < high ? (high - low) * kMargin : std::max(std::abs(low) * 0.1, 0.5);
    low -= room;
    high += room;
}

QString number(double v) {
    return QString::fromStdString(format_number(v, 3));
}

/// A hollow triangle that points down to the edge: the value lies further below.
void paintBelow(QPainter& painter, QPointF edge, const QColor& colour) {
    painter.setPen(QPen(colour, 1.5));
    painter.setBrush(theme::surface());
    const double r = kRadius * 1.3;
    painter.drawPolygon(
        QPolygonF{{edge.x() - r, edge.y() - 2 * r}, {edge.x() + r, edge.y() - 2 * r}, {edge.x(), edge.y()}});
}

} // namespace

bool atEdge(const SweepChartData& data, double value) {
    return data.y.log && std::isfinite(value) && (value <= 0 || value < data.floor);
}

struct SweepChart::Frame : PlotFrame {
    std::vector<Tick> x_ticks, y_ticks;
    QPointF at(double x, double y) const { return {px(x), py(y)}; }
};

SweepChart::SweepChart(QWidget* parent) : RunsPlot(parent) {
    setObjectName(QStringLiteral("sweepChart"));
    dataChanged();
}
SweepChart::~SweepChart() = default;

bool SweepChart::shows(const SweepPoint& point) const {
    return range_.showsX(point.x) && finite(point.value);
}

/// A theory's line goes out of the picture; what was measured never does.
bool SweepChart::edges(const SweepCurve& curve, const SweepPoint& point) const {
    return range_.log_y && curve.marker >= 0 && atEdge(data_, point.value);
}

void SweepChart::setData(SweepChartData data) {
    data_ = std::move(data);
    setRanges();
    order_.clear();
    drawn_ = 0;
    for (std::size_t c = 0; c < data_.curves.size(); ++c)
        for (std::size_t p = 0; p < data_.curves[c].points.size(); ++p) {
            const auto& point = data_.curves[c].points[p];
            if (data_.curves[c].marker < 0 || !shows(point)) continue;
            ++drawn_;
            if (!point.runs.isEmpty()) order_.emplace_back(c, p);
        }
    dataChanged();
}

void SweepChart::setRanges() {
    const auto anyAbove0 = [this](double SweepPoint::*value) {
        return std::ranges::any_of(data_.curves, [&](const auto& c) {
            return c.marker >= 0 && std::ranges::any_of(c.points, [&](const SweepPoint& p) {
                       return finite(p.*value) && p.*value > 0;
                   });
        });
    };
    range_ = {};
    range_.log_x = data_.x.log && anyAbove0(&SweepPoint::x);
    range_.log_y = data_.y.log && anyAbove0(&SweepPoint::value);
    constexpr double kInf = std::numeric_limits<double>::infinity();
    double x_low = kInf, x_high = -kInf, y_low = kInf, y_high = -kInf, band_low = kInf, band_high = -kInf;
    for (const auto& curve : data_.curves) {
        if (curve.marker < 0) continue;
        for (const auto& p : curve.points) {
            if (!shows(p)) continue;
            x_low = std::min(x_low, p.x);
            x_high = std::max(x_high, p.x);
            if (edges(curve, p)) continue;
            y_low = std::min(y_low, p.value);
            y_high = std::max(y_high, p.value);
            if (range_.showsY(p.low)) band_low = std::min(band_low, p.low);
            if (range_.showsY(p.high)) band_high = std::max(band_high, p.high);
        }
    }
    if (!(x_low <= x_high)) return;
    // A band of few seeds may reach far beyond what is seen of the values: it is cut off there.
    if (range_.log_y) {
        const double most = y_low < y_high ? y_high / y_low : 10;
        y_high = std::max(y_high, std::min(band_high, y_high * most));
        y_low = std::min(y_low, std::max({band_low, y_low / most, data_.floor}));
    } else {
        const double most = (y_low < y_high ? y_high - y_low : std::abs(y_high)) * kBandShare;
        y_high = std::max(y_high, std::min(band_high, y_high + most));
        y_low = std::min(y_low, std::max(band_low, y_low - most));
    }
    const bool from0 = !range_.log_y && y_low >= 0 && y_low < 0.5 * y_high;
    widen(x_low, x_high, range_.log_x);
    if (from0) y_low = 0;
    const double low = y_low;
    widen(y_low, y_high, range_.log_y);
    if (from0) y_low = low;
    range_.x_min = x_low;
    range_.x_max = x_high;
    range_.y_min = y_low;
    range_.y_max = y_high;
    if (data_.x_reversed) std::swap(range_.x_min, range_.x_max);
}

SweepChart::Frame SweepChart::frame(QSizeF size) const {
    Frame f;
    static_cast<PlotFrame&>(f) = range_;
    const QFontMetricsF metrics(theme::labelFont());
    const double line = metrics.height(), top = line + 6, below = 2 * line + 8;
    const double height = std::max(1.0, size.height() - top - below);
    const int y_most = std::max(2, int(height / (line * 2.2)));
    f.y_ticks = f.log_y ? logTicks(f.y_min, f.y_max, y_most) : linearTicks(f.y_min, f.y_max, y_most);
    double left = metrics.horizontalAdvance(QStringLiteral("0.00"));
    for (const auto& tick : f.y_ticks) left = std::max(left, metrics.horizontalAdvance(tick.label));
    left = std::ceil(std::min(left, size.width() * 0.4)) + 8;
    f.area = QRectF(left, top, std::max(1.0, size.width() - left - 10), height);
    const int x_most = std::max(2, int(f.area.width() / (metrics.averageCharWidth() * 9)));
    const auto [least, largest] = std::minmax(f.x_min, f.x_max);
    f.x_ticks = f.log_x ? logTicks(least, largest, x_most) : linearTicks(least, largest, x_most);
    if (f.x_min > f.x_max) std::ranges::reverse(f.x_ticks); // from left to right
    return f;
}

QPointF SweepChart::placeOf(const Frame& f, double x, double y) const {
    return f.log_y && atEdge(data_, y) ? QPointF(f.px(x), f.area.bottom()) : f.at(x, y);
}

QPointF SweepChart::placeOf(double x, double y) const {
    return placeOf(frame(QSizeF(size())), x, y);
}

void SweepChart::paintCurve(QPainter& painter, const Frame& f, const SweepCurve& curve) const {
    const QColor colour = theme::series(curve.colour);
    QColor fill = colour;
    fill.setAlphaF(theme::isDark() ? 0.24f : 0.16f);
    QPolygonF line, upper, lower;
    const auto flush = [&] {
        if (upper.size() > 1) {
            std::ranges::reverse(lower);
            painter.setPen(Qt::NoPen);
            painter.setBrush(fill);
            painter.drawPolygon(upper + lower);
        }
        upper.clear();
        lower.clear();
    };
    for (const auto& p : curve.points) {
        if (!range_.showsX(p.x) || !finite(p.low) || !finite(p.high) || (f.log_y && p.high <= 0)) {
            flush();
            continue;
        }
        upper << f.at(p.x, p.high);
        lower << f.at(p.x, f.log_y ? std::max(p.low, f.y_min / 2) : p.low);
    }
    flush();
    QPen pen(colour, curve.marker < 0 ? 1.25 : 1.75);
    pen.setCapStyle(Qt::FlatCap);
    pen.setJoinStyle(Qt::RoundJoin);
    if (theme::dash(curve.dash) != Qt::SolidLine) pen.setStyle(theme::dash(curve.dash));
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
    const auto stroke = [&] {
        if (line.size() > 1) painter.drawPolyline(line);
        line.clear();
    };
    bool at_edge = false;
    for (const auto& p : curve.points) {
        if (!shows(p) || (f.log_y && p.value <= 0 && !edges(curve, p))) {
            stroke();
            continue;
        }
        if (at_edge && edges(curve, p)) stroke(); // nothing is known of what lies between two of them
        at_edge = edges(curve, p);
        line << (at_edge ? placeOf(f, p.x, p.value) : f.at(p.x, p.value));
    }
    stroke();
    if (curve.marker < 0) return;
    for (const auto& p : curve.points) {
        if (!shows(p)) continue;
        if (edges(curve, p))
            paintBelow(painter, placeOf(f, p.x, p.value), colour);
        else
            paintMark(painter, f.at(p.x, p.value), curve.marker, colour, kRadius);
    }
}

void SweepChart::paintPlaces(QPainter& painter, const Frame& f) const {
    const QFontMetricsF metrics(painter.font());
    double row = f.area.top() + 2;
    for (const auto& place : data_.places) {
        if (!f.showsX(place.x)) continue;
        const QColor colour = data_.places.size() > 1 ? theme::series(place.colour) : theme::text();
        // An interval that ends beyond the last level goes on to the edge.
        if (!std::isnan(place.low) && !std::isnan(place.high)) {
            const double from = f.showsX(place.low)
                                    ? std::clamp(f.px(place.low), f.area.left(), f.area.right())
                                    : f.area.left();
            const double to = f.showsX(place.high)
                                  ? std::clamp(f.px(place.high), f.area.left(), f.area.right())
                                  : f.area.right();
            QColor shade = colour;
            shade.setAlphaF(0.09f);
            painter.fillRect(QRectF(from, f.area.top(), std::max(1.0, to - from), f.area.height()), shade);
        }
        const double x = f.px(place.x);
        if (x < f.area.left() - 1 || x > f.area.right() + 1) continue;
        QPen pen(colour, 1.25);
        pen.setDashPattern({4, 3});
        painter.setPen(pen);
        painter.drawLine(QPointF(x, f.area.top()), QPointF(x, f.area.bottom()));
        const double width = metrics.horizontalAdvance(place.label) + 8;
        QRectF box(x + 3, row, width, metrics.height());
        if (box.right() > f.area.right()) box.moveRight(x - 3);
        QColor behind = theme::surface();
        behind.setAlphaF(0.85f);
        painter.fillRect(box, behind);
        painter.setPen(colour);
        painter.drawText(box, Qt::AlignCenter, place.label);
        row += metrics.height() + 1;
        if (row + metrics.height() > f.area.bottom()) row = f.area.top() + 2;
    }
}

void SweepChart::paintPeaks(QPainter& painter, const Frame& f) const {
    const QFontMetricsF metrics(painter.font());
    for (const auto& peak : data_.peaks) {
        if (!f.showsX(peak.x) || !f.showsY(peak.value)) continue;
        const QPointF at = f.at(peak.x, peak.value);
        painter.setPen(QPen(theme::series(peak.colour), 1.5));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(at, kRadius * 2.1, kRadius * 2.1);
        if (data_.peaks.size() > 3) continue; // the sentences tell them all
        const double width = metrics.horizontalAdvance(peak.label) + 6;
        // Above the peak nothing of its curve is in the way.
        QRectF box(at.x() - width / 2, at.y() - kRadius * 2.6 - metrics.height(), width, metrics.height());
        box.moveLeft(std::clamp(box.left(), f.area.left(), std::max(f.area.left(), f.area.right() - width)));
        if (box.top() < f.area.top()) box.moveTop(at.y() + kRadius * 2.6);
        QColor behind = theme::surface();
        behind.setAlphaF(0.85f);
        painter.fillRect(box, behind);
        painter.setPen(theme::text());
        painter.drawText(box, Qt::AlignCenter, peak.label);
    }
}

void SweepChart::paintPicked(QPainter& painter, const Frame& f, std::size_t item, bool ring) const {
    const auto& curve = data_.curves[order_[item].first];
    const auto& point = pointOf(item);
    const QPointF at = placeOf(f, point.x, point.value);
    if (finite(point.low) && finite(point.high) && !edges(curve, point)) {
        painter.setPen(QPen(theme::text(), 1));
        painter.drawLine(f.at(point.x, point.low), f.at(point.x, point.high));
    }
    painter.setPen(QPen(ring ? theme::accent() : theme::text(), ring ? 2.0 : 1.5));
    painter.setBrush(Qt::NoBrush);
    painter.drawEllipse(at, kRadius * 2.2, kRadius * 2.2);
    if (edges(curve, point))
        paintBelow(painter, at, theme::series(curve.colour));
    else
        paintMark(painter, at, curve.marker, theme::series(curve.colour), kRadius * 1.35);
}

void SweepChart::draw(QPainter& painter, QSizeF size, const Look& look) const {
    const Frame f = frame(size);
    paintAxes(painter, f, f.x_ticks, f.y_ticks, data_.x.title, data_.y.title);
    painter.save();
    painter.setClipRect(f.area.adjusted(-kRadius - 1, -kRadius - 1, kRadius + 1, kRadius + 1));
    for (const bool lines : {true, false}) // theory lies beneath what was measured
        for (const auto& curve : data_.curves)
            if ((curve.marker < 0) == lines) paintCurve(painter, f, curve);
    paintPlaces(painter, f);
    paintPeaks(painter, f);
    if (look.picked) paintPicked(painter, f, *look.picked, look.focused);
    painter.restore();
}

std::optional<std::size_t> SweepChart::itemAt(QPointF at) const {
    const Frame f = frame(QSizeF(size()));
    std::optional<std::size_t> nearest;
    double least = kReach * kReach;
    for (std::size_t i = 0; i < order_.size(); ++i) {
        const QPointF d = placeOf(f, pointOf(i).x, pointOf(i).value) - at;
        if (const double away = QPointF::dotProduct(d, d); away <= least) {
            least = away;
            nearest = i;
        }
    }
    return nearest;
}

const SweepPoint& SweepChart::pointOf(std::size_t item) const {
    return data_.curves[order_[item].first].points[order_[item].second];
}

QString SweepChart::idOf(std::size_t item) const {
    return pointOf(item).runs.join(QLatin1Char(' '));
}

QString SweepChart::wordsOf(std::size_t item) const {
    const auto& curve = data_.curves[order_[item].first];
    const auto& p = pointOf(item);
    QString text = tr("%1, %2: %3").arg(curve.label, p.where, number(p.value));
    if (finite(p.low) && finite(p.high)) text += tr(" [%1, %2]").arg(number(p.low), number(p.high));
    if (p.seeds > 1) text += tr("; %1 of %2 seeds").arg(p.count).arg(p.seeds);
    return text;
}

QString SweepChart::nothingFinished(std::size_t cells) {
    return tr("Nothing finished yet: %1 cells are to be trained")
        .arg(QString::fromStdString(format_count(std::int64_t(cells))));
}

QString SweepChart::emptyWord() const {
    return data_.empty.isEmpty() ? tr("Nothing finished yet") : data_.empty;
}

std::vector<LegendStrip::Item> SweepChart::legend() const {
    std::vector<LegendStrip::Item> key;
    if (empty()) return key;
    for (const auto& curve : data_.curves)
        if (std::ranges::any_of(curve.points, [this](const SweepPoint& p) { return shows(p); }))
            key.push_back({curve.label, {}, curve.colour, curve.dash, false, -1});
    return key;
}

QString SweepChart::summary() const {
    if (empty()) return name() + QStringLiteral(": ") + emptyWord();
    QStringList said;
    for (const auto& curve : data_.curves) {
        if (curve.marker < 0) continue;
        const SweepPoint *low = nullptr, *high = nullptr;
        for (const auto& p : curve.points) {
            if (!shows(p)) continue;
            if (!low || p.value < low->value) low = &p;
            if (!high || p.value > high->value) high = &p;
        }
        if (!low || said.size() == 6) continue;
        said << tr("%1 from %2 (%3) to %4 (%5)")
                    .arg(curve.label, number(low->value), low->where, number(high->value), high->where);
    }
    return QStringLiteral("%1, %2: %3. %4")
        .arg(name(), data_.fold, said.join(QStringLiteral("; ")), data_.sentences.join(QLatin1Char(' ')));
}

PlotTable SweepChart::table() const {
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    PlotTable table{{QStringLiteral("curve"), data_.x.title, data_.y.title, QStringLiteral("low"),
                     QStringLiteral("high"), QStringLiteral("seeds"), QStringLiteral("x_low"),
                     QStringLiteral("x_high")},
                    {}};
    for (const auto& curve : data_.curves)
        for (const auto& p : curve.points)
            if (shows(p))
                table.rows.push_back({curve.label,
                                      {p.x, p.value, p.low, p.high,
                                       curve.marker < 0 ? kNone : double(p.count), kNone, kNone}});
    for (const auto& place : data_.places)
        if (range_.showsX(place.x))
            table.rows.push_back(
                {place.label, {place.x, place.value, kNone, kNone, kNone, place.low, place.high}});
    for (const auto& peak : data_.peaks)
        table.rows.push_back({peak.label, {peak.x, peak.value, kNone, kNone, kNone, peak.low, peak.high}});
    return table;
}

RunsPlot* SweepChart::copy() const {
    auto* other = new SweepChart;
    other->setData(data_);
    return other;
}

} // namespace descent::ui

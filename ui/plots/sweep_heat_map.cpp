#include "ui/plots/sweep_heat_map.h"

#include "core/base/format.h"
#include "ui/plots/field_layer.h"
#include "ui/theme.h"

#include <QFontMetricsF>
#include <QLinearGradient>
#include <QPainter>
#include <QPolygonF>

#include <algorithm>
#include <cmath>
#include <limits>

namespace descent::ui {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kFarApart = 30; ///< values further apart than that are told by logarithmic colours
constexpr double kBar = 10;      ///< pixels, of the colour scale

QString number(double v) {
    return QString::fromStdString(format_number(v, 3));
}

} // namespace

struct SweepHeatMap::Frame : PlotFrame {
    std::vector<Tick> x_ticks, colours;
    double right = 0; ///< room of the scale
};

SweepHeatMap::SweepHeatMap(QWidget* parent) : RunsPlot(parent) {
    setObjectName(QStringLiteral("sweepHeatMap"));
    dataChanged();
}
SweepHeatMap::~SweepHeatMap() = default;

void SweepHeatMap::setData(SweepHeatData data) {
    data_ = std::move(data);
    order_.clear();
    low_ = std::numeric_limits<double>::infinity();
    high_ = -low_;
    for (std::size_t row = 0; row < data_.rows.size(); ++row) {
        bool any = false;
        for (const double value : data_.rows[row].values) {
            if (!std::isfinite(value)) continue;
            any = true;
            low_ = std::min(low_, value);
            high_ = std::max(high_, value);
        }
        if (any) order_.push_back(row);
    }
    log_ = low_ > 0 && high_ > kFarApart * low_;
    if (!(low_ < high_)) high_ = low_ + std::max(1e-9, std::abs(low_) * 0.1);
    edges_.clear();
    const auto& x = data_.columns;
    for (std::size_t i = 0; i + 1 < x.size(); ++i) edges_.push_back(std::sqrt(x[i] * x[i + 1]));
    if (x.size() > 1) {
        edges_.insert(edges_.begin(), x.front() * x.front() / edges_.front());
        edges_.push_back(x.back() * x.back() / edges_.back());
    } else if (x.size() == 1) {
        edges_ = {x.front() / 2, x.front() * 2};
    }
    dataChanged();
}

double SweepHeatMap::shareOf(double value) const {
    return log_ ? std::log(value / low_) / std::log(high_ / low_) : (value - low_) / (high_ - low_);
}

SweepHeatMap::Frame SweepHeatMap::frame(QSizeF size) const {
    Frame f;
    const QFontMetricsF metrics(theme::labelFont());
    const double line = metrics.height(), top = line + 6, below = 2 * line + 8;
    const double height = std::max(1.0, size.height() - top - below);
    double left = 0;
    for (const auto& row : data_.rows) left = std::max(left, metrics.horizontalAdvance(row.label));
    left = std::ceil(std::min(left, size.width() * 0.3)) + 10;
    const int most = std::max(2, int(height / (line * 2.2)));
    f.colours = log_ ? logTicks(low_, high_, most) : linearTicks(low_, high_, most);
    for (const auto& tick : f.colours) f.right = std::max(f.right, metrics.horizontalAdvance(tick.label));
    f.right += kBar + 22;
    f.log_x = true;
    f.x_min = edges_.empty() ? 1 : edges_.front();
    f.x_max = edges_.empty() ? 10 : edges_.back();
    f.y_min = 0;
    f.y_max = std::max<double>(1, double(data_.rows.size()));
    f.area = QRectF(left, top, std::max(1.0, size.width() - left - f.right), height);
    f.x_ticks =
        logTicks(f.x_min, f.x_max, std::max(2, int(f.area.width() / (metrics.averageCharWidth() * 9))));
    return f;
}

QRectF SweepHeatMap::rect(const Frame& f, std::size_t row, std::size_t column) const {
    return {QPointF(f.px(edges_[column]), f.py(double(row + 1))),
            QPointF(f.px(edges_[column + 1]), f.py(double(row)))};
}

QRectF SweepHeatMap::cellOf(std::size_t row, std::size_t column) const {
    return rect(frame(QSizeF(size())), row, column);
}

void SweepHeatMap::paintScale(QPainter& painter, const Frame& f) const {
    const QFontMetricsF metrics(painter.font());
    const QRectF bar(f.area.right() + 12, f.area.top(), kBar, f.area.height());
    QLinearGradient scale(bar.bottomLeft(), bar.topLeft());
    for (int i = 0; i <= 8; ++i) scale.setColorAt(i / 8.0, fieldColor(i / 8.0));
    painter.setPen(QPen(theme::border(), 1));
    painter.setBrush(scale);
    painter.drawRect(bar);
    painter.setPen(theme::mutedText());
    for (const auto& tick : f.colours) {
        const double y = bar.bottom() - shareOf(tick.value) * bar.height();
        painter.drawLine(QPointF(bar.right(), y), QPointF(bar.right() + 3, y));
        painter.drawText(QRectF(bar.right() + 5, y - metrics.height() / 2, f.right, metrics.height()),
                         Qt::AlignLeft | Qt::AlignVCenter, tick.label);
    }
}

void SweepHeatMap::paintLabels(QPainter& painter, const Frame& f) const {
    const QFontMetricsF metrics(painter.font());
    const double line = metrics.height();
    painter.setPen(theme::mutedText());
    // As many as there is room for, from the bottom.
    const double height = f.area.height() / std::max<double>(1, double(data_.rows.size()));
    const std::size_t stride = std::size_t(std::max(1.0, std::ceil(line / std::max(height, 1e-9))));
    for (std::size_t row = 0; row < data_.rows.size(); row += stride)
        painter.drawText(QRectF(0, f.py(double(row) + 0.5) - line / 2, f.area.left() - 6, line),
                         Qt::AlignRight | Qt::AlignVCenter,
                         metrics.elidedText(data_.rows[row].label, Qt::ElideMiddle, f.area.left() - 6));
    double taken = -1;
    for (const auto& tick : f.x_ticks) {
        const double x = f.px(tick.value), width = metrics.horizontalAdvance(tick.label);
        painter.drawLine(QPointF(x, f.area.bottom()), QPointF(x, f.area.bottom() + 3));
        const double left = std::clamp(x - width / 2, 0.0, std::max(0.0, f.area.right() + f.right - width));
        if (left < taken || tick.label.isEmpty()) continue;
        painter.drawText(QPointF(left, f.area.bottom() + 4 + metrics.ascent()), tick.label);
        taken = left + width + metrics.averageCharWidth();
    }
    painter.setPen(theme::text());
    const double width = f.area.right() + f.right;
    painter.drawText(QRectF(0, 0, width / 2, line), Qt::AlignLeft | Qt::AlignVCenter,
                     metrics.elidedText(data_.axis, Qt::ElideRight, width / 2));
    painter.drawText(QRectF(width / 2, 0, width / 2 - 2, line), Qt::AlignRight | Qt::AlignVCenter,
                     metrics.elidedText(data_.value, Qt::ElideRight, width / 2));
    painter.drawText(QRectF(0, f.area.bottom() + 6 + line, f.area.right(), line),
                     Qt::AlignRight | Qt::AlignVCenter, tr("update"));
}

void SweepHeatMap::paintThreshold(QPainter& painter, const Frame& f) const {
    std::vector<QPolygonF> lines(1);
    for (std::size_t row = 0; row < data_.rows.size(); ++row) {
        if (!data_.rows[row].reached) {
            if (!lines.back().isEmpty()) lines.emplace_back();
            continue;
        }
        const double x = f.px(*data_.rows[row].reached);
        lines.back() << QPointF(x, f.py(double(row))) << QPointF(x, f.py(double(row + 1)));
    }
    painter.setBrush(Qt::NoBrush);
    for (const bool halo : {true, false}) {
        painter.setPen(halo ? QPen(theme::surface(), 4) : QPen(theme::series(1), 2));
        for (const auto& line : lines)
            if (!line.isEmpty()) painter.drawPolyline(line);
    }
}

void SweepHeatMap::draw(QPainter& painter, QSizeF size, const Look& look) const {
    const Frame f = frame(size);
    painter.setRenderHint(QPainter::Antialiasing, false); // no seams between cells
    painter.setPen(Qt::NoPen);
    for (std::size_t row = 0; row < data_.rows.size(); ++row)
        for (std::size_t column = 0; column < data_.columns.size(); ++column) {
            const double value = data_.rows[row].values[column];
            if (std::isfinite(value)) painter.fillRect(rect(f, row, column), fieldColor(shareOf(value)));
        }
    painter.setPen(QPen(theme::border(), 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(f.area);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.save();
    painter.setClipRect(f.area);
    paintThreshold(painter, f);
    painter.restore();
    paintLabels(painter, f);
    paintScale(painter, f);
    if (!look.picked) return;
    const auto row = double(order_[*look.picked]);
    painter.setPen(QPen(look.focused ? theme::accent() : theme::text(), 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(QRectF(QPointF(f.area.left(), f.py(row + 1)), QPointF(f.area.right(), f.py(row))));
}

std::optional<std::size_t> SweepHeatMap::itemAt(QPointF at) const {
    const Frame f = frame(QSizeF(size()));
    if (at.y() < f.area.top() || at.y() >= f.area.bottom() || at.x() > f.area.right()) return std::nullopt;
    const auto found = std::ranges::find(order_, std::size_t(std::max(0.0, f.yAt(at.y()))));
    return found == order_.end() ? std::nullopt : std::optional(std::size_t(found - order_.begin()));
}

QString SweepHeatMap::describe(QPoint at) const {
    const Frame f = frame(QSizeF(size()));
    const auto item = itemAt(at);
    if (!item || !f.area.contains(at)) return item ? wordsOf(*item) : QString();
    const auto& row = data_.rows[order_[*item]];
    const auto edge = std::ranges::upper_bound(edges_, f.xAt(at.x()));
    const auto column =
        std::size_t(std::clamp<std::ptrdiff_t>(edge - edges_.begin() - 1, 0, std::ssize(data_.columns) - 1));
    if (!std::isfinite(row.values[column])) return wordsOf(*item);
    return tr("%1 %2, update %3: %4 %5")
        .arg(data_.axis, row.label, QString::fromStdString(format_count(std::int64_t(data_.columns[column]))),
             data_.value, number(row.values[column]));
}

QString SweepHeatMap::idOf(std::size_t item) const {
    return data_.rows[order_[item]].runs.join(QLatin1Char(' '));
}

QString SweepHeatMap::wordsOf(std::size_t item) const {
    const auto& row = data_.rows[order_[item]];
    double low = kNaN, high = kNaN, last = kNaN, low_at = 0;
    for (std::size_t i = 0; i < row.values.size(); ++i) {
        const double value = row.values[i];
        if (!std::isfinite(value)) continue;
        if (!(low <= value)) {
            low = value;
            low_at = data_.columns[i];
        }
        if (!(high >= value)) high = value;
        last = value;
    }
    QString text =
        tr("%1 %2: %3 lowest %4 at update %5, highest %6, last %7")
            .arg(data_.axis, row.label, data_.value, number(low), number(low_at), number(high), number(last));
    if (row.reached) text += tr("; %1 from update %2 on").arg(data_.threshold, number(*row.reached));
    return text;
}

QString SweepHeatMap::emptyWord() const {
    return data_.empty.isEmpty() ? tr("Nothing measured yet") : data_.empty;
}

std::vector<LegendStrip::Item> SweepHeatMap::legend() const {
    const bool any = std::ranges::any_of(data_.rows, [](const auto& row) { return row.reached.has_value(); });
    if (!any || order_.empty()) return {};
    return {{tr("%1 from here on").arg(data_.threshold), {}, 1, 0, false}};
}

QString SweepHeatMap::summary() const {
    if (order_.empty()) return name() + QStringLiteral(": ") + emptyWord();
    return tr("%1: %2 levels, %3 moments; from %4 to %5. %6")
        .arg(name())
        .arg(order_.size())
        .arg(data_.columns.size())
        .arg(number(low_), number(high_), data_.sentences.join(QLatin1Char(' ')));
}

PlotTable SweepHeatMap::table() const {
    PlotTable table{{data_.axis, QStringLiteral("update"), data_.value}, {}};
    for (const std::size_t r : order_)
        for (std::size_t i = 0; i < data_.columns.size(); ++i)
            if (std::isfinite(data_.rows[r].values[i]))
                table.rows.push_back({data_.rows[r].label, {data_.columns[i], data_.rows[r].values[i]}});
    for (const std::size_t r : order_)
        if (const auto& row = data_.rows[r]; row.reached)
            table.rows.push_back(
                {QStringLiteral("%1: %2").arg(row.label, data_.threshold), {*row.reached, kNaN}});
    return table;
}

RunsPlot* SweepHeatMap::copy() const {
    auto* other = new SweepHeatMap;
    other->setData(data_);
    return other;
}

} // namespace descent::ui

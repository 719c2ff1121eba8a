#include "ui/plots/scatter_view.h"

#include "core/base/format.h"
#include "ui/plots/marks.h"
#include "ui/theme.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace descent::ui {

namespace {
constexpr double kMargin = 0.05, kRadius = 3.75, kReach = 12; ///< of the axes; pixels
}

struct ScatterView::Frame {
    QRectF area;
    ValueAxis x, y;
    QPointF at(const ScatterPoint& p) const {
        return {area.left() + x.place(p.x) * area.width(), area.bottom() - y.place(p.y) * area.height()};
    }
};

ScatterView::ScatterView(QWidget* parent) : RunsPlot(parent) {
    setObjectName(QStringLiteral("scatter"));
    dataChanged();
}
ScatterView::~ScatterView() = default;

void ScatterView::setData(ScatterData data) {
    data_ = std::move(data);
    const auto [x, y] = axes();
    order_.clear();
    for (std::size_t i = 0; i < data_.points.size(); ++i)
        if (x.shows(data_.points[i].x) && y.shows(data_.points[i].y)) order_.push_back(i);
    std::ranges::stable_sort(
        order_, {}, [this](std::size_t i) { return std::pair(data_.points[i].x, data_.points[i].y); });
    dataChanged();
}

void ScatterView::setLog(bool x, bool y) {
    ScatterData data = std::move(data_);
    data.x.log = x;
    data.y.log = y;
    setData(std::move(data));
}

std::size_t ScatterView::drawnPoints() const {
    return order_.size();
}

std::pair<ValueAxis, ValueAxis> ScatterView::axes() const {
    // Points that one axis cannot show do not widen the other: first what each can show at all.
    std::vector<double> xs, ys;
    for (const auto& p : data_.points) {
        xs.push_back(p.x);
        ys.push_back(p.y);
    }
    const ValueAxis x(data_.x, xs, kMargin), y(data_.y, ys, kMargin);
    xs.clear();
    ys.clear();
    for (const auto& p : data_.points) {
        if (!x.shows(p.x) || !y.shows(p.y)) continue;
        xs.push_back(p.x);
        ys.push_back(p.y);
    }
    return {ValueAxis(data_.x, xs, kMargin), ValueAxis(data_.y, ys, kMargin)};
}

ScatterView::Frame ScatterView::frame(QSizeF size) const {
    Frame f;
    std::tie(f.x, f.y) = axes();
    const QFontMetricsF metrics(theme::labelFont());
    const double line = metrics.height(), top = line + 6, below = 2 * line + 8;
    const double height = std::max(1.0, size.height() - top - below);
    f.y.arrange(data_.y, std::max(2, int(height / (line * (data_.y.words.empty() ? 2.2 : 1.1)))));
    double left = metrics.horizontalAdvance(QStringLiteral("0.00"));
    for (const auto& tick : f.y.ticks()) left = std::max(left, metrics.horizontalAdvance(tick.label));
    left = std::ceil(std::min(left, size.width() * 0.4)) + 8;
    f.area = QRectF(left, top, std::max(1.0, size.width() - left - 10), height);
    double letter = metrics.averageCharWidth() * 9;
    for (const auto& word : data_.x.words)
        letter = std::max(letter, metrics.horizontalAdvance(word) + metrics.averageCharWidth());
    f.x.arrange(data_.x, std::max(2, int(f.area.width() / letter)));
    return f;
}

namespace {

void paintAxes(QPainter& painter, const QRectF& area, const ValueAxis& x, const ValueAxis& y,
               const ScatterData& data) {
    const QFontMetricsF metrics(painter.font());
    const double line = metrics.height();
    const auto px = [&](double v) { return area.left() + x.place(v) * area.width(); };
    const auto py = [&](double v) { return area.bottom() - y.place(v) * area.height(); };
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(QPen(theme::border(), 1));
    for (const auto& tick : y.ticks())
        painter.drawLine(QPointF(area.left(), std::round(py(tick.value))),
                         QPointF(area.right(), std::round(py(tick.value))));
    for (const auto& tick : x.ticks())
        painter.drawLine(QPointF(std::round(px(tick.value)), area.top()),
                         QPointF(std::round(px(tick.value)), area.bottom()));
    painter.setPen(QPen(theme::mutedText(), 1));
    painter.drawLine(area.bottomLeft(), area.bottomRight());
    painter.setRenderHint(QPainter::Antialiasing);
    for (const auto& tick : y.ticks())
        painter.drawText(QRectF(0, py(tick.value) - line / 2, area.left() - 6, line),
                         Qt::AlignRight | Qt::AlignVCenter,
                         metrics.elidedText(tick.label, Qt::ElideRight, area.left() - 6));
    double taken = -1;
    for (const auto& tick : x.ticks()) {
        const double width = metrics.horizontalAdvance(tick.label);
        const double left =
            std::clamp(px(tick.value) - width / 2, 0.0, std::max(0.0, area.right() + 10 - width));
        if (left < taken) continue;
        painter.drawText(QPointF(left, area.bottom() + 4 + metrics.ascent()), tick.label);
        taken = left + width + metrics.averageCharWidth();
    }
    painter.setPen(theme::text());
    painter.drawText(QRectF(0, 0, area.right(), line), Qt::AlignLeft | Qt::AlignVCenter,
                     metrics.elidedText(data.y.title, Qt::ElideRight, area.right()));
    painter.drawText(QRectF(0, area.bottom() + 6 + line, area.right() + 8, line),
                     Qt::AlignRight | Qt::AlignVCenter,
                     metrics.elidedText(data.x.title, Qt::ElideRight, area.right()));
}

} // namespace

void ScatterView::draw(QPainter& painter, QSizeF size, const Look& look) const {
    const Frame f = frame(size);
    paintAxes(painter, f.area, f.x, f.y, data_);
    for (const std::size_t i : order_) {
        const auto& p = data_.points[i];
        paintMark(painter, f.at(p), p.marker, theme::series(p.colour), kRadius);
    }
    if (!look.picked) return;
    const auto& p = data_.points[order_[*look.picked]];
    const QPointF at = f.at(p);
    painter.setPen(QPen(theme::text(), 1.5));
    painter.setBrush(Qt::NoBrush);
    painter.drawEllipse(at, kRadius * 2.2, kRadius * 2.2);
    paintMark(painter, at, p.marker, theme::series(p.colour), kRadius * 1.35);
    const QFontMetricsF metrics(painter.font());
    const double width = metrics.horizontalAdvance(p.label) + 8;
    QRectF box(at + QPointF(kRadius * 3, -metrics.height() / 2), QSizeF(width, metrics.height()));
    if (box.right() > size.width()) box.moveRight(at.x() - kRadius * 3);
    QColor behind = theme::surface();
    behind.setAlphaF(0.88f);
    painter.fillRect(box, behind);
    painter.setPen(theme::text());
    painter.drawText(box, Qt::AlignCenter, p.label);
}

std::optional<std::size_t> ScatterView::itemAt(QPointF at) const {
    const Frame f = frame(QSizeF(size()));
    std::optional<std::size_t> nearest;
    double least = kReach * kReach;
    for (std::size_t i = 0; i < order_.size(); ++i) {
        const QPointF d = f.at(data_.points[order_[i]]) - at;
        if (const double away = QPointF::dotProduct(d, d); away <= least) {
            least = away;
            nearest = i;
        }
    }
    return nearest;
}

QString ScatterView::idOf(std::size_t item) const {
    return data_.points[order_[item]].id;
}

QString ScatterView::wordsOf(std::size_t item) const {
    const auto& p = data_.points[order_[item]];
    QString text = QStringLiteral("%1: %2 %3, %4 %5")
                       .arg(p.label, data_.x.title, data_.x.text(p.x), data_.y.title, data_.y.text(p.y));
    return p.group.isEmpty() || p.group == p.label ? text : text + QStringLiteral(" (%1)").arg(p.group);
}

QString ScatterView::name() const {
    return data_.y.title.isEmpty() ? tr("Scatter") : tr("%1 over %2").arg(data_.y.title, data_.x.title);
}

QString ScatterView::emptyWord() const {
    return data_.points.empty() ? tr("Choose runs, and what to draw")
                                : tr("None of the runs has both values, or a logarithm cannot show them");
}

std::vector<LegendStrip::Item> ScatterView::legend() const {
    std::vector<LegendStrip::Item> key;
    for (const auto& p : data_.points) {
        LegendStrip::Item item{p.group, {}, p.colour, 0, false, p.marker};
        if (!p.group.isEmpty() && std::ranges::find(key, item) == key.end()) key.push_back(std::move(item));
    }
    return key;
}

QString ScatterView::summary() const {
    if (order_.empty()) return name() + QStringLiteral(": ") + emptyWord();
    const auto value = [this](std::size_t i) { return data_.points[i].y; };
    const auto& low = data_.points[*std::ranges::min_element(order_, {}, value)];
    const auto& high = data_.points[*std::ranges::max_element(order_, {}, value)];
    const auto& first = data_.points[order_.front()];
    const auto& last = data_.points[order_.back()];
    QString text = tr("%1: %2 runs; %3 from %4 to %5; %6 from %7 (%8) to %9")
                       .arg(name(), QString::fromStdString(format_count(std::int64_t(order_.size()))),
                            data_.x.title, data_.x.text(first.x), data_.x.text(last.x), data_.y.title,
                            data_.y.text(low.y), low.label, data_.y.text(high.y)) +
                   QStringLiteral(" (%1)").arg(high.label);
    if (const std::size_t left = data_.points.size() - order_.size(); left > 0)
        text += tr("; %1 cannot be shown").arg(left);
    return text;
}

PlotTable ScatterView::table() const {
    PlotTable table;
    table.columns = {QStringLiteral("run"), QStringLiteral("run_id"), QStringLiteral("group")};
    if (!data_.x.words.empty()) table.columns << data_.x.title;
    if (!data_.y.words.empty()) table.columns << data_.y.title;
    if (data_.x.words.empty()) table.columns << data_.x.title;
    if (data_.y.words.empty()) table.columns << data_.y.title;
    for (const std::size_t i : order_) {
        const auto& p = data_.points[i];
        PlotTable::Row row{p.label, {}, {p.id, p.group}};
        data_.x.words.empty() ? row.values.push_back(p.x) : row.words.push_back(data_.x.text(p.x));
        data_.y.words.empty() ? row.values.push_back(p.y) : row.words.push_back(data_.y.text(p.y));
        table.rows.push_back(std::move(row));
    }
    return table;
}

RunsPlot* ScatterView::copy() const {
    auto* other = new ScatterView;
    other->setData(data_);
    return other;
}

} // namespace descent::ui

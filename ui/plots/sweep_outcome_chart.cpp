#include "ui/plots/sweep_outcome_chart.h"

#include "core/base/format.h"
#include "ui/plots/marks.h"
#include "ui/plots/plot_frame.h"
#include "ui/plots/ticks.h"
#include "ui/theme.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace descent::ui {

namespace {

/// What ended well is blue and green, what did not is warm, what never ended is grey.
constexpr std::array<int, 7> kColours{0, 2, 1, 4, 3, 6, 5};
constexpr int kDiamond = 3;

int colourOf(std::size_t kind) {
    return kColours[kind % kColours.size()];
}
QString percent(double share) {
    return QString::fromStdString(format_percent(share));
}

/// Lines over a part, a way of their own for each kind, for who does not tell the colours apart.
void paintHatch(QPainter& painter, const QRectF& rect, std::size_t kind) {
    if (kind == 0) return;
    constexpr double kStep = 6;
    painter.save();
    painter.setClipRect(rect, Qt::IntersectClip);
    QColor line = theme::surface();
    line.setAlphaF(0.55f);
    painter.setPen(QPen(line, 1.25));
    const double high = rect.height();
    const double step = kind >= 4 ? kStep * 2 : kStep;
    for (double x = rect.left() - high; x < rect.right() + high; x += step) {
        if (kind % 3 == 1) painter.drawLine(QPointF(x, rect.bottom()), QPointF(x + high, rect.top()));
        if (kind % 3 == 2) painter.drawLine(QPointF(x, rect.top()), QPointF(x + high, rect.bottom()));
        if (kind % 3 == 0) painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()));
    }
    painter.restore();
}

QString words(const Share& share) {
    return SweepOutcomeChart::tr("%1 of %2, %3 [%4 to %5]")
        .arg(share.hits)
        .arg(share.of)
        .arg(percent(share.value), percent(share.interval.low), percent(share.interval.high));
}

} // namespace

struct SweepOutcomeChart::Frame : PlotFrame {
    std::vector<Tick> ticks;
    double bar = 1, row = 1; ///< heights
};

SweepOutcomeChart::SweepOutcomeChart(QWidget* parent) : RunsPlot(parent) {
    setObjectName(QStringLiteral("sweepOutcomeChart"));
    dataChanged();
}
SweepOutcomeChart::~SweepOutcomeChart() = default;

void SweepOutcomeChart::setData(OutcomeData data) {
    data_ = std::move(data);
    order_.clear();
    for (std::size_t b = 0; b < data_.bars.size(); ++b)
        for (std::size_t p = 0; p < data_.bars[b].parts.size(); ++p)
            if (data_.bars[b].parts[p].share.hits > 0) order_.emplace_back(b, p);
    sources_.clear();
    for (const auto& bar : data_.bars)
        for (const auto& reference : bar.references)
            if (!sources_.contains(reference.source)) sources_ << reference.source;
    setMinimumHeight(heightWanted());
    dataChanged();
}

int SweepOutcomeChart::markOf(const QString& source) const {
    return kDiamond + int(sources_.indexOf(source));
}

int SweepOutcomeChart::heightWanted() const {
    const QFontMetricsF metrics(theme::labelFont());
    return std::max(theme::kGrid * 12, int(std::ceil(double(data_.bars.size()) * metrics.height() * 1.7 +
                                                     3 * metrics.height())));
}

SweepOutcomeChart::Frame SweepOutcomeChart::frame(QSizeF size) const {
    Frame f;
    const QFontMetricsF metrics(theme::labelFont());
    const double line = metrics.height();
    double left = 0, right = 0;
    for (const auto& bar : data_.bars) {
        left = std::max(left, metrics.horizontalAdvance(bar.label));
        right =
            std::max(right, metrics.horizontalAdvance(
                                QStringLiteral("%1 / %2 100%").arg(bar.success.hits).arg(bar.success.of)));
    }
    left = std::ceil(std::min(left, size.width() * 0.42)) + 10;
    right += 14;
    f.area = QRectF(left, 4, std::max(1.0, size.width() - left - right),
                    std::max(1.0, size.height() - 2 * line - 12));
    f.row = std::min(f.area.height() / double(std::max<std::size_t>(1, data_.bars.size())), line * 2.6);
    f.bar = std::max(2.0, f.row * 0.62);
    f.area.setHeight(f.row * double(data_.bars.size()));
    f.ticks = linearTicks(0, 1, std::max(2, int(f.area.width() / (metrics.averageCharWidth() * 8))));
    return f;
}

QRectF SweepOutcomeChart::rect(const Frame& f, std::size_t bar, std::size_t part) const {
    double before = 0;
    for (std::size_t p = 0; p < part; ++p) before += data_.bars[bar].parts[p].share.value;
    const double top = f.area.top() + f.row * double(bar) + (f.row - f.bar) / 2;
    return {f.px(before), top, data_.bars[bar].parts[part].share.value * f.area.width(), f.bar};
}

QRectF SweepOutcomeChart::partOf(std::size_t bar, std::size_t part) const {
    return rect(frame(QSizeF(size())), bar, part);
}

void SweepOutcomeChart::paintBar(QPainter& painter, const Frame& f, std::size_t b) const {
    const auto& bar = data_.bars[b];
    const QFontMetricsF metrics(painter.font());
    const double middle = f.area.top() + f.row * (double(b) + 0.5);
    const double line = metrics.height();
    painter.setPen(theme::text());
    painter.drawText(QRectF(0, middle - line / 2, f.area.left() - 8, line), Qt::AlignRight | Qt::AlignVCenter,
                     metrics.elidedText(bar.label, Qt::ElideMiddle, f.area.left() - 8));
    for (std::size_t p = 0; p < bar.parts.size(); ++p) {
        if (bar.parts[p].share.hits == 0) continue;
        const QRectF part = rect(f, b, p);
        painter.fillRect(part, theme::series(colourOf(bar.parts[p].kind)));
        paintHatch(painter, part, bar.parts[p].kind);
    }
    const auto whisker = [&](const Interval& interval, double y, double cap, const QColor& colour,
                             double width) {
        painter.setPen(QPen(colour, width));
        painter.drawLine(QPointF(f.px(interval.low), y), QPointF(f.px(interval.high), y));
        for (const double end : {interval.low, interval.high})
            painter.drawLine(QPointF(f.px(end), y - cap), QPointF(f.px(end), y + cap));
    };
    if (bar.success.of > 0) {
        whisker(bar.success.interval, middle, f.bar * 0.28, theme::surface(), 3.5);
        whisker(bar.success.interval, middle, f.bar * 0.28, theme::text(), 1.25);
        painter.setPen(theme::text());
        painter.drawText(QRectF(f.area.right() + 8, middle - line / 2, 400, line),
                         Qt::AlignLeft | Qt::AlignVCenter,
                         QStringLiteral("%1 / %2  %3")
                             .arg(bar.success.hits)
                             .arg(bar.success.of)
                             .arg(percent(bar.success.value)));
    } else {
        painter.setPen(theme::mutedText());
        painter.drawText(QRectF(f.area.right() + 8, middle - line / 2, 400, line),
                         Qt::AlignLeft | Qt::AlignVCenter, tr("to come"));
    }
    for (const auto& reference : bar.references) {
        const double y = middle + f.bar * 0.5;
        whisker(reference.share.interval, y, 2, theme::mutedText(), 1);
        paintMark(painter, QPointF(f.px(reference.share.value), y), markOf(reference.source), theme::text(),
                  3.5);
    }
}

void SweepOutcomeChart::draw(QPainter& painter, QSizeF size, const Look& look) const {
    const Frame f = frame(size);
    const QFontMetricsF metrics(painter.font());
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(QPen(theme::border(), 1));
    for (const auto& tick : f.ticks)
        painter.drawLine(QPointF(std::round(f.px(tick.value)), f.area.top()),
                         QPointF(std::round(f.px(tick.value)), f.area.bottom()));
    painter.setRenderHint(QPainter::Antialiasing);
    for (std::size_t b = 0; b < data_.bars.size(); ++b) paintBar(painter, f, b);
    painter.setPen(theme::mutedText());
    for (const auto& tick : f.ticks) {
        const QString text = percent(tick.value);
        const double width = metrics.horizontalAdvance(text);
        painter.drawText(QPointF(f.px(tick.value) - width / 2, f.area.bottom() + 4 + metrics.ascent()), text);
    }
    painter.setPen(theme::text());
    painter.drawText(
        QRectF(f.area.left(), f.area.bottom() + metrics.height() + 6, f.area.width(), metrics.height()),
        Qt::AlignRight | Qt::AlignVCenter, tr("share of the networks"));
    if (!look.picked) return;
    const auto [bar, part] = order_[*look.picked];
    painter.setPen(QPen(look.focused ? theme::accent() : theme::text(), 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(rect(f, bar, part));
}

std::optional<std::size_t> SweepOutcomeChart::itemAt(QPointF at) const {
    const Frame f = frame(QSizeF(size()));
    for (std::size_t i = 0; i < order_.size(); ++i)
        if (rect(f, order_[i].first, order_[i].second).adjusted(0, -2, 0, 2).contains(at)) return i;
    return std::nullopt;
}

QString SweepOutcomeChart::idOf(std::size_t item) const {
    return data_.bars[order_[item].first].parts[order_[item].second].runs.join(QLatin1Char(' '));
}

QString SweepOutcomeChart::wordsOf(std::size_t item) const {
    const auto& bar = data_.bars[order_[item].first];
    const auto& part = bar.parts[order_[item].second];
    QString text = QStringLiteral("%1: %2 %3").arg(bar.label, data_.kinds[part.kind], words(part.share));
    for (const auto& reference : bar.references)
        text += QStringLiteral("\n%1: %2 %3").arg(reference.source, reference.when, words(reference.share));
    return text;
}

QString SweepOutcomeChart::emptyWord() const {
    return data_.empty.isEmpty() ? tr("Nothing has ended yet") : data_.empty;
}

std::vector<LegendStrip::Item> SweepOutcomeChart::legend() const {
    std::vector<LegendStrip::Item> key;
    std::set<std::size_t> seen;
    for (const auto& [bar, part] : order_) seen.insert(data_.bars[bar].parts[part].kind);
    for (const std::size_t kind : seen) key.push_back({data_.kinds[kind], {}, colourOf(kind), 0, false, 1});
    for (const auto& source : sources_) key.push_back({source, {}, 6, 0, false, markOf(source)});
    return key;
}

QString SweepOutcomeChart::summary() const {
    if (empty()) return name() + QStringLiteral(": ") + emptyWord();
    QStringList said;
    for (const auto& bar : data_.bars)
        if (bar.success.of > 0 && said.size() < 8)
            said << QStringLiteral("%1: %2 %3").arg(bar.label, data_.success, words(bar.success));
    return QStringLiteral("%1: %2. %3")
        .arg(name(), said.join(QStringLiteral("; ")), data_.sentences.join(QLatin1Char(' ')));
}

PlotTable SweepOutcomeChart::table() const {
    PlotTable table{{QStringLiteral("variant"), QStringLiteral("outcome"), QStringLiteral("source"),
                     QStringLiteral("networks"), QStringLiteral("of"), QStringLiteral("share"),
                     QStringLiteral("low"), QStringLiteral("high")},
                    {}};
    const auto add = [&](const QString& variant, const QString& outcome, const QString& source,
                         const Share& s) {
        table.rows.push_back({variant,
                              {double(s.hits), double(s.of), s.value, s.interval.low, s.interval.high},
                              {outcome, source}});
    };
    for (const auto& bar : data_.bars) {
        if (bar.success.of > 0) add(bar.label, data_.success, tr("here"), bar.success);
        for (const auto& part : bar.parts)
            if (part.share.of > 0) add(bar.label, data_.kinds[part.kind], tr("here"), part.share);
        for (const auto& reference : bar.references)
            add(bar.label, reference.when, reference.source, reference.share);
    }
    return table;
}

RunsPlot* SweepOutcomeChart::copy() const {
    auto* other = new SweepOutcomeChart;
    other->setData(data_);
    return other;
}

} // namespace descent::ui

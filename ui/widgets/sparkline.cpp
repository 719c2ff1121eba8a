#include "ui/widgets/sparkline.h"

#include "core/base/format.h"
#include "ui/theme.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>
#include <limits>

namespace descent::ui {

namespace {
constexpr int kTitle = 20, kPlot = 64;
constexpr double kLogRatio = 50; // a wider span than this is drawn on a log scale
QString number(double value) {
    return QString::fromStdString(format_number(value, 3));
}
} // namespace

/// Maps values to pixels.
struct Sparkline::Scale {
    double x_min = std::numeric_limits<double>::infinity(), x_max = -std::numeric_limits<double>::infinity();
    double y_min = x_min, y_max = x_max;
    bool log = false;
    QRectF plot;

    double x(double v) const {
        return x_max > x_min ? plot.left() + plot.width() * (v - x_min) / (x_max - x_min) : plot.center().x();
    }
    double y(double v) const {
        const auto f = [this](double u) { return log ? std::log(u) : u; };
        if (!(y_max > y_min)) return plot.center().y();
        return plot.bottom() - plot.height() * (f(v) - f(y_min)) / (f(y_max) - f(y_min));
    }
};

Sparkline::Sparkline(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

QSize Sparkline::sizeHint() const {
    return {280, kTitle + kPlot + theme::kGrid};
}
QSize Sparkline::minimumSizeHint() const {
    return {160, sizeHint().height()};
}

void Sparkline::setTitle(const QString& title, bool may_log) {
    title_ = title;
    may_log_ = may_log;
    describe();
}

void Sparkline::setCurves(std::vector<SparkCurve> curves, const QString& best) {
    curves_ = std::move(curves);
    std::erase_if(curves_, [](const SparkCurve& curve) { return curve.points.empty(); });
    best_ = best;
    describe();
    update();
}

void Sparkline::describe() {
    QStringList parts{title_};
    for (const SparkCurve& curve : curves_) parts << curve.label + tr(" last ") + number(curve.last);
    if (!best_.isEmpty()) parts << best_;
    if (curves_.empty()) parts << tr("nothing measured");
    setAccessibleName(title_);
    setAccessibleDescription(parts.join(QStringLiteral(", ")));
    setToolTip(curves_.empty() ? QString() : parts.join(QStringLiteral("\n")));
}

Sparkline::Scale Sparkline::scale(const QRectF& plot) const {
    Scale scale;
    scale.plot = plot;
    for (const SparkCurve& curve : curves_) {
        for (const PlotPoint& point : curve.points) {
            scale.x_min = std::min(scale.x_min, point.x);
            scale.x_max = std::max(scale.x_max, point.x);
            if (!std::isfinite(point.y)) continue;
            scale.y_min = std::min(scale.y_min, point.y);
            scale.y_max = std::max(scale.y_max, point.y);
        }
    }
    scale.log = may_log_ && scale.y_min > 0 && scale.y_max / scale.y_min > kLogRatio;
    return scale;
}

void Sparkline::paintCurve(QPainter& painter, const Scale& scale, const SparkCurve& curve) const {
    const QColor colour = theme::series(curve.style);
    QPainterPath path;
    bool broken = true;
    for (const PlotPoint& point : curve.points) {
        if (!std::isfinite(point.y)) {
            broken = true;
            const QPointF at(scale.x(point.x), scale.plot.top() + 3);
            painter.setPen(QPen(theme::error(), 1.5));
            painter.drawLine(at + QPointF(-3, -3), at + QPointF(3, 3));
            painter.drawLine(at + QPointF(-3, 3), at + QPointF(3, -3));
            continue;
        }
        const QPointF at(scale.x(point.x), scale.y(point.y));
        broken ? path.moveTo(at) : path.lineTo(at);
        if (broken) path.lineTo(at); // a lone point is seen as well
        broken = false;
    }
    QPen pen(colour, 1.5, theme::dash(curve.style), Qt::FlatCap, Qt::RoundJoin);
    if (pen.style() != Qt::SolidLine) pen.setDashPattern({4, 2});
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(path);
    const PlotPoint& last = curve.points.back();
    if (!std::isfinite(last.y)) return;
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    painter.drawEllipse(QPointF(scale.x(last.x), scale.y(last.y)), 2.5, 2.5);
}

/// "validation 1.16" at the height of each curve's end, pushed apart where they would overlap.
void Sparkline::paintLabels(QPainter& painter, const Scale& scale, const QRectF& gutter) const {
    struct Label {
        double y;
        const SparkCurve* curve;
    };
    std::vector<Label> labels;
    for (const SparkCurve& curve : curves_)
        labels.push_back({std::isfinite(curve.last) ? scale.y(curve.last) : gutter.top(), &curve});
    std::ranges::sort(labels, {}, &Label::y);
    const double line = painter.fontMetrics().height();
    double floor = gutter.top() - 2;
    for (Label& label : labels) {
        label.y = std::max(label.y - line / 2, floor);
        floor = label.y + line;
    }
    double ceiling = gutter.bottom() + 4;
    for (auto label = labels.rbegin(); label != labels.rend(); ++label) {
        label->y = std::min(label->y, ceiling - line);
        ceiling = label->y;
    }
    for (const Label& label : labels) {
        const QRectF place(gutter.left(), label.y, gutter.width(), line);
        painter.setPen(theme::series(label.curve->style));
        painter.drawText(place, Qt::AlignLeft | Qt::AlignVCenter, label.curve->label);
        painter.drawText(place, Qt::AlignRight | Qt::AlignVCenter, number(label.curve->last));
    }
}

void Sparkline::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF head(0, 0, width(), kTitle);
    painter.setFont(theme::titleFont());
    painter.setPen(theme::text());
    painter.drawText(head, Qt::AlignLeft | Qt::AlignVCenter, title_);
    double title_width = painter.fontMetrics().horizontalAdvance(title_) + theme::kGrid;
    painter.setFont(theme::numberFont());
    painter.setPen(theme::mutedText());
    if (const QString word = tr("log"); !curves_.empty() && scale(head).log) {
        painter.drawText(head.adjusted(title_width, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, word);
        title_width += painter.fontMetrics().horizontalAdvance(word) + theme::kGrid;
    }
    painter.drawText(
        head.adjusted(title_width, 0, 0, 0), Qt::AlignRight | Qt::AlignVCenter,
        painter.fontMetrics().elidedText(best_, Qt::ElideRight, int(head.width() - title_width)));

    QFont small = theme::numberFont();
    small.setPointSizeF(small.pointSizeF() * 0.9);
    painter.setFont(small);
    double widest = 0;
    for (const SparkCurve& curve : curves_)
        widest = std::max(widest, double(painter.fontMetrics().horizontalAdvance(
                                      curve.label + QStringLiteral("  ") + number(curve.last))));
    const QRectF body(0, kTitle + 4, width(), kPlot);
    if (curves_.empty()) {
        painter.setPen(theme::mutedText());
        painter.drawText(body, Qt::AlignCenter, tr("nothing measured yet"));
        return;
    }
    const QRectF plot(body.left() + 3, body.top(), body.width() - widest - theme::kGrid * 1.5 - 3,
                      body.height());
    painter.setPen(QPen(theme::border(), 1));
    painter.drawLine(QPointF(0, body.bottom() + 2), QPointF(plot.right(), body.bottom() + 2));
    const Scale mapped = scale(plot);
    for (const SparkCurve& curve : curves_) paintCurve(painter, mapped, curve);
    paintLabels(painter, mapped, QRectF(plot.right() + theme::kGrid, body.top(), widest + 4, body.height()));
}

} // namespace descent::ui

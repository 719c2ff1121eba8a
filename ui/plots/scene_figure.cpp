#include "ui/plots/scene_figure.h"

#include "ui/plots/curve_layer.h"
#include "ui/plots/marks.h"
#include "ui/plots/plot_export.h"
#include "ui/theme.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>
#include <QPicture>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <utility>

namespace descent::ui {

namespace {

constexpr double kSwatch = 18, kGap = 5, kBetween = 14;

struct Scene {
    PlotScene scene;            ///< its curves without their names, which the key tells
    std::vector<QString> names; ///< of the curves
    std::vector<LegendStrip::Item> key;
    CurveLayer layer{}; ///< as last painted; keeps what was read for it
    bool painted = false;
};

/// As PlotView::paintTo of a line chart, with what it drew at hand afterwards.
void paintScene(Scene& scene, QPainter& painter, const QRectF& target) {
    const QRectF area = paintKey(painter, target, scene.key);
    scene.layer.font = theme::labelFont();
    scene.layer.arrange(scene.scene, area.size(), 2, true);
    painter.save();
    painter.translate(area.topLeft());
    scene.layer.paintGrid(painter);
    scene.layer.paint(painter);
    painter.restore();
    scene.painted = true;
}

/// What a curve is called in the table: the faint one beneath a smoothed one has the same name.
QString nameOf(const Scene& scene, std::size_t curve) {
    const auto& curves = scene.scene.curves;
    bool beneath = false;
    for (std::size_t i = 0; i < curves.size() && curves[curve].faint; ++i)
        beneath = beneath || (!curves[i].faint && scene.names[i] == scene.names[curve]);
    return beneath ? scene.names[curve] + QStringLiteral(" (raw)") : scene.names[curve];
}

PlotTable tableOf(Scene& scene) {
    if (!scene.painted) {
        QPicture nowhere;
        QPainter painter(&nowhere);
        paintScene(scene, painter, QRectF(0, 0, 605, 378));
    }
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    const bool bands = std::ranges::any_of(scene.scene.curves, [](const auto& c) { return !c.band.empty(); });
    PlotTable table{{QStringLiteral("curve"),
                     scene.scene.x_word.isEmpty() ? axisName(scene.scene.axis) : scene.scene.x_word,
                     QStringLiteral("value")},
                    {}};
    if (bands) table.columns << QStringLiteral("low") << QStringLiteral("high");
    const PlotFrame& frame = scene.layer;
    for (std::size_t i = 0; i < scene.scene.curves.size(); ++i) {
        const PlotCurve& curve = scene.scene.curves[i];
        const QString name = nameOf(scene, i);
        for (const auto& p : pointsOf(scene.layer.shape(i), frame)) {
            table.rows.push_back({name, {p.x, p.y}});
            if (bands) table.rows.back().values.insert(table.rows.back().values.end(), {kNone, kNone});
        }
        for (const auto& p : curve.band)
            if (frame.showsX(p.x))
                table.rows.push_back(
                    {scene.names[i] + QStringLiteral(" (band)"), {p.x, p.centre, p.low, p.high}});
    }
    return table;
}

void paintSwatch(QPainter& painter, const LegendStrip::Item& item, QPointF at) {
    QColor colour = theme::series(item.colour);
    if (item.faint) colour.setAlphaF(0.45f);
    QPen pen(colour, item.faint ? 1.25 : 1.75);
    pen.setCapStyle(Qt::FlatCap);
    if (theme::dash(item.dash) != Qt::SolidLine) pen.setStyle(theme::dash(item.dash));
    if (item.marker >= 0) return paintMark(painter, at + QPointF(kSwatch / 2, 0), item.marker, colour, 3.75);
    painter.setPen(pen);
    painter.drawLine(at, at + QPointF(kSwatch, 0));
}

} // namespace

std::vector<LegendStrip::Item> legendOf(const PlotScene& scene) {
    std::vector<LegendStrip::Item> key;
    for (const auto& curve : scene.curves) {
        const bool there = !curve.points.empty() || curve.series || !curve.band.empty();
        if (there && !curve.label.isEmpty() && !curve.faint)
            key.push_back({curve.label, {}, curve.colour, curve.dash, false});
    }
    return key;
}

QRectF paintKey(QPainter& painter, const QRectF& target, const std::vector<LegendStrip::Item>& key) {
    if (key.empty()) return target;
    const QFont font = theme::labelFont();
    const QFontMetricsF metrics(font);
    const double line = std::ceil(metrics.height() * 1.15);
    const int most = std::max(1, int(target.height() / 3 / line));
    painter.save();
    painter.setFont(font);
    double x = target.left(), y = target.top();
    int row = 1;
    for (std::size_t i = 0; i < key.size(); ++i) {
        const QString label =
            key[i].value.isEmpty() ? key[i].label : key[i].label + QLatin1Char(' ') + key[i].value;
        const double room = target.width() - kSwatch - kGap;
        const QString shown = metrics.elidedText(label, Qt::ElideMiddle, room);
        const double width = kSwatch + kGap + metrics.horizontalAdvance(shown);
        if (x > target.left() && x + width > target.right()) {
            if (row == most) {
                painter.setPen(theme::mutedText());
                const QString rest = QCoreApplication::translate("Figure", "and %1 more").arg(key.size() - i);
                x = std::min(x, target.right() - metrics.horizontalAdvance(rest));
                painter.fillRect(QRectF(x, y, target.right() - x, line), theme::surface());
                painter.drawText(QPointF(x, y + metrics.ascent()), rest);
                break;
            }
            ++row;
            x = target.left();
            y += line;
        }
        paintSwatch(painter, key[i], {x, std::round(y + metrics.height() / 2) + 0.5});
        painter.setPen(theme::text());
        painter.drawText(QPointF(x + kSwatch + kGap, y + metrics.ascent()), shown);
        x += width + kBetween;
    }
    painter.restore();
    return target.adjusted(0, y + line + 3 - target.top(), 0, 0);
}

FigureSource sceneFigure(const QString& title, PlotScene scene, QStringList runs,
                         std::optional<std::pair<double, double>> x_shown) {
    auto key = legendOf(scene);
    std::vector<QString> names;
    for (auto& curve : scene.curves) names.push_back(std::exchange(curve.label, {}));
    auto held = std::make_shared<Scene>(Scene{std::move(scene), std::move(names), std::move(key)});
    held->layer.x_range = x_shown;
    FigureSource source;
    source.title = title;
    source.runs = std::move(runs);
    source.paint = [held](QPainter& painter, const QRectF& target) { paintScene(*held, painter, target); };
    source.plotted_csv = [held](const QString& file) { return writeCsv(tableOf(*held), file); };
    return source;
}

} // namespace descent::ui

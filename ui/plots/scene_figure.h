#pragma once

#include "ui/plots/figure.h"
#include "ui/plots/plot_view.h"

namespace descent::ui {

/// The key of a scene: its curves that have points and are not faint, without values.
std::vector<LegendStrip::Item> legendOf(const PlotScene& scene);
/// A key over as many lines as it needs, at most a third of `target`; what is left beneath it.
QRectF paintKey(QPainter& painter, const QRectF& target, const std::vector<LegendStrip::Item>& key);

/// A line chart of `scene` with its key, as it stands, showing `x_shown` of x. Its CSV has a row for each
/// vertex drawn, "curve,<x>,value,low,high"; of a smoothed curve the faint one beneath it is called "NAME
/// (raw)", and a band's rows "NAME (band)".
FigureSource sceneFigure(const QString& title, PlotScene scene, QStringList runs,
                         std::optional<std::pair<double, double>> x_shown = std::nullopt);

} // namespace descent::ui

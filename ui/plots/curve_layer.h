#pragma once

#include "ui/plots/plot_view.h"
#include "ui/plots/ticks.h"

#include <QFont>
#include <QRectF>
#include <QSize>

#include <optional>
#include <vector>

class QPainter;

namespace descent::ui {

/// The curves of a line chart, their tick labels, markers and the cursor: from a scene to pixels. Thread:
/// GUI.
class CurveLayer {
public:
    struct Curve {
        int colour = 0, dash = 0;
        bool faint = false, steps = false;
        std::vector<PlotPoint> points; ///< decimated
    };
    std::vector<Curve> curves;
    std::vector<ReferenceLine> lines;
    std::vector<PlotEvent> events;
    std::vector<Tick> x_ticks, y_ticks;
    QRectF area; ///< the plot area, within the widget
    double x_min = 0, x_max = 1, y_min = 0, y_max = 1;
    bool log_y = false;
    std::optional<double> cursor;
    bool focused = false;
    QFont font;

    /// Chooses ranges and ticks, decimates to the pixel columns.
    void arrange(const PlotScene& scene, QSize size);
    void paint(QPainter& painter) const;

private:
    void chooseX(const PlotScene& scene);
    void chooseY(const PlotScene& scene, int most);
    double px(double x) const;
    double py(double y) const;
    bool drawable(double y) const;
    void paintLabels(QPainter& painter) const;
    void paintLineLabel(QPainter& painter, const ReferenceLine& line) const;
    void paintEvents(QPainter& painter) const;
    void paintCurve(QPainter& painter, const Curve& curve) const;
    void paintCursor(QPainter& painter) const;

    QString x_unit_;
    std::vector<const PlotCurve*> full_; ///< of the scene, for the cursor
};

/// The last point at or before x, else the first; null where there is none.
const PlotPoint* pointAt(const std::vector<PlotPoint>& points, double x);

} // namespace descent::ui

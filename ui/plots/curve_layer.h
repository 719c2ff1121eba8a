#pragma once

#include "ui/plots/curve_picture.h"
#include "ui/plots/plot_view.h"
#include "ui/plots/ticks.h"

#include <QFont>
#include <QRectF>
#include <QSizeF>

#include <memory>
#include <optional>
#include <vector>

class QPainter;

namespace descent::ui {

/// A line chart but for frame and grid: curves, tick labels, markers and the cursor, from a scene to pixels.
/// Where nothing may take long, it is done in steps: take(), wish(), drawPicture() elsewhere, show(). Thread:
/// GUI.
class CurveLayer : public PlotFrame {
public:
    std::vector<ReferenceLine> lines;
    std::vector<PlotEvent> events;
    std::vector<Tick> x_ticks, y_ticks;
    std::optional<AxisRange> x_range, y_range; ///< what is shown of all; none: all, and y as fits
    AxisRange full_x{0, 1};                    ///< all of x
    std::optional<double> cursor;
    std::optional<std::size_t> picked; ///< the curve that stands out
    std::optional<QRectF> box;         ///< being drawn to zoom into
    bool focused = false;
    QFont font;

    /// take() and the rest here and now, as lines: for charts of few points, tests and export.
    void arrange(const PlotScene& scene, QSizeF size, double columns_a_pixel = 1, bool fetch = false);

    void take(const PlotScene& scene); ///< a snapshot of its curves
    /// Sets the x range and where the area is, by what is known so far.
    void place(QSizeF size);
    CurveWish wish(double ratio) const;
    /// Takes over what was drawn, with its y range. True where the numbers beside the y axis need another
    /// width than they have, so that place() will give another area.
    bool show(std::shared_ptr<const CurvePicture> picture);
    void forget(); ///< the picture, where axes are of another kind
    const CurvePicture* picture() const { return picture_.get(); }
    const std::vector<CurveSource>& curves() const { return curves_; }
    const CurveShape& shape(std::size_t curve) const; ///< as last shown

    void paint(QPainter& painter) const;
    void paintGrid(QPainter& painter) const; ///< for export; on screen the chart library draws it
    /// The curve nearest to a point within `reach` pixels.
    std::optional<std::size_t> curveAt(QPointF at, double reach = 6) const;

private:
    void chooseX();
    void chooseTicks();
    bool roomForLabels() const;
    bool labelled() const; ///< curves carry their names at their right ends
    void paintTickLabels(QPainter& painter) const;
    void paintLine(QPainter& painter, const ReferenceLine& line) const;
    void paintLineLabels(QPainter& painter) const;
    void paintEvents(QPainter& painter) const;
    void paintPicture(QPainter& painter, const QImage& image) const;
    void paintCurves(QPainter& painter) const;
    void paintNames(QPainter& painter) const;
    void paintCursor(QPainter& painter) const;

    std::vector<CurveSource> curves_;
    std::shared_ptr<const CurvePicture> picture_;
    mutable QImage picked_image_; ///< of picked_of_ in picture_
    mutable std::optional<std::size_t> picked_of_;
    std::optional<AxisRange> scene_range_;
    XAxis axis_ = XAxis::update;
    QString x_unit_;
    bool share_ = false, positive_ = false, growing_ = false;
    double reached_ = 0, planned_ = 0, begun_ = 0, left_ = 0, right_ = 0, ratio_ = 1;
    QSizeF size_;
};

} // namespace descent::ui

#pragma once

#include "ui/plots/plot_frame.h"
#include "ui/plots/plot_view.h"

#include <QColor>
#include <QString>

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

namespace descent::ui {

/// Points as a series in levels, built by whoever first needs it. Thread: any.
class PointLevels {
public:
    explicit PointLevels(std::vector<PlotPoint> points) : points_(std::move(points)) {}
    const std::vector<PlotPoint>& points() const { return points_; }
    const SeriesPyramid& pyramid() const; ///< x as seconds; points whose x is not a number are left out

private:
    std::vector<PlotPoint> points_;
    mutable std::once_flag once_;
    mutable SeriesPyramid pyramid_;
};

/// What a curve is drawn from: a snapshot of a PlotCurve. Thread: any, as a value.
struct CurveSource {
    QString label, id;
    QColor colour; ///< of the theme in force when it was taken
    int series_colour = 0, dash = 0;
    bool faint = false, steps = false;
    std::shared_ptr<const PointLevels> points;     ///< or
    std::shared_ptr<const SeriesPyramid> pyramid;  ///< with what was fetched since
    std::shared_ptr<const SeriesPyramid> whole_of; ///< the owner's series that `pyramid` is a snapshot of
    SeriesAxis along{};
    PointFetch fetch;
    BucketFetch fetch_buckets;
    std::shared_ptr<const std::vector<BandPoint>> band;

    std::size_t size() const;
    bool empty() const { return size() == 0; }
    /// Of the x that an axis can show; none where there is none.
    std::optional<AxisRange> extent(bool log_x) const;
};

/// Brings `sources` up to the scene's curves: what has not changed is kept, so that its levels and what was
/// fetched are not made again. Copies points of `points` curves, not those of a series. Thread: GUI.
void takeSources(std::vector<CurveSource>& sources, const std::vector<PlotCurve>& curves);

/// What is drawn of a curve in a frame.
struct CurveShape {
    /// Where they are few (at most four to a column, and a neighbour on both sides): what the lines go
    /// through. One that is not finite is a gap.
    std::vector<PlotPoint> points;
    std::vector<Column> columns;  ///< else: what each pixel column holds
    std::vector<PlotPoint> below; ///< a few of those that a log y axis cannot show
    bool empty() const { return points.empty() && columns.empty(); }
    /// Lowest and highest drawn within the frame's x range, lines included; none where nothing is.
    std::optional<std::pair<double, double>> extremes(const PlotFrame& frame) const;
};

/// Every extreme is a true one. `missing`, if given, gets what has to be fetched for each to be in its own
/// column.
CurveShape shapeOf(const CurveSource& source, const PlotFrame& frame, std::size_t columns,
                   std::vector<PointRange>* missing = nullptr);
/// The same for while it moves, from a tenth of the memory: of a dense series each extreme is a true one, but
/// may be in the column beside its own. None where that would not be cheaper.
std::optional<CurveShape> coarseShape(const CurveSource& source, const PlotFrame& frame, std::size_t columns);
/// What the lines of a shape go through, two points a column where it is columns.
std::vector<PlotPoint> pointsOf(const CurveShape& shape, const PlotFrame& frame);

/// The last point at or before x, else the first; none where there is none. Of a series whose points there
/// are not in memory: the mean over a few of them.
std::optional<PlotPoint> pointAt(const CurveSource& source, double x);
std::optional<PlotPoint> pointAt(const PlotCurve& curve, double x);
std::optional<PlotPoint> lastPoint(const PlotCurve& curve);
/// The same of points ordered by x; null where there is none.
const PlotPoint* pointAt(const std::vector<PlotPoint>& points, double x);

} // namespace descent::ui

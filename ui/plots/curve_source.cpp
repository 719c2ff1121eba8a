#include "ui/plots/curve_source.h"

#include "ui/theme.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace descent::ui {

namespace {

constexpr std::size_t kPointsAColumn = 4;
constexpr std::size_t kLevelsFrom = 20'000; ///< fewer points are gone through at each drawing
constexpr std::size_t kBelowUpTo = 64;
const SeriesAxis kX{SeriesAxis::Of::seconds, 1}; // of PointLevels

template<class T>
bool sameBytes(const std::vector<T>& a, const std::vector<T>& b) {
    return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
}

std::optional<PlotPoint> at(const SeriesPyramid& series, std::size_t index, const SeriesAxis& along) {
    if (index >= series.size()) return std::nullopt;
    if (const auto* point = series.point(index)) return PlotPoint{along.of_moment(*point), point->value};
    std::size_t width = 1;
    for (std::size_t level = 1; level <= series.levels(); ++level) {
        width *= kFanOut;
        if (const auto* bucket = series.bucket(level, index / width))
            return PlotPoint{along.of_moment(*bucket), bucket->mean};
    }
    return std::nullopt;
}

std::optional<PlotPoint> pointAt(const SeriesPyramid& series, const SeriesAxis& along, double x) {
    if (series.empty()) return std::nullopt;
    const std::size_t index = series.place(x, along, true).index;
    return at(series, index > 0 ? index - 1 : 0, along);
}

std::optional<AxisRange> extentOf(const SeriesPyramid& series, const SeriesAxis& along, bool log_x) {
    if (series.empty()) return std::nullopt;
    double first = series.first_x(along);
    const double last = series.last_x(along);
    if (log_x && !(first > 0)) {
        const auto point = at(series, series.place(0, along, true).index, along);
        if (!point) return std::nullopt;
        first = point->x > 0 ? point->x : last;
    }
    if (!std::isfinite(first) || !std::isfinite(last) || (log_x && !(last > 0))) return std::nullopt;
    return AxisRange{first, last};
}

/// Whether any value is one that a log axis cannot show; looks at a few hundred buckets.
bool anyBelow(const SeriesPyramid& series) {
    if (series.levels() == 0) return true; // few points: looking is cheap
    for (std::size_t i = 0;; ++i) {
        const auto* bucket = series.bucket(series.levels(), i);
        if (!bucket) return false;
        if (bucket->min <= 0) return true;
    }
}

CurveShape shapeOf(const SeriesPyramid& series, const SeriesAxis& along, const PlotFrame& frame,
                   std::size_t columns, std::vector<PointRange>* missing) {
    CurveShape shape;
    if (series.empty()) return shape;
    const auto from = series.place(frame.x_min, along), to = series.place(frame.x_max, along, true);
    const std::size_t first = from.index > 0 ? from.index - 1 : 0;
    const std::size_t last = std::min(series.size(), to.index + (to.exact ? 1 : kFanOut));
    if (last - first <= kPointsAColumn * columns + 2) {
        const auto points = series.points({first, last - first});
        if (points.size() == last - first) {
            shape.points.reserve(points.size());
            for (const auto& point : points) {
                const double x = along.of_moment(point);
                if (!frame.showsX(x)) continue;
                shape.points.push_back({x, point.value});
                if (frame.log_y && point.value <= 0 && shape.below.size() < kBelowUpTo)
                    shape.below.push_back({x, point.value});
            }
            return shape;
        }
        if (missing) missing->push_back({first, last - first});
        missing = nullptr;
    }
    const auto edges = frame.edges(columns);
    shape.columns = series.columns(edges, along, frame.log_y, missing);
    if (frame.log_y && anyBelow(series)) {
        const auto all = series.columns(edges, along);
        for (std::size_t c = 0; c < all.size() && shape.below.size() < kBelowUpTo; ++c)
            if (all[c].min <= 0) shape.below.push_back({edges[c], all[c].min});
    }
    return shape;
}

} // namespace

const SeriesPyramid& PointLevels::pyramid() const {
    std::call_once(once_, [this] {
        std::vector<SeriesPoint> series;
        series.reserve(points_.size());
        for (const auto& point : points_)
            if (!std::isnan(point.x))
                series.push_back({Update{std::int64_t(series.size())}, {}, point.x, point.y});
        pyramid_.append(series);
    });
    return pyramid_;
}

std::size_t CurveSource::size() const {
    return pyramid ? pyramid->size() : points ? points->points().size() : 0;
}

std::optional<AxisRange> CurveSource::extent(bool log_x) const {
    if (pyramid) return extentOf(*pyramid, along, log_x);
    if (!points) return std::nullopt;
    std::span<const PlotPoint> all = points->points();
    if (log_x)
        all = all.subspan(std::size_t(
            std::ranges::partition_point(all, [](const PlotPoint& p) { return p.x <= 0; }) - all.begin()));
    if (all.empty() || !std::isfinite(all.front().x) || !std::isfinite(all.back().x)) return std::nullopt;
    return AxisRange{all.front().x, all.back().x};
}

void takeSources(std::vector<CurveSource>& sources, const std::vector<PlotCurve>& curves) {
    sources.resize(curves.size());
    for (std::size_t i = 0; i < curves.size(); ++i) {
        const auto& from = curves[i];
        auto& to = sources[i];
        to.label = from.label;
        to.id = from.id;
        to.series_colour = from.colour;
        to.colour = theme::series(from.colour);
        to.dash = from.dash;
        to.faint = from.faint;
        to.steps = from.steps;
        to.along = from.along;
        to.fetch = from.fetch;
        to.fetch_buckets = from.fetch_buckets;
        if (from.series) {
            // The owner may append to it on this thread: what a worker reads is a copy of its pointers.
            if (to.whole_of != from.series || !to.pyramid || to.pyramid->size() != from.series->size())
                to.pyramid = std::make_shared<const SeriesPyramid>(*from.series);
            to.whole_of = from.series;
            to.points.reset();
        } else {
            to.pyramid.reset();
            to.whole_of.reset();
            if (!to.points || !sameBytes(to.points->points(), from.points))
                to.points = std::make_shared<const PointLevels>(from.points);
        }
        if (from.band.empty())
            to.band.reset();
        else if (!to.band || !sameBytes(*to.band, from.band))
            to.band = std::make_shared<const std::vector<BandPoint>>(from.band);
    }
}

CurveShape shapeOf(const CurveSource& source, const PlotFrame& frame, std::size_t columns,
                   std::vector<PointRange>* missing) {
    if (source.pyramid) return shapeOf(*source.pyramid, source.along, frame, columns, missing);
    if (!source.points) return {};
    if (source.points->points().size() >= kLevelsFrom)
        return shapeOf(source.points->pyramid(), kX, frame, columns, nullptr);
    CurveShape shape;
    shape.points = decimate(source.points->points(), frame.x_min, frame.x_max, columns, frame.log_x);
    if (frame.log_y)
        for (const auto& point : shape.points)
            if (point.y <= 0 && shape.below.size() < kBelowUpTo) shape.below.push_back(point);
    return shape;
}

std::optional<CurveShape> coarseShape(const CurveSource& source, const PlotFrame& frame,
                                      std::size_t columns) {
    constexpr std::size_t kFromLevel = 2; // finer ones are few enough to be gone through as they are
    if (!source.pyramid || frame.log_x || columns == 0) return std::nullopt;
    const auto& series = *source.pyramid;
    const auto& along = source.along;
    const std::size_t first = series.place(frame.x_min, along).index;
    const std::size_t end = series.place(frame.x_max, along, true).index;
    std::size_t level = series.levels(), width = std::size_t{1} << (4 * level);
    const auto visible = end - std::min(first, end);
    for (; level >= kFromLevel && visible / width < columns; --level) width /= kFanOut;
    if (level < kFromLevel) return std::nullopt;
    CurveShape shape;
    shape.columns.resize(columns);
    std::vector<double> low(columns, std::numeric_limits<double>::infinity()), high(columns, -low[0]);
    const double scale = double(columns) / (frame.x_max - frame.x_min);
    bool below = false;
    const Bucket* bucket = series.bucket(level, first / width);
    for (std::size_t i = first / width; i * width < end; ++i) {
        if (!bucket) return std::nullopt;
        const Bucket* next = series.bucket(level, i + 1);
        const double x = along.of_moment(*bucket);
        const double middle = next ? x / 2 + along.of_moment(*next) / 2 : x;
        const double at = (middle - frame.x_min) * scale;
        if (at >= 0 && at < double(columns)) {
            const auto c = std::size_t(at);
            auto& column = shape.columns[c];
            const double least = frame.log_y ? bucket->min_positive : bucket->min;
            if (least < low[c]) low[c] = least; // not where it is NaN
            if (bucket->max > high[c]) high[c] = bucket->max;
            if (bucket->finite > 0) column.mean = bucket->mean;
            column.count += bucket->count;
            column.broken += bucket->count - bucket->finite;
            below = below || bucket->min <= 0;
        }
        bucket = next;
    }
    for (std::size_t c = 0; c < columns; ++c) {
        const bool any = low[c] <= high[c];
        shape.columns[c].min = any ? low[c] : std::numeric_limits<double>::quiet_NaN();
        shape.columns[c].max = any ? high[c] : std::numeric_limits<double>::quiet_NaN();
        if (!any) shape.columns[c].mean = std::numeric_limits<double>::quiet_NaN();
    }
    if (frame.log_y && below) return std::nullopt; // where they are is to be shown too
    return shape;
}

std::optional<std::pair<double, double>> CurveShape::extremes(const PlotFrame& frame) const {
    double low = std::numeric_limits<double>::infinity(), high = -low;
    const auto take = [&](double y) {
        if (!frame.showsY(y)) return;
        low = std::min(low, y);
        high = std::max(high, y);
    };
    for (const auto& column : columns) {
        take(column.min);
        take(column.max);
    }
    const PlotPoint* before = nullptr;
    for (const auto& point : points) {
        const bool inside = point.x >= frame.x_min && point.x <= frame.x_max;
        if (inside) take(point.y);
        // A line that enters or leaves counts with where it crosses the border.
        if (before && frame.showsY(before->y) && frame.showsY(point.y))
            for (const double border : {frame.x_min, frame.x_max})
                if (before->x < border && border < point.x) {
                    const double a = frame.px(before->x), b = frame.px(point.x);
                    const double t = (frame.px(border) - a) / (b - a);
                    take(frame.log_y ? before->y * std::pow(point.y / before->y, t)
                                     : before->y * (1 - t) + point.y * t);
                }
        before = &point;
    }
    if (!(low <= high)) return std::nullopt;
    return std::pair{low, high};
}

std::vector<PlotPoint> pointsOf(const CurveShape& shape, const PlotFrame& frame) {
    if (shape.columns.empty()) return shape.points;
    std::vector<PlotPoint> points;
    const auto edges = frame.edges(shape.columns.size());
    for (std::size_t c = 0; c < shape.columns.size(); ++c) {
        const auto& column = shape.columns[c];
        if (column.count == 0) continue;
        const double x = edges[c] / 2 + edges[c + 1] / 2;
        if (std::isnan(column.min)) {
            points.push_back({x, std::numeric_limits<double>::quiet_NaN()});
            continue;
        }
        // What lies nearer to where the line comes from is first.
        const bool falls = !points.empty() && points.back().y > column.mean;
        points.push_back({x, falls ? column.max : column.min});
        if (column.min != column.max) points.push_back({x, falls ? column.min : column.max});
    }
    return points;
}

std::optional<PlotPoint> pointAt(const CurveSource& source, double x) {
    if (source.pyramid) return pointAt(*source.pyramid, source.along, x);
    const PlotPoint* point = source.points ? pointAt(source.points->points(), x) : nullptr;
    return point ? std::optional(*point) : std::nullopt;
}

std::optional<PlotPoint> pointAt(const PlotCurve& curve, double x) {
    if (curve.series) return pointAt(*curve.series, curve.along, x);
    const PlotPoint* point = pointAt(curve.points, x);
    return point ? std::optional(*point) : std::nullopt;
}

std::optional<PlotPoint> lastPoint(const PlotCurve& curve) {
    if (curve.series)
        return curve.series->empty() ? std::nullopt
                                     : at(*curve.series, curve.series->size() - 1, curve.along);
    return curve.points.empty() ? std::nullopt : std::optional(curve.points.back());
}

const PlotPoint* pointAt(const std::vector<PlotPoint>& points, double x) {
    if (points.empty()) return nullptr;
    auto it = std::ranges::upper_bound(points, x, {}, &PlotPoint::x);
    if (it != points.begin()) --it;
    return &*it;
}

} // namespace descent::ui

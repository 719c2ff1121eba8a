#include "ui/state/compare_curves.h"

#include "core/base/format.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace descent::ui {

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// A run's series as numbers to compute with, each standing for `stride` of its points.
struct Points {
    std::vector<PlotPoint> points;
    std::vector<double> weights; ///< empty: one each
    std::size_t stride = 1;
};

Points allPoints(const CurveTask::Run& run) {
    Points all;
    auto points = run.series->points({0, run.series->size()});
    if (points.size() < run.series->size() && run.fetch) points = run.fetch({0, run.series->size()});
    all.points.reserve(points.size());
    for (const auto& point : points) all.points.push_back({run.along.of_moment(point), point.value});
    return all;
}

/// Means of the finest level that is wholly there.
Points bucketMeans(const CurveTask::Run& run) {
    const SeriesPyramid& series = *run.series;
    std::size_t stride = 1;
    for (std::size_t level = 1; level <= series.levels(); ++level) {
        stride *= kFanOut;
        const std::size_t count = (series.size() + stride - 1) / stride;
        if (count > kMostPoints) continue;
        Points means;
        means.stride = stride;
        for (std::size_t i = 0; i < count; ++i) {
            const Bucket* bucket = series.bucket(level, i);
            if (!bucket) break;
            const Bucket* next = i + 1 < count ? series.bucket(level, i + 1) : nullptr;
            const double from = run.along.of_moment(*bucket);
            const double to = next ? run.along.of_moment(*next) : series.last_x(run.along);
            means.points.push_back({(from + to) / 2, bucket->mean});
            means.weights.push_back(bucket->finite);
        }
        if (means.points.size() == count) return means;
    }
    return {};
}

Points pointsOf(const CurveTask::Run& run) {
    if (!run.series || run.series->empty()) return {};
    return run.series->size() <= kMostPoints ? allPoints(run) : bucketMeans(run);
}

bool sameNumber(double a, double b) {
    return a == b || (std::isnan(a) && std::isnan(b));
}

std::vector<PlotPoint> centres(const std::vector<BandPoint>& band) {
    std::vector<PlotPoint> points;
    points.reserve(band.size());
    for (const auto& each : band) points.push_back({each.x, each.centre});
    return points;
}

PlotCurve curveOf(const ComparedGroups::Group& group) {
    PlotCurve curve{group.label, group.colour, group.dash, false, {}};
    curve.id = group.id;
    return curve;
}

void addSingle(CompareCurves& made, const CurveTask& task, const ComparedGroups::Group& group,
               std::size_t& stride) {
    const auto& run = task.runs[group.runs.front()];
    auto whole = curveOf(group);
    whole.series = run.series;
    whole.along = run.along;
    whole.fetch = run.fetch;
    whole.fetch_buckets = run.fetch_buckets;
    if (task.plain()) {
        made.curves.push_back(std::move(whole));
        made.raw.emplace_back();
        return;
    }
    auto points = pointsOf(run);
    stride = std::max(stride, points.stride);
    auto smoothed = curveOf(group);
    smoothed.points = smooth(points.points, task.smoothing, points.weights);
    whole.faint = true;
    made.curves.push_back(std::move(whole));
    made.curves.push_back(std::move(smoothed));
    made.raw.emplace_back();
    made.raw.push_back(std::move(points.points));
}

void addFolded(CompareCurves& made, const CurveTask& task, const ComparedGroups::Group& group,
               std::size_t& stride) {
    std::vector<std::vector<PlotPoint>> raw, smoothed;
    for (const std::size_t i : group.runs) {
        auto points = pointsOf(task.runs[i]);
        if (points.points.empty()) continue;
        stride = std::max(stride, points.stride);
        if (task.smoothing.kind != Smoothing::none)
            smoothed.push_back(smooth(points.points, task.smoothing, points.weights));
        raw.push_back(std::move(points.points));
    }
    if (raw.empty()) return;
    auto curve = curveOf(group);
    curve.band = fold_replicates(smoothed.empty() ? raw : smoothed, task.centre, task.spread);
    curve.points = centres(curve.band);
    std::vector<PlotPoint> before;
    if (!smoothed.empty()) {
        before = centres(fold_replicates(raw, task.centre, Spread::none));
        auto faint = curveOf(group);
        faint.faint = true;
        faint.points = before;
        made.curves.push_back(std::move(faint));
        made.raw.emplace_back();
    }
    made.curves.push_back(std::move(curve));
    made.raw.push_back(std::move(before));
}

const BandPoint* bandAt(const std::vector<BandPoint>& band, double x) {
    const auto after = std::ranges::upper_bound(band, x, {}, &BandPoint::x);
    return after == band.begin() ? nullptr : &*std::prev(after);
}

std::optional<CurveValue> seriesValue(const SeriesPyramid& series, SeriesAxis along, std::size_t index) {
    if (const auto* point = series.point(index))
        return CurveValue{along.of_moment(*point), point->value, kNan, kNan};
    std::size_t stride = 1;
    for (std::size_t level = 1; level <= series.levels(); ++level) {
        stride *= kFanOut;
        if (const auto* bucket = series.bucket(level, index / stride))
            return CurveValue{along.of_moment(*bucket), bucket->mean, kNan, kNan, false};
    }
    return std::nullopt;
}

} // namespace

std::vector<RunGroup> ComparedGroups::plain() const {
    std::vector<RunGroup> all;
    for (const auto& group : groups) all.push_back({group.label.toStdString(), group.runs});
    return all;
}

const ComparedGroups::Group* ComparedGroups::groupOf(const RunId& run) const {
    for (const auto& group : groups)
        for (const std::size_t i : group.runs)
            if (runs[i].id == run) return &group;
    return nullptr;
}

const ComparedGroups::Group* ComparedGroups::find(const QString& id) const {
    const auto it = std::ranges::find(groups, id, &Group::id);
    return it == groups.end() ? nullptr : &*it;
}

ComparedGroups compareBy(std::vector<RunRecord> shown, const QString& group_by, ParentNames parents) {
    ComparedGroups made;
    made.runs = std::move(shown);
    made.parents = std::move(parents);
    if (made.runs.empty()) return made;
    made.folded = group_by != QStringLiteral("none");
    auto groups = group_runs(made.runs, group_by.toStdString(), made.parents);
    if (!groups) {
        made.problem = QString::fromStdString(groups.error().message);
        made.folded = false;
        groups = group_runs(made.runs, "none");
        if (!groups) return made;
    }
    std::map<int, int> same_colour;
    for (auto& group : *groups) {
        ComparedGroups::Group one{{}, QString::fromStdString(group.label), 0, 0, std::move(group.runs)};
        if (made.folded) {
            one.id = QStringLiteral("group:") + one.label;
            one.colour = one.dash = int(made.groups.size());
        } else {
            const auto& run = made.runs[one.runs.front()];
            one.id = QString::fromStdString(run.id.uuid);
            one.colour = colourOf(run);
            one.dash = same_colour[one.colour]++;
        }
        made.groups.push_back(std::move(one));
    }
    return made;
}

CompareCurves makeCurves(const CurveTask& task) {
    CompareCurves made;
    std::size_t stride = 1;
    const auto done = guarded([&] {
        for (const auto& group : task.groups) {
            const bool any = std::ranges::any_of(group.runs, [&](std::size_t i) {
                return task.runs[i].series && !task.runs[i].series->empty();
            });
            if (!any) continue;
            if (task.folded)
                addFolded(made, task, group, stride);
            else
                addSingle(made, task, group, stride);
        }
    });
    if (!done) {
        made.note = QString::fromStdString(done.error().message);
    } else if (stride > 1) {
        made.note = ComparedRuns::tr("computed from means of %1 points")
                        .arg(QString::fromStdString(format_count(std::int64_t(stride))));
    }
    // What is behind comes first, and all that is faint is behind.
    std::vector<std::size_t> order(made.curves.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::stable_partition(order, [&](std::size_t i) { return made.curves[i].faint; });
    CompareCurves sorted{{}, {}, made.note};
    for (const std::size_t i : order) {
        sorted.curves.push_back(std::move(made.curves[i]));
        sorted.raw.push_back(std::move(made.raw[i]));
    }
    return sorted;
}

std::optional<CurveValue> valueAt(const PlotCurve& curve, double x) {
    if (!curve.band.empty()) {
        const auto* at = bandAt(curve.band, x);
        if (!at) return std::nullopt;
        return CurveValue{at->x, at->centre, at->low, at->high};
    }
    if (curve.series) {
        const std::size_t before = curve.series->place(x, curve.along, true).index;
        if (before == 0) return std::nullopt;
        return seriesValue(*curve.series, curve.along, before - 1);
    }
    const auto after = std::ranges::upper_bound(curve.points, x, {}, &PlotPoint::x);
    if (after == curve.points.begin()) return std::nullopt;
    return CurveValue{std::prev(after)->x, std::prev(after)->y, kNan, kNan};
}

std::optional<CurveValue> lastValue(const PlotCurve& curve) {
    if (curve.series && !curve.series->empty())
        return seriesValue(*curve.series, curve.along, curve.series->size() - 1);
    return valueAt(curve, std::numeric_limits<double>::infinity());
}

PlotTable tableOf(const CompareCurves& curves, const std::vector<std::vector<PlotPoint>>& drawn,
                  const QString& x_name) {
    const bool band = std::ranges::any_of(curves.curves, [](const auto& c) { return !c.band.empty(); });
    const bool smoothed = std::ranges::any_of(curves.raw, [](const auto& r) { return !r.empty(); });
    PlotTable table;
    table.columns = {QStringLiteral("curve"), x_name,
                     smoothed ? QStringLiteral("smoothed")
                     : band   ? QStringLiteral("centre")
                              : QStringLiteral("value")};
    if (band) table.columns << QStringLiteral("low") << QStringLiteral("high") << QStringLiteral("count");
    if (smoothed) table.columns << QStringLiteral("raw");
    for (std::size_t c = 0; c < curves.curves.size(); ++c) {
        const auto& curve = curves.curves[c];
        if (curve.faint) continue;
        const auto& raw = curves.raw[c];
        const bool thinned = curve.band.empty() && c < drawn.size() && !drawn[c].empty();
        std::size_t before = 0; // of its full points: drawn ones are among them, in order
        for (const auto& point : thinned ? drawn[c] : curve.points) {
            while (before < curve.points.size() &&
                   (curve.points[before].x < point.x ||
                    (curve.points[before].x == point.x && !sameNumber(curve.points[before].y, point.y))))
                ++before;
            std::vector<double> values{point.x, point.y};
            if (band) {
                const auto& at = curve.band[before];
                values.insert(values.end(), {at.low, at.high, double(at.count)});
            }
            if (smoothed) values.push_back(before < raw.size() ? raw[before].y : kNan);
            table.rows.push_back({curve.label, std::move(values)});
        }
    }
    return table;
}

} // namespace descent::ui

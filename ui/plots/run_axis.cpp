#include "ui/plots/run_axis.h"

#include "ui/state/watched_run.h"

#include <algorithm>

namespace descent::ui {

double xOf(const SeriesPoint& point, XAxis axis) {
    switch (axis) {
    case XAxis::update:
        return double(point.update.count);
    case XAxis::epoch:
        return point.epoch.passes;
    case XAxis::seconds:
        return point.seconds;
    }
    return 0;
}

double xAt(const WatchedRun& run, Update update, XAxis axis) {
    if (axis == XAxis::update) return double(update.count);
    const WatchedRun::Series* densest = nullptr;
    for (const auto& series : run.series())
        if (!densest || series->points.size() > densest->points.size()) densest = series.get();
    SeriesPoint before{}, after{run.progress().update, run.progress().epoch, run.progress().seconds, 0};
    if (densest) {
        const auto it = std::ranges::lower_bound(densest->points, update, {}, &SeriesPoint::update);
        if (it != densest->points.end()) after = *it;
        if (it != densest->points.begin()) before = *std::prev(it);
    }
    const auto gap = double(after.update.count - before.update.count);
    if (gap <= 0) return xOf(before, axis);
    const double share = std::clamp(double(update.count - before.update.count) / gap, 0.0, 1.0);
    return xOf(before, axis) + share * (xOf(after, axis) - xOf(before, axis));
}

} // namespace descent::ui

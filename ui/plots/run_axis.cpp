#include "ui/plots/run_axis.h"

#include "ui/state/watched_run.h"

#include <algorithm>

namespace descent::ui {

double xOf(const SeriesPoint& point, XAxis axis) {
    return SeriesAxis::make(axis).of_moment(point);
}

SeriesAxis axisOf(const WatchedRun& run, XAxis axis) {
    const double examples = run.record() ? double(run.record()->provenance.train_examples) : 0;
    return SeriesAxis::make(axis, examples, double(run.progress().planned.count));
}

double xAt(const WatchedRun& run, Update update, XAxis axis) {
    const SeriesAxis along = axisOf(run, axis);
    if (along.of == SeriesAxis::Of::update) return along.of_moment(SeriesPoint{update});
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
    if (gap <= 0) return along.of_moment(before);
    const double share = std::clamp(double(update.count - before.update.count) / gap, 0.0, 1.0);
    return along.of_moment(before) + share * (along.of_moment(after) - along.of_moment(before));
}

} // namespace descent::ui

#include "ui/plots/sweep_courses.h"

#include "core/analysis/sweep_table.h"
#include "ui/plots/sweep_curves.h"
#include "ui/plots/sweep_series.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

namespace descent::ui {

namespace {

/// All runs' values, folded at every update that any of them has: at once, so that a bootstrap's draws are
/// drawn once.
std::vector<BandPoint> folded(const std::vector<const std::vector<PlotPoint>*>& courses,
                              const StoredMetric& stored, Centre centre, Spread spread) {
    std::vector<std::vector<PlotPoint>> replicates;
    for (const auto* course : courses) {
        auto& points = replicates.emplace_back();
        for (const auto& p : *course) points.push_back({p.x, stored.of(p.y)});
    }
    auto band = fold_replicates(replicates, centre, spread);
    std::erase_if(band, [](const BandPoint& p) { return p.count == 0 || !std::isfinite(p.centre); });
    return band;
}

} // namespace

bool takesTime(const SweepPlan& plan) {
    return plan.base.optimizer != "least-squares" && plan.base.regime != "least-squares";
}

std::vector<std::string> courseWords(const std::vector<CellRun>& runs) {
    std::set<std::string> measured;
    for (const auto& run : runs)
        for (const auto& [metric, summary] : run.run.summary) measured.insert(metric);
    std::vector<std::string> words;
    for (const char* what : {"/accuracy", "/loss"})
        for (const char* side : {"validation", "test", "train"})
            if (measured.contains(std::string(side) + what))
                words.push_back(std::string(side) + (what[1] == 'a' ? "/error" : what));
    for (const auto& metric : measured)
        if (std::ranges::find(words, metric) == words.end()) words.push_back(metric);
    return words;
}

std::optional<std::size_t> courseAxis(const SweepPlan& plan) {
    if (const auto along = numeric_axis(plan); along && plan.axes[*along].levels.size() > 1) return along;
    for (std::size_t axis = 0; axis < plan.axes.size(); ++axis)
        if (plan.axes[axis].levels.size() > 1) return axis;
    if (!plan.axes.empty()) return 0;
    return std::nullopt;
}

std::vector<SweepSlice> slicesOf(const SweepPlan& plan) {
    std::vector<SweepSlice> slices;
    const auto along = courseAxis(plan);
    if (!along) return {SweepSlice{}};
    SweepSlice slice{*along, std::vector<std::size_t>(plan.axes.size())};
    while (true) {
        slices.push_back(slice);
        std::size_t axis = plan.axes.size(); // the last one varies fastest
        while (axis-- > 0) {
            if (axis == *along) continue;
            if (++slice.others[axis] < plan.axes[axis].levels.size()) break;
            slice.others[axis] = 0;
        }
        if (axis == std::size_t(-1)) return slices;
    }
}

QString sliceText(const SweepPlan& plan, const SweepSlice& slice) {
    return levelsText(plan, slice.others, slice.along);
}

std::vector<LevelCourse> levelCourses(const SweepData& sweep, const SweepCourses& read,
                                      const SweepSlice& slice, const std::string& word, Centre centre,
                                      Spread spread) {
    const SweepPlan& plan = sweep.record.plan;
    // Where nothing is varied, all runs are of one level without a name.
    const SweepAxis axis = plan.axes.empty() ? SweepAxis{"", false, {{}}} : plan.axes[slice.along];
    const std::size_t count = axis.levels.size();
    const StoredMetric stored = storedMetric(sweep.runs, word);
    const StoredMetric error = storedMetric(sweep.runs, "train/error");
    const auto in = [&](const std::vector<std::size_t>& levels) {
        for (std::size_t i = 0; i < levels.size(); ++i)
            if (i != slice.along && levels[i] != slice.others[i]) return false;
        return true;
    };
    std::vector<LevelCourse> courses(count);
    std::vector<std::vector<const std::vector<PlotPoint>*>> reads(count), errors(count);
    for (std::size_t level = 0; level < count; ++level) {
        courses[level].level = level;
        courses[level].label = QString::fromStdString(axis.levels[level].label);
    }
    const auto levelOf = [&](const std::vector<std::size_t>& levels) {
        return levels.empty() ? std::size_t{0} : levels[slice.along];
    };
    for (const auto& cell : sweep.grid)
        if (in(cell.levels)) ++courses[levelOf(cell.levels)].seeds;
    for (const auto& run : sweep.runs) {
        const auto& levels = sweep.grid[run.cell].levels;
        if (!in(levels)) continue;
        const std::size_t level = levelOf(levels);
        courses[level].runs << QString::fromStdString(run.run.id.uuid);
        if (const auto* points = read.points(run.run.id, stored.metric)) reads[level].push_back(points);
        if (const auto* points = read.points(run.run.id, error.metric)) errors[level].push_back(points);
    }
    for (std::size_t level = 0; level < courses.size(); ++level) {
        courses[level].points = folded(reads[level], stored, centre, spread);
        for (const auto& p : folded(errors[level], error, centre, Spread::none))
            if (p.centre <= plan.threshold_error) {
                courses[level].reached = p.x;
                break;
            }
    }
    if (const auto numbers = axis.numbers(); numbers && count > 1)
        std::ranges::stable_sort(courses, {}, [&](const LevelCourse& c) { return (*numbers)[c.level]; });
    return courses;
}

} // namespace descent::ui

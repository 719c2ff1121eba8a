#pragma once

#include "core/analysis/bands.h"
#include "ui/state/sweep_data.h"

#include <QString>
#include <QStringList>

#include <optional>
#include <string>
#include <vector>

namespace descent::ui {

class SweepCourses;

/// Whether its runs have a course to look at: least squares is one update. Thread: any.
bool takesTime(const SweepPlan& plan);

/// What runs of the sweep have measured over time, as words of sweep_metric_value(): errors first, those of
/// examples not trained on before those of training. Thread: any.
std::vector<std::string> courseWords(const std::vector<CellRun>& runs);

/// Which cells: one axis's levels, the others at fixed ones.
struct SweepSlice {
    std::size_t along = 0;
    std::vector<std::size_t> others; ///< a level for each axis; that of `along` is not looked at
    bool operator==(const SweepSlice&) const = default;
};
/// The axis that rows and curves stand for: the first numeric one, else the first with several levels. None
/// where nothing is varied. Thread: any.
std::optional<std::size_t> courseAxis(const SweepPlan& plan);
/// One for each combination of the other axes' levels; one, of all, where nothing is varied. Thread: any.
std::vector<SweepSlice> slicesOf(const SweepPlan& plan);
QString sliceText(const SweepPlan& plan, const SweepSlice& slice); ///< "regime.label_noise 0.2"

/// One level's runs over training, folded at each update that any has.
struct LevelCourse {
    std::size_t level = 0;
    QString label;    ///< the level's
    QStringList runs; ///< UUIDs
    std::int64_t seeds = 0;
    std::vector<BandPoint> points; ///< x is the update
    /// The first update at which the centre of the training error is at most the plan's threshold.
    std::optional<double> reached{};
};
/// By level, in the order of the axis's numbers (of its levels, where it has none). Levels without any value
/// have no points. Thread: any.
std::vector<LevelCourse> levelCourses(const SweepData& sweep, const SweepCourses& read,
                                      const SweepSlice& slice, const std::string& word, Centre centre,
                                      Spread spread);

} // namespace descent::ui

#pragma once

#include "core/analysis/run_fields.h"
#include "ui/plots/plot.h"
#include "ui/state/compare_layout.h"
#include "ui/state/compared_runs.h"

#include <vector>

namespace descent::ui {

/// The runs that are shown, in groups that each have a curve and a row.
struct ComparedGroups {
    struct Group {
        QString id;    ///< what its curves say when picked: a run's UUID, or "group:…"
        QString label; ///< its run's name, or what its runs have in common
        int colour = 0, dash = 0;
        std::vector<std::size_t> runs; ///< positions in `runs`
    };
    std::vector<RunRecord> runs;
    ParentNames parents{}; ///< of those that are branches
    std::vector<Group> groups;
    bool folded = false;
    QString problem{}; ///< why the wish to group could not be met: then each run is by itself

    std::vector<RunGroup> plain() const;          ///< for core/analysis
    const Group* groupOf(const RunId& run) const; ///< null where it is not shown
    const Group* find(const QString& id) const;
};
/// A single run keeps its own colour; where two have the same, the dash tells them apart. Thread: any.
ComparedGroups compareBy(std::vector<RunRecord> shown, const QString& group_by, ParentNames parents = {});

/// All that the curves of one chart are made from: a value, for another thread.
struct CurveTask {
    struct Run {
        ComparedRuns::Series series; ///< null where it has none
        SeriesAxis along;
        PointFetch fetch;
        BucketFetch fetch_buckets{};
    };
    std::vector<Run> runs; ///< as in ComparedGroups::runs
    std::vector<ComparedGroups::Group> groups;
    bool folded = false;
    SmoothingSpec smoothing{};
    Centre centre = Centre::mean;
    Spread spread = Spread::none;
    /// Nothing to compute: the curves are the series.
    bool plain() const { return !folded && smoothing.kind == Smoothing::none; }
};

/// What a chart shows. A smoothed curve comes after the faint raw one, of the same id.
struct CompareCurves {
    std::vector<PlotCurve> curves;
    /// By curve: what it was before it was smoothed, at the same x; empty where it was not.
    std::vector<std::vector<PlotPoint>> raw;
    QString note{}; ///< what was simplified, or could not be done
};
inline constexpr std::size_t kMostPoints = 65'536; ///< a run is smoothed and folded at up to so many
/// Replicates are smoothed first and then folded, so that a band is that of the curves drawn. Of a run with
/// more than kMostPoints the means of the finest buckets in memory are taken, and the note says so. Thread:
/// any.
CompareCurves makeCurves(const CurveTask& task);

/// The value of a curve at x: of its last point at or before it. None before the first.
struct CurveValue {
    double x = 0, value = 0, low = 0, high = 0; ///< low and high of a band, else NaN
    bool exact = true;                          ///< false: the mean of a bucket whose points are in the store
};
std::optional<CurveValue> valueAt(const PlotCurve& curve, double x);
std::optional<CurveValue> lastValue(const PlotCurve& curve);

/// The curves in numbers: "curve, x, value", with low, high and count of bands and the raw value of smoothed
/// ones. `drawn[i]` are the points that a curve without a band comes down to on screen; empty: all of them.
/// Faint curves are left out.
PlotTable tableOf(const CompareCurves& curves, const std::vector<std::vector<PlotPoint>>& drawn,
                  const QString& x_name);

} // namespace descent::ui

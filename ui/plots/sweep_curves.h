#pragma once

#include "core/analysis/bands.h"
#include "core/analysis/sweep_table.h"
#include "ui/plots/sweep_chart.h"
#include "ui/state/sweep_data.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace descent::ui {

/// What a family of metrics is of: "error" of "test/error" and "train/error", which are drawn together. A
/// metric of no side ("weights/norm") is a family of its own.
struct MetricFamily {
    std::string name;
    std::vector<std::string> sides; ///< "test", "validation", "train": those that were measured; else empty
    bool operator==(const MetricFamily&) const = default;
};
/// Of sweep_metrics(): errors, losses and accuracies first. Thread: any.
std::vector<MetricFamily> metricFamilies(const std::vector<CellRun>& runs);

/// Where a word of sweep_metric_value() is stored: the metric, and whether 1 − its value is meant. Thread:
/// any.
struct StoredMetric {
    std::string metric;
    bool complement = false;
    double of(double stored) const { return complement ? 1 - stored : stored; }
};
StoredMetric storedMetric(const std::vector<CellRun>& runs, const std::string& word);

/// What an axis of the chart can be.
struct SweepAxisChoice {
    std::size_t along = 0; ///< which of the plan's axes
    SweepX x = SweepX::level;
    bool operator==(const SweepAxisChoice&) const = default;
};
std::vector<SweepAxisChoice> axisChoices(const SweepData& sweep);
QString axisTitle(const SweepPlan& plan, const SweepAxisChoice& axis);

/// The words of sweep_metric_value() that sweepCurves() looks at for a family, its threshold included.
std::vector<std::string> wordsFor(const MetricFamily& family);

/// Values at a moment of training, by stored metric and the run's UUID.
struct SweepMoment {
    Update at{};
    std::map<std::string, std::map<std::string, double>> values;
};

struct SweepCurvesTask {
    std::shared_ptr<const SweepData> sweep;
    std::string family = "error";
    SweepAxisChoice axis;
    Centre centre = Centre::median;
    Spread spread = Spread::bootstrap;
    /// None: logarithmic where weights are counted or values lie far apart, and none is lost by it; what was
    /// not trained on decides, where a training error is 0 or of rounding alone.
    std::optional<bool> log_y{};
    /// A logarithmic axis goes down to the least value above 0. Else to a millionth of the largest value not
    /// trained on (or further, to what is less and no rounding): least squares end at 1e-30.
    bool whole = false;
    std::shared_ptr<const SweepMoment> moment{}; ///< none: at the end
};
/// What was measured on examples not trained on, and on those trained on, each folded over the seeds at every
/// level; a pair for each combination of the other axes' levels; where the training error falls to the
/// plan's threshold, where the peak is, and what theory says. Thread: any; some tenths of a second for 10,000
/// runs.
SweepChartData sweepCurves(const SweepCurvesTask& task);

/// "model.hidden 48, regime.label_noise 0.2": of all axes but `without`. Thread: any.
QString levelsText(const SweepPlan& plan, const std::vector<std::size_t>& levels,
                   std::optional<std::size_t> without = std::nullopt);
/// Replicates of one place folded: NaN where none is finite. Thread: any.
BandPoint foldValues(double x, const std::vector<double>& values, Centre centre, Spread spread);
/// "median of the seeds, band: 95% bootstrap interval". Thread: any.
QString foldText(Centre centre, Spread spread);

} // namespace descent::ui

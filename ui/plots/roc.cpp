#include "ui/plots/plot.h"
#include "ui/plots/roc_view.h"
#include "ui/state/class_curves.h"
#include "ui/state/watched_run.h"

#include <limits>

namespace descent::ui {

namespace {

RocScores scoresOf(const WatchedRun& run) {
    return {run.matrix("validation/scores"), run.classes(), run.id(), is_over(run.state())};
}

} // namespace

PlotTable rocTable(const RocScores& of) {
    constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
    PlotTable table;
    for (const char* column :
         {"curve", "auroc", "auroc_low", "auroc_high", "threshold", "false_positive_rate",
          "true_positive_rate", "found", "false_alarms", "precision"})
        table.columns << QString::fromLatin1(column);
    if (!of.scores) return table;
    const auto all = class_curves(*of.scores, of.classes);
    for (const auto& curve : all.curves)
        for (std::size_t i = 0; i < curve.points.size(); ++i) {
            const auto& p = curve.points[i];
            const bool counted = !curve.average;
            table.rows.push_back(
                {curve.name,
                 {curve.area.area, curve.area.low, curve.area.high, p.threshold, p.false_positive,
                  p.true_positive, counted ? double(all.found(curve, i)) : kNan,
                  counted ? double(all.alarms(curve, i)) : kNan, counted ? all.precision(curve, i) : kNan}});
        }
    return table;
}

OwnPlot* makeRocPlot(const WatchedRun& run, QWidget* parent) {
    return makeRocPlot([&run] { return scoresOf(run); }, parent);
}

PlotDef plot_roc() {
    return {
        .id = QStringLiteral("roc"),
        .title = QStringLiteral("ROC"),
        // A detector has its own chart, with these axes among others.
        .shown =
            [](const WatchedRun& run) {
                return run.find("validation/macro-auroc") && !run.find("validation/auroc");
            },
        .own = [](const WatchedRun& run, Detection&, QWidget* parent) { return makeRocPlot(run, parent); },
        .table = [](const WatchedRun& run, const Detection&) { return rocTable(scoresOf(run)); },
    };
}

} // namespace descent::ui

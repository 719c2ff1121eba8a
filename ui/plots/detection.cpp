#include "ui/state/detection.h"
#include "ui/plots/plot.h"
#include "ui/plots/plot_view.h"
#include "ui/state/watched_run.h"

namespace descent::ui {

namespace {

void add(PlotTable& table, const Detection& detection, const QString& name, const DetectionCurve& curve,
         std::size_t evaluation) {
    const auto& points = curve.points();
    for (std::size_t i = 0; i < points.size(); ++i) {
        const OperatingPoint at = detection.at(curve, i);
        table.rows.push_back({name,
                              {double(detection.update(evaluation).count), detection.epoch(evaluation).passes,
                               at.threshold, at.probability(), points[i].false_alarm, points[i].false_reject,
                               at.falseAlarmRate(), at.falseRejectRate(), double(at.false_alarms),
                               double(at.false_rejects), at.precision(), at.falseAlarmsPerHour()}});
    }
}

PlotTable tableOf(const WatchedRun&, const Detection& detection) {
    PlotTable table;
    for (const char* column : {"curve", "update", "epoch", "log_odds", "probability", "false_alarm_share",
                               "false_reject_share", "false_alarm_rate", "false_reject_rate", "false_alarms",
                               "false_rejects", "precision", "false_alarms_per_hour"})
        table.columns << QString::fromLatin1(column);
    if (!detection.present()) return table;
    add(table, detection, QStringLiteral("shown"), detection.curve(), detection.shown());
    if (detection.best() != detection.shown())
        add(table, detection, QStringLiteral("best"), detection.bestCurve(), detection.best());
    for (const auto& [evaluation, curve] : detection.earlier())
        add(table, detection, QStringLiteral("earlier"), curve, evaluation);
    return table;
}

} // namespace

PlotDef plot_detection() {
    return {
        .id = QStringLiteral("fa-fr"),
        .title = QStringLiteral("FA–FR"),
        .shown = [](const WatchedRun& run) { return run.matrix("validation/fa-fr") != nullptr; },
        .tall = true,
        .own = [](const WatchedRun&, Detection& detection,
                  QWidget* parent) { return makeDetectionPlot(detection, parent); },
        .table = tableOf,
    };
}

} // namespace descent::ui

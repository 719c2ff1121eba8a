#include "ui/plots/plot.h"
#include "ui/plots/plot_view.h"
#include "ui/state/watched_run.h"

namespace descent::ui {

namespace {

PlotTable tableOf(const WatchedRun& run, const Detection&) {
    PlotTable table;
    table.columns = {QStringLiteral("curve"), QStringLiteral("update"), QStringLiteral("epoch"),
                     QStringLiteral("low"),   QStringLiteral("high"),   QStringLiteral("count")};
    for (const auto& name : run.histories("histogram/"))
        for (const auto& look : run.history(name))
            for (std::int64_t r = 0; r < look->rows && look->columns >= 3; ++r) {
                const double* bin = &look->values[std::size_t(r * look->columns)];
                table.rows.push_back(
                    {QString::fromStdString(name.substr(sizeof("histogram/") - 1)),
                     {double(look->update.count), look->epoch.passes, bin[0], bin[1], bin[2]}});
            }
    return table;
}

} // namespace

PlotDef plot_histograms() {
    return {
        .id = QStringLiteral("histograms"),
        .title = QStringLiteral("Histograms"),
        .shown = [](const WatchedRun& run) { return !run.histories("histogram/").empty(); },
        .own = [](const WatchedRun& run, Detection&,
                  QWidget* parent) { return makeHistogramPlot(run, parent); },
        .table = tableOf,
    };
}

} // namespace descent::ui

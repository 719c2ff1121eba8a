#include "ui/plots/plot.h"
#include "ui/plots/plot_view.h"
#include "ui/state/watched_run.h"

namespace descent::ui {

namespace {

PlotTable tableOf(const WatchedRun& run, const Detection&) {
    PlotTable table;
    table.columns = {QStringLiteral("curve"), QStringLiteral("update"), QStringLiteral("epoch"),
                     QStringLiteral("t"), QStringLiteral("loss")};
    for (const auto& look : run.history("landscape/line"))
        for (std::int64_t r = 0; r < look->rows && look->columns >= 2; ++r) {
            const double* row = &look->values[std::size_t(r * look->columns)];
            table.rows.push_back({QStringLiteral("update %1").arg(look->update.count),
                                  {double(look->update.count), look->epoch.passes, row[0], row[1]}});
        }
    return table;
}

} // namespace

PlotDef plot_landscape_line() {
    return {
        .id = QStringLiteral("landscape-line"),
        .title = QStringLiteral("Loss along the update"),
        .shown = [](const WatchedRun& run) { return !run.histories("landscape/line").empty(); },
        .own = [](const WatchedRun& run, Detection&,
                  QWidget* parent) { return makeLandscapeLine(run, parent); },
        .table = tableOf,
    };
}

} // namespace descent::ui

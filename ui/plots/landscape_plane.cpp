#include "ui/plots/plot.h"
#include "ui/plots/plot_view.h"
#include "ui/state/watched_run.h"

namespace descent::ui {

namespace {

PlotTable tableOf(const WatchedRun& run, const Detection&) {
    PlotTable table;
    table.columns = {QStringLiteral("curve"), QStringLiteral("update"), QStringLiteral("epoch"),
                     QStringLiteral("a"),     QStringLiteral("b"),      QStringLiteral("loss")};
    for (const auto& look : run.history("landscape/plane"))
        for (std::int64_t r = 0; r < look->rows && look->columns >= 3; ++r) {
            const double* row = &look->values[std::size_t(r * look->columns)];
            table.rows.push_back({QStringLiteral("update %1").arg(look->update.count),
                                  {double(look->update.count), look->epoch.passes, row[0], row[1], row[2]}});
        }
    return table;
}

} // namespace

PlotDef plot_landscape_plane() {
    return {
        .id = QStringLiteral("landscape-plane"),
        .title = QStringLiteral("Loss on a plane"),
        .shown = [](const WatchedRun& run) { return !run.histories("landscape/plane").empty(); },
        .own = [](const WatchedRun& run, Detection&,
                  QWidget* parent) { return makeLandscapePlane(run, parent); },
        .table = tableOf,
    };
}

} // namespace descent::ui

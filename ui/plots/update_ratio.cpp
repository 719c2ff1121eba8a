#include "ui/plots/plot.h"

#include "ui/state/watched_run.h"

namespace descent::ui {

PlotDef plot_update_ratio() {
    return {
        .id = QStringLiteral("update-ratio"),
        .title = QStringLiteral("Update ratio"),
        .curves = {{"update-ratio/", QString(), 0, 0}},
        .log_choice = true,
        .log_first = true,
        .shown = [](const WatchedRun& run) { return hasSeries(run, "update-ratio/"); },
    };
}

} // namespace descent::ui

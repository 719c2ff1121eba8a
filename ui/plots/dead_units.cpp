#include "ui/plots/plot.h"

#include "ui/state/watched_run.h"

namespace descent::ui {

PlotDef plot_dead_units() {
    return {
        .id = QStringLiteral("dead-units"),
        .title = QStringLiteral("Dead units"),
        .curves = {{"dead/", QString(), 0, 0}},
        .share = true,
        .shown = [](const WatchedRun& run) { return hasSeries(run, "dead/"); },
    };
}

} // namespace descent::ui

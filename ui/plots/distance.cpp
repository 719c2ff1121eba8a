#include "ui/plots/plot.h"

#include "ui/state/watched_run.h"

namespace descent::ui {

PlotDef plot_distance() {
    return {
        .id = QStringLiteral("distance"),
        .title = QStringLiteral("Distance"),
        .curves =
            {
                {"weights/distance", QStringLiteral("from the start"), 2, 0},
                {"weights/norm", QStringLiteral("‖w‖"), 6, 1},
            },
        .log_choice = true,
        .shown = [](const WatchedRun& run) { return run.find("weights/distance") != nullptr; },
    };
}

} // namespace descent::ui

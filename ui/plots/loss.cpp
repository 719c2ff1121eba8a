#include "ui/plots/plot.h"
#include "ui/plots/report_lines.h"

namespace descent::ui {

PlotDef plot_loss() {
    return {
        .id = QStringLiteral("loss"),
        .title = QStringLiteral("Loss"),
        .curves =
            {
                {"batch/loss", QStringLiteral("batch"), 0, 0, true},
                {"train/loss", QStringLiteral("train"), 0, 0},
                {"validation/loss", QStringLiteral("validation"), 1, 1},
                {"test/loss", QStringLiteral("test"), 2, 2},
                {"validation/averaged-loss", QStringLiteral("averaged"), 3, 4},
            },
        .log_choice = true,
        .lines = [](const WatchedRun& run) { return reportLines(run, "test/loss"); },
    };
}

} // namespace descent::ui

#include "ui/plots/plot.h"

#include "ui/state/watched_run.h"

namespace descent::ui {

PlotDef plot_confusion() {
    return {
        .id = QStringLiteral("confusion"),
        .title = QStringLiteral("Confusion"),
        .matrix = "validation/confusion",
        // A detector's counts depend on its threshold: they are beside its curve.
        .shown = [](const WatchedRun& run) { return answersClasses(run) && !run.matrix("validation/fa-fr"); },
    };
}

} // namespace descent::ui

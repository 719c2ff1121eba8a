#include "ui/plots/plot.h"

#include "ui/state/watched_run.h"

namespace descent::ui {

PlotDef plot_accuracy() {
    return {
        .id = QStringLiteral("accuracy"),
        .title = QStringLiteral("Accuracy"),
        .curves =
            {
                {"validation/majority-baseline", QStringLiteral("majority"), 6, 3},
                {"train/accuracy", QStringLiteral("train"), 0, 0},
                {"validation/accuracy", QStringLiteral("validation"), 1, 1},
                {"test/accuracy", QStringLiteral("test"), 2, 2},
                {"validation/averaged-accuracy", QStringLiteral("averaged"), 3, 4},
            },
        .share = true,
        .shown = [](const WatchedRun& run) { return answersClasses(run); },
    };
}

} // namespace descent::ui

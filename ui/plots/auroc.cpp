#include "ui/plots/plot.h"

#include "ui/state/watched_run.h"

namespace descent::ui {

PlotDef plot_auroc() {
    return {
        .id = QStringLiteral("auroc"),
        .title = QStringLiteral("AUC"),
        .curves =
            {
                {"validation/auroc", QStringLiteral("AUROC"), 1, 0},
                {"validation/auroc/", QString(), 2, 2},
                {"validation/eer", QStringLiteral("EER"), 6, 1},
            },
        .log_choice = true,
        .share = true,
        .shown = [](const WatchedRun& run) { return run.find("validation/auroc") != nullptr; },
    };
}

} // namespace descent::ui

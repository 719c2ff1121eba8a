#include "ui/plots/plot.h"

#include "ui/state/watched_run.h"

namespace descent::ui {

PlotDef plot_cosine() {
    return {
        .id = QStringLiteral("cosine"),
        .title = QStringLiteral("Gradient cosine"),
        .curves = {{"gradient/cosine", QStringLiteral("with the one before"), 5, 0}},
        .lines = [](const WatchedRun&) -> std::vector<ReferenceLine> {
            return {{0, QStringLiteral("0")}};
        },
        .shown = [](const WatchedRun& run) { return run.find("gradient/cosine") != nullptr; },
    };
}

} // namespace descent::ui

#include "ui/plots/plot.h"

#include "ui/state/watched_run.h"

namespace descent::ui {

PlotDef plot_noise_scale() {
    return {
        .id = QStringLiteral("noise-scale"),
        .title = QStringLiteral("Noise scale"),
        .curves = {{"noise-scale/simple", QStringLiteral("tr Σ/‖g‖²"), 4, 0}},
        .log_choice = true,
        .log_first = true,
        .shown = [](const WatchedRun& run) { return run.find("noise-scale/simple") != nullptr; },
    };
}

} // namespace descent::ui

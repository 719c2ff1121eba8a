#include "ui/plots/plot.h"

#include "ui/state/watched_run.h"

#include "core/base/param.h"

#include <algorithm>

namespace descent::ui {

namespace {

/// A step size that stays as it is needs no chart.
bool varies(const WatchedRun& run) {
    if (std::ranges::any_of(run.changes(), [](const auto& change) { return change.path == "optimizer.lr"; }))
        return true;
    if (!run.record()) return false;
    const auto& values = run.record()->spec.regime.params.values;
    const auto unlike = [&](const char* name, const char* text) {
        const auto it = values.find(name);
        return it != values.end() && to_string(it->second) != text;
    };
    return unlike("schedule", "constant") || unlike("warmup", "0");
}

} // namespace

PlotDef plot_lr() {
    return {
        .id = QStringLiteral("lr"),
        .title = QStringLiteral("Step size"),
        .curves = {{"lr", QStringLiteral("lr"), 0, 0, false, true}},
        .log_choice = true,
        .shown = varies,
    };
}

} // namespace descent::ui

#include "ui/plots/plot.h"

#include "ui/state/watched_run.h"

#include "core/base/param.h"

namespace descent::ui {

namespace {

/// 38/lr with the usual β₁ = 0.9: (2 + 2β₁)/((1 − β₁)·lr) (Cohen et al. 2022).
QString preconditionedWord(const WatchedRun& run) {
    if (!run.record()) return {};
    const auto& values = run.record()->spec.optimizer.params.values;
    const auto it = values.find("beta1");
    const auto* given = it == values.end() ? nullptr : std::get_if<double>(&it->second);
    const double beta = given ? *given : 0;
    if (beta <= 0 || beta >= 1) return QStringLiteral("limit");
    return QStringLiteral("%1/lr").arg((2 + 2 * beta) / (1 - beta), 0, 'g', 3);
}

} // namespace

PlotDef plot_preconditioned_sharpness() {
    return {
        .id = QStringLiteral("preconditioned-sharpness"),
        .title = QStringLiteral("Sharpness of P⁻¹H"),
        .curves =
            {
                {"sharpness/preconditioned-limit", QStringLiteral("38/lr"), 6, 1, false, true},
                {"sharpness/preconditioned", QStringLiteral("λ1 of P⁻¹H"), 3, 0},
            },
        .log_choice = true,
        .shown = [](const WatchedRun& run) { return run.find("sharpness/preconditioned") != nullptr; },
        .name_of =
            [](const WatchedRun& run, const std::string& metric) {
                return metric == "sharpness/preconditioned-limit" ? preconditionedWord(run) : QString();
            },
    };
}

} // namespace descent::ui

#include "ui/plots/plot.h"

#include "ui/state/watched_run.h"

#include "core/base/param.h"

namespace descent::ui {

namespace {

double real(const ParamSet& params, const char* name) {
    const auto it = params.values.find(name);
    const auto* value = it == params.values.end() ? nullptr : std::get_if<double>(&it->second);
    return value ? *value : 0;
}

/// The rule's stability limit as the field writes it: (2 + 2β)/lr with momentum β (Cohen et al. 2021).
QString limitWord(const WatchedRun& run) {
    if (!run.record() || run.record()->spec.optimizer.id != "sgd") return QStringLiteral("limit");
    const auto& params = run.record()->spec.optimizer.params;
    if (real(params, "momentum") == 0) return QStringLiteral("2/lr");
    const auto nesterov = params.values.find("nesterov");
    return nesterov != params.values.end() && nesterov->second == Value(true)
               ? QStringLiteral("(2 + 2μ)/(1 + 2μ)lr")
               : QStringLiteral("(2 + 2μ)/lr");
}

} // namespace

PlotDef plot_sharpness() {
    return {
        .id = QStringLiteral("sharpness"),
        .title = QStringLiteral("Sharpness"),
        .curves =
            {
                {"sharpness/limit", QStringLiteral("2/lr"), 6, 1, false, true},
                {"sharpness/", QString(), 0, 0},
            },
        .log_choice = true,
        .shown =
            [](const WatchedRun& run) {
                return run.find("sharpness/1") != nullptr || run.find("sharpness/limit") != nullptr;
            },
        .without = {"sharpness/preconditioned", "sharpness/preconditioned-limit", "sharpness/residual",
                    "sharpness/products"},
        .name_of =
            [](const WatchedRun& run, const std::string& metric) {
                if (metric == "sharpness/limit") return limitWord(run);
                return QStringLiteral("λ") + QString::fromStdString(metric.substr(sizeof("sharpness/") - 1));
            },
    };
}

} // namespace descent::ui

#include "ui/plots/plot.h"

#include "core/base/format.h"
#include "ui/state/watched_run.h"

#include <optional>

namespace descent::ui {

namespace {

/// The clip level; none where the run does not clip.
std::optional<double> clipLevel(const WatchedRun& run) {
    if (!run.record()) return std::nullopt;
    const auto& values = run.record()->spec.regime.params.values;
    const auto it = values.find("clip_norm");
    if (it == values.end()) return std::nullopt;
    const auto* level = std::get_if<double>(&it->second);
    return level && *level > 0 ? std::optional(*level) : std::nullopt;
}

QString number(double v) {
    return QString::fromStdString(format_number(v, 4));
}

} // namespace

PlotDef plot_gradient() {
    return {
        .id = QStringLiteral("gradient"),
        .title = QStringLiteral("Gradient norm"),
        .curves =
            {
                {"gradient/norm", QStringLiteral("before clip"), 3, 0},
                {"gradient/norm-clipped", QStringLiteral("after clip"), 4, 1},
            },
        .log_choice = true,
        .lines = [](const WatchedRun& run) -> std::vector<ReferenceLine> {
            if (const auto level = clipLevel(run))
                return {{*level, QStringLiteral("clip %1").arg(number(*level))}};
            return {};
        },
        .note =
            [](const WatchedRun& run) {
                const auto level = clipLevel(run);
                if (!level) return run.record() ? QStringLiteral("not clipped") : QString();
                const auto* share = run.find("gradient/clip-share");
                if (!share || share->points.empty()) return QStringLiteral("clip %1").arg(number(*level));
                return QStringLiteral("clip %1 (active in %2 of updates)")
                    .arg(number(*level), QString::fromStdString(format_percent(share->points.back().value)));
            },
    };
}

} // namespace descent::ui

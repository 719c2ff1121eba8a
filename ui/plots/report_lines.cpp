#include "ui/plots/report_lines.h"

#include "core/analysis/report_presets.h"
#include "ui/state/watched_run.h"

namespace descent::ui {

std::vector<ReferenceLine> reportLines(std::span<const RunRecord> runs, const std::string& metric) {
    std::vector<ReferenceLine> lines;
    for (const auto& line : report_lines(runs, metric))
        lines.push_back({line.value, QString::fromStdString(line.label)});
    return lines;
}

std::vector<ReferenceLine> reportLines(const WatchedRun& run, const std::string& metric) {
    if (!run.record()) return {};
    return reportLines(std::span(&*run.record(), 1), metric);
}

} // namespace descent::ui

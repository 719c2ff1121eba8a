#pragma once

#include "core/base/run_record.h"
#include "ui/plots/plot.h"

#include <span>
#include <string>

namespace descent::ui {

/// What the presets that the runs are tagged with have reached, as lines on a chart of `metric`
/// (core/analysis/report_presets.h).
std::vector<ReferenceLine> reportLines(std::span<const RunRecord> runs, const std::string& metric);
std::vector<ReferenceLine> reportLines(const WatchedRun& run, const std::string& metric);

} // namespace descent::ui

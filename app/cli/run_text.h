#pragma once

#include "app/cli/output.h"
#include "core/base/catalog.h"
#include "core/base/events.h"
#include "core/base/run_record.h"

namespace descent::cli {

/// One line a run.
void print_runs(Output& out, const std::vector<RunRecord>& runs);

/// "3", "1,000", "2.5".
std::string epochs_text(Epoch epoch);

/// Everything about one run that fits a screen: of its settings, those that are not `catalog`'s defaults.
/// `store_option` goes into the commands it suggests.
void print_run(Output& out, const RunRecord& run, const std::vector<MetricInfo>& metrics,
               const std::vector<LogLine>& log, const Catalog& catalog, const std::string& store_option);

} // namespace descent::cli

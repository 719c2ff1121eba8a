#pragma once

#include "app/cli/output.h"
#include "core/analysis/run_fields.h"
#include "core/base/catalog.h"
#include "core/base/events.h"
#include "core/base/run_record.h"

#include <string>
#include <vector>

namespace descent::cli {

/// One line a run.
void print_runs(Output& out, const std::vector<RunRecord>& runs, const ParentNames& parents);

/// Everything about one run that fits a screen: of its settings, those that are not `catalog`'s defaults.
/// `store_option` goes into the commands it suggests.
void print_run(Output& out, const RunRecord& run, const std::vector<MetricInfo>& metrics,
               const std::vector<LogLine>& log, const std::vector<CheckpointInfo>& checkpoints,
               const Catalog& catalog, const ParentNames& parents, const std::string& store_option);

} // namespace descent::cli

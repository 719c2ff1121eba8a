#pragma once

#include "app/cli/output.h"
#include "core/base/catalog.h"
#include "core/base/events.h"
#include "core/base/run_record.h"

#include <map>
#include <string>
#include <vector>

namespace descent::cli {

/// What parents are called, see core/store/lineage.h.
using ParentNames = std::map<RunId, std::string>;

/// One line a run.
void print_runs(Output& out, const std::vector<RunRecord>& runs, const ParentNames& parents);

/// "3", "1,000", "2.5".
std::string epochs_text(Epoch epoch);

/// "7, last at update 1,200, best at update 900 (loss 0.1234), 12.3 MB"; "" for none.
std::string checkpoints_text(const std::vector<CheckpointInfo>& checkpoints);
/// A metric's value: of shares in percent.
std::string value_text(const std::string& metric, double value);
/// "12.3 MB", of 1,000,000 bytes each.
std::string bytes_text(std::int64_t bytes);

/// Everything about one run that fits a screen: of its settings, those that are not `catalog`'s defaults.
/// `store_option` goes into the commands it suggests.
void print_run(Output& out, const RunRecord& run, const std::vector<MetricInfo>& metrics,
               const std::vector<LogLine>& log, const std::vector<CheckpointInfo>& checkpoints,
               const Catalog& catalog, const ParentNames& parents, const std::string& store_option);

} // namespace descent::cli

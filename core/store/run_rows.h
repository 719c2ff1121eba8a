#pragma once

#include "core/base/events.h"
#include "core/base/run_record.h"
#include "core/store/connection.h"
#include "core/store/filter.h"

#include <optional>
#include <string>
#include <vector>

namespace descent {

/// Runs as values, newest first, from a handful of queries however many there are; manifests and changes
/// left out.
std::vector<RunRecord> read_runs(SQLite::Database& db, const Condition& condition,
                                 std::optional<std::int64_t> limit);
/// The split, example by example, as JSON; "" where none is stored.
std::string read_manifest(SQLite::Database& db, const RunId& run);
/// Made while it trained, in order.
std::vector<Change> read_changes(SQLite::Database& db, const RunId& run);
/// In order of update, without those whose file's name leads elsewhere.
std::vector<CheckpointInfo> read_checkpoints(SQLite::Database& db, const RunId& run);

} // namespace descent

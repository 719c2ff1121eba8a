#pragma once

#include "core/base/run_record.h"
#include "core/store/connection.h"
#include "core/store/writer.h"

#include <string>
#include <vector>

/// Single changes that the writer makes between batches, each inside a transaction of the caller's. They
/// throw InputError where the person's wish cannot be met, and then nothing may be committed.
namespace descent {

/// `wanted`, with a number from 2 on where a run is called so already.
std::string free_name(SQLite::Database& db, const std::string& wanted);
/// See StoreWriter::create.
RunRecord create_run(SQLite::Database& db, RunRecord run);
std::vector<RunRecord> create_runs(SQLite::Database& db, std::vector<RunRecord> runs);
/// See StoreWriter::reopen. Returns the checkpoint files that no row mentions any more.
std::vector<std::string> reopen_run(SQLite::Database& db, const RunId& run, Update from,
                                    std::int64_t planned_updates);
/// See StoreWriter::apply.
std::vector<RunEdit> apply_edits(SQLite::Database& db, const std::vector<RunEdit>& edits);

} // namespace descent

#pragma once

#include "core/store/connection.h"
#include "core/store/merge.h"
#include "core/store/sweeps.h"

#include <cstdint>
#include <string>

/// Changes to the tables of sweeps, each inside a transaction of the caller's. They throw InputError where
/// the person's wish cannot be met, and then nothing may be committed.
namespace descent {

/// See StoreWriter::save_sweep.
SweepRecord save_sweep(SQLite::Database& db, SweepRecord sweep);
/// See StoreWriter::edit_sweep.
SweepEdit edit_sweep(SQLite::Database& db, const SweepEdit& edit);
/// See StoreWriter::hold_sweep.
void hold_sweep(SQLite::Database& db, const std::string& id, bool hold);
/// Sweeps whose process is gone are held by none.
void release_stale_sweeps(SQLite::Database& db);
/// `wanted`, with a number from 2 on where a sweep is called so already.
std::string free_sweep_name(SQLite::Database& db, const std::string& wanted);

/// Takes over the sweeps of `from` (core/store/merge.h) and returns how many are new here; `with_runs`: only
/// those of which a run is here.
std::int64_t merge_sweeps(SQLite::Database& db, RunSource::Impl& from, bool with_runs);

} // namespace descent

#pragma once

#include "core/exchange/imported_run.h"

#include <filesystem>
#include <string>
#include <vector>

/// Readers of foreign files. Each reads all of a file before anything is stored, so that a bad line leaves
/// nothing half-imported; throws InputError with file, line or byte, and what was expected.
namespace descent {

struct Imported {
    std::vector<ImportedRun> runs;
    std::vector<std::string> warnings; ///< what was left out
};

/// export_jsonl's.
Imported read_jsonl(const std::filesystem::path& file, const ExchangeProgress& progress);

/// A CSV table, comma, semicolon or tab between the fields, of one of three kinds, told by its first line:
/// - export_csv's: run_id, run, seed, update, epoch, wall_time, metric, value;
/// - W&B's export of a chart: a step and columns "RUN - METRIC", with "…__MIN" and "…__MAX" beside them,
/// which
///   are metrics of their own ("METRIC/min") where they differ;
/// - any other: one run, named after the file; a row is a step, its number in the column step, global_step,
///   update, iteration, iter or epoch, else that of the row; a column of numbers is a metric. Columns named
///   after time give the seconds, a column epoch the epoch. Empty fields are no values.
Imported read_csv(const std::filesystem::path& file, const ExchangeProgress& progress);

/// A TensorBoard event file, or a folder: each folder in it with event files is a run, named after it.
/// Scalars only. The step is the update; the time since the first event gives the seconds; the epoch is the
/// last value of a scalar "epoch", where there is one.
Imported read_events(const std::filesystem::path& path, const ExchangeProgress& progress);

} // namespace descent

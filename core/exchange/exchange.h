#pragma once

#include "core/base/result.h"
#include "core/store/reader.h"
#include "core/store/writer.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

/// Runs to and from other programs and other machines. Files are replaced whole or not at all; an import is
/// one transaction a run. All functions: any thread; `progress` is called now and then with 0 … 1, on this or
/// on the writer's thread, and stops the work by returning false: then an Error that says "cancelled",
/// nothing half-written; whole runs that came in before stay, and the same import again takes the rest.
namespace descent {

using ExchangeProgress = std::function<bool(double fraction)>;

/// What came in.
struct ImportReport {
    std::vector<RunId> runs;           ///< new ones
    std::int64_t known = 0;            ///< were there already
    std::int64_t grown = 0;            ///< were there with less, and have got the rest
    std::vector<std::string> warnings; ///< what was left out, with its place
};
/// "3 runs imported, 2 were there already", with warnings after it.
std::string describe(const ImportReport& report);

/// One JSON object a line: {"run": {…}} first for each run, then {"run_id", "metric", "update", …}.
Result<std::int64_t> export_jsonl(const StoreReader& store, const std::vector<RunId>& runs,
                                  const std::filesystem::path& file, const ExchangeProgress& progress = {});
/// A folder with one events.out.tfevents… a run in a folder of its name, scalars by metric with the wall time
/// of each, hyperparameters as text. Values are rounded to 32-bit floats there. Returns the points. Error:
/// `folder` exists and is not empty.
Result<std::int64_t> export_tensorboard(const StoreReader& store, const std::vector<RunId>& runs,
                                        const std::filesystem::path& folder,
                                        const ExchangeProgress& progress = {});
/// A single file (".descent"): a store with only these runs, and their checkpoints.
Result<std::int64_t> export_bundle(const StoreReader& store, const std::filesystem::path& store_path,
                                   const std::vector<RunId>& runs, const std::filesystem::path& file,
                                   const ExchangeProgress& progress = {});

/// By content: a bundle or another store, a TensorBoard event file or a folder of them, a JSON lines file of
/// export_jsonl, a CSV table (export_csv's; W&B's export; or one row a step with a column a metric). See
/// core/exchange/importers.h for what is made of each. What cannot be read imports nothing of the file.
Result<ImportReport> import_file(StoreWriter& writer, const std::filesystem::path& file,
                                 const ExchangeProgress& progress = {});
/// Everything of another store, checkpoints included: a run that is here already (same UUID) gets what it
/// lacks, a name that is taken gets a number, nothing is repeated or lost.
Result<ImportReport> merge_store(StoreWriter& writer, const std::filesystem::path& other,
                                 const ExchangeProgress& progress = {});

} // namespace descent

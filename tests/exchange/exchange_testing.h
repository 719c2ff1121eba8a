#pragma once

#include "core/exchange/exchange.h"
#include "tests/store/store_testing.h"

#include <set>
#include <string>

namespace descent::testing {

/// Everything that a store says of its runs, a line each, in a fixed order and without its internal numbers:
/// "UUID|table|…". Names only where asked for; when rows were last written is left out.
std::multiset<std::string> content(const std::filesystem::path& store, bool names = true);

/// A run with metrics, samples, a matrix, log, change, tags, a note and a checkpoint file, closed and
/// flushed. Values depend on `seed`.
RunId add_full_run(const StorePlace& place, std::uint64_t seed, RunState state = RunState::finished);

/// The file put where a store's checkpoints lie.
void write_checkpoint(const std::filesystem::path& store, const std::string& file, const std::string& bytes);

/// import_file into the store, which is closed afterwards.
Result<ImportReport> import_into(const StorePlace& place, const std::filesystem::path& file);
Result<ImportReport> merge_into(const StorePlace& place, const std::filesystem::path& other);

} // namespace descent::testing

#pragma once

#include "core/base/result.h"
#include "core/base/run_record.h"

#include <filesystem>
#include <string>

namespace descent {

/// `PRAGMA application_id`: "DSTU".
inline constexpr std::int32_t kStoreApplicationId = 0x44535455;
/// `PRAGMA user_version` this program writes: the highest resources/schema/schema-N.sql.
int store_schema_version();

/// DESCENT_STORE, else $XDG_DATA_HOME/descent-studio/runs.sqlite, else
/// ~/.local/share/descent-studio/runs.sqlite.
std::filesystem::path default_store_path();
/// Where the store's checkpoints lie: "<store>.checkpoints/" beside it.
std::filesystem::path checkpoint_folder(const std::filesystem::path& store);

/// The reason that a run is interrupted for whose process ended without a word.
inline constexpr const char* kProcessGone = "the process that trained it is gone";

/// Makes the store usable: creates it (with its folder) where absent, migrates an older one in one
/// transaction, and marks runs whose process is gone as interrupted. Errors, each changing nothing: not a
/// store of this program, from a newer version, read-only, no room. Thread: any; call once before opening
/// readers and the writer.
Result<void> prepare_store(const std::filesystem::path& store);

/// An SQLite file, whole or cut short, by how it begins, which is read so that no lock of this process on it
/// is lost. False where it is none or cannot be read. Thread: any.
bool is_sqlite_file(const std::filesystem::path& file);
/// One of this program's: a store, or a bundle.
bool is_store_file(const std::filesystem::path& file);

/// "brave-otter": an adjective and a noun drawn from the id; the writer adds the number that makes it unique.
std::string readable_name(const RunId& id);

} // namespace descent

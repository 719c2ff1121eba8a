#pragma once

#include "core/base/embedded.h"
#include "core/base/result.h"

#include <filesystem>
#include <span>

namespace SQLite {
class Database;
}

namespace descent {

/// What lies where a store is expected, told without changing it or leaving files beside it.
struct StoreFile {
    enum class Kind { absent, empty, store };
    Kind kind = Kind::absent;
    int version = 0; ///< of the main file; a write-ahead log beside it may hold a later one
};

/// Throws InputError for anything else: a folder, another program's file, a store newer than `known_version`.
StoreFile inspect_store(const std::filesystem::path& store, int known_version);

/// A file or folder that may be written. One without any bit that allows it is read-only even for root, whom
/// the system would let through.
bool is_writable(const std::filesystem::path& path);

/// The newest schema in an empty database, say one in memory.
void create_schema(SQLite::Database& db);

/// prepare_store with a given set of schema-N.sql files: each that the store lacks is run in the order of N,
/// in one transaction.
Result<void> prepare_store(const std::filesystem::path& store, std::span<const embedded::File> schema);

} // namespace descent

#pragma once

#include "core/store/connection.h"

#include <filesystem>

namespace descent {

/// Removes from a store's checkpoint folder what a crash left there: files that were written for a run that
/// nobody trains now, whole or not, and that no row names. Does nothing where there are none, or where
/// another process keeps the store locked. Thread: the connection's.
void remove_stray_checkpoints(SQLite::Database& db, const std::filesystem::path& store);

} // namespace descent

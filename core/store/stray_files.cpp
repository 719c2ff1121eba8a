#include "core/store/stray_files.h"

#include "core/base/units.h"
#include "core/base/uuid.h"
#include "core/store/store.h"

#include <set>
#include <string>
#include <vector>

namespace descent {
namespace {

constexpr std::size_t kUuid = 36; // characters

std::set<std::string> texts(SQLite::Database& db, const std::string& query) {
    std::set<std::string> all;
    SQLite::Statement row(db, query);
    while (row.executeStep()) all.insert(sql::text_at(row, 0));
    return all;
}

/// Only what this program names so: "<uuid>-…".
std::vector<std::string> strays(SQLite::Database& db, const std::filesystem::path& folder) {
    std::vector<std::string> found;
    std::error_code error;
    for (auto entry = std::filesystem::directory_iterator(folder, error);
         !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
        std::string name = entry->path().filename().string();
        if (name.size() > kUuid && name[kUuid] == '-' && is_uuid(name.substr(0, kUuid)) &&
            entry->is_regular_file(error))
            found.push_back(std::move(name));
    }
    if (found.empty()) return found;
    const auto named = texts(db, "SELECT file FROM checkpoint");
    const auto active = texts(db, "SELECT run_id FROM run WHERE state IN ('queued', 'running', 'paused')");
    std::erase_if(found, [&](const std::string& name) {
        return named.contains(name) || active.contains(name.substr(0, kUuid));
    });
    return found;
}

} // namespace

void remove_stray_checkpoints(SQLite::Database& db, const std::filesystem::path& store) {
    const auto folder = checkpoint_folder(store);
    try {
        if (strays(db, folder).empty()) return;
        // A merge puts files there before their rows are committed, but with the store locked; a trainer
        // writes only for a run that is active.
        const SQLite::Transaction locked(db, SQLite::TransactionBehavior::IMMEDIATE);
        for (const std::string& name : strays(db, folder)) {
            std::error_code ignored;
            std::filesystem::remove(folder / name, ignored);
        }
    } catch (const SQLite::Exception&) {
        // They cost room, nothing else, and there is a next time.
    }
}

} // namespace descent

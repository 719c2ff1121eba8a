#pragma once

#include "core/store/connection.h"
#include "core/store/reader.h"
#include "core/store/series_reader.h"

namespace descent {

/// The connection that all members of StoreReader share.
struct StoreReader::Impl {
    explicit Impl(const std::filesystem::path& store)
        : path(store)
        , db(sql::open_connection(store, sql::Access::read)) {}

    /// All queries inside see the same state of the store.
    template<class F>
    auto at_one_moment(F&& body) {
        return sql::translated(path, [&] {
            SQLite::Transaction snapshot(db); // nothing was written: rolled back at the end
            return body();
        });
    }

    const std::filesystem::path path;
    SQLite::Database db;
    SQLite::Statement data_version{db, "PRAGMA data_version"};
    SeriesReader series{db};
};

} // namespace descent

#pragma once

#include "core/store/store.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

/// What the store's files share. Private to core/store: the only place that knows SQL.
namespace descent::sql {

enum class Access {
    read,  ///< nothing can be changed through it
    write, ///< WAL (the answer is checked), foreign keys on
};

/// How long SQLite waits for another process to end its transaction before it says "busy".
inline constexpr std::chrono::milliseconds kBusyTimeout{10'000};

/// A prepared store; to read, also an archive of an older version. Throws InputError where it is none or of
/// another version, std::runtime_error where it
/// cannot be used. The connection has no mutex: one thread at a time.
SQLite::Database open_connection(const std::filesystem::path& store, Access access,
                                 int version = store_schema_version());

/// A file as SQLite's URI with options ("immutable=1"): whatever the name holds stays part of the name.
std::string uri(const std::filesystem::path& file, std::string_view options);

/// One sentence for a person: "store 'x': no room left on the disk".
std::string describe(const SQLite::Exception& error, const std::filesystem::path& store);

/// Throws `error` as describe's sentence: InputError where another store would do, else std::runtime_error.
[[noreturn]] void rethrow(const SQLite::Exception& error, const std::filesystem::path& store);

/// Runs `body`; nothing of SQLite's comes out of it.
template<class F>
auto translated(const std::filesystem::path& store, F&& body) {
    try {
        return body();
    } catch (const SQLite::Exception& e) {
        rethrow(e, store);
    }
}

/// The place of `store` was taken by another file, or by none, since the connection was opened: what is
/// written now would be lost.
bool has_moved(SQLite::Database& db);

/// Text without its case, as filters compare it; also the SQL function fold(text) of every connection.
std::string fold(std::string_view text);

/// The column, or `otherwise` where the table is of an earlier version and has none.
std::string column_or(SQLite::Database& db, const std::string& table, const std::string& column,
                      const std::string& otherwise = "NULL");

std::string text_at(SQLite::Statement& row, int column);
/// NULL is NaN.
double number_at(SQLite::Statement& row, int column);

} // namespace descent::sql

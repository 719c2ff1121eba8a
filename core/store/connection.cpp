#include "core/store/connection.h"

#include "core/store/migrations.h"

#include <cctype>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <thread>

#include <sqlite3.h>
#include <utf8proc.h>

namespace descent::sql {
namespace {

// Nobody asks how much memory SQLite has, and counting it takes a lock of the whole process at each
// allocation. Before the first connection; later it is refused, which changes nothing.
[[maybe_unused]] const int kMemoryIsNotCounted = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);

void fold_function(sqlite3_context* context, int, sqlite3_value** arguments) {
    if (sqlite3_value_type(arguments[0]) == SQLITE_NULL) return;
    const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(arguments[0]));
    if (!text) return sqlite3_result_error_nomem(context);
    const std::string folded = fold({text, static_cast<std::size_t>(sqlite3_value_bytes(arguments[0]))});
    sqlite3_result_text(context, folded.data(), static_cast<int>(folded.size()), SQLITE_TRANSIENT);
}

// SQLite does not wait when the journal's mode changes: processes that make a store at the same moment meet
// here.
std::string ask_for_wal(SQLite::Database& db) {
    for (int attempt = 0;; ++attempt) {
        try {
            return db.execAndGet("PRAGMA journal_mode = WAL").getString();
        } catch (const SQLite::Exception& e) {
            if ((e.getErrorCode() & 0xff) != SQLITE_BUSY || attempt == 100) throw;
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
    }
}

constexpr int kTimeout = static_cast<int>(kBusyTimeout.count());

// An archive, or a colleague's file: SQLite could not keep a log beside it. Where there is one, someone is
// writing.
bool is_frozen(const std::filesystem::path& store) {
    std::error_code ignored;
    return !std::filesystem::exists(store.string() + "-wal", ignored) &&
           !(is_writable(store) && is_writable(std::filesystem::absolute(store).parent_path()));
}

SQLite::Database open_frozen(const std::filesystem::path& store) {
    return {uri(store, "immutable=1"), SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX | SQLite::OPEN_URI,
            kTimeout};
}

// A reader, too, opens for writing where it may: the last to close then folds the log into the one file that
// people copy. query_only keeps it from changing anything.
SQLite::Database open_live(const std::filesystem::path& store) {
    return {store.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX, kTimeout};
}

} // namespace

SQLite::Database open_connection(const std::filesystem::path& store, Access access, int version) {
    if (inspect_store(store, version).kind != StoreFile::Kind::store)
        throw InputError("there is no store '" + store.string() + "'");
    if (access == Access::write && !is_writable(store))
        throw InputError("store '" + store.string() + "': it is read-only");
    return translated(store, [&] {
        const bool archive = access == Access::read && is_frozen(store);
        SQLite::Database db = archive ? open_frozen(store) : open_live(store);
        sqlite3_db_config(db.getHandle(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
        sqlite3_extended_result_codes(db.getHandle(), 1);
        db.createFunction("fold", 1, true, nullptr, fold_function);
        // An archive stays as it is; what it has no table for, its readers take for empty.
        if (const int found = db.execAndGet("PRAGMA user_version").getInt();
            found != version && !(archive && found < version))
            throw InputError("store '" + store.string() + "': it is of version " + std::to_string(found) +
                             " of the format, not " + std::to_string(version));
        if (access == Access::read) {
            db.exec("PRAGMA query_only = ON; PRAGMA cache_size = -32768");
            return db;
        }
        if (const std::string mode = ask_for_wal(db); mode != "wal")
            throw std::runtime_error(
                "store '" + store.string() + "': its file system cannot keep a write-ahead log" +
                " (SQLite stays in mode '" + mode + "'); keep the store on a local disk");
        // FULL: what is committed outlives a power cut. With NORMAL the log is synced only when it is folded
        // in, and minutes of samples, a run's very row, or the row of a checkpoint whose forerunner's file
        // has gone already would be lost. It costs a sync a commit, ten times a second at most, beside the
        // training.
        db.exec("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -16384;"
                "PRAGMA journal_size_limit = 67108864");
        return db;
    });
}

std::string uri(const std::filesystem::path& file, std::string_view options) {
    static constexpr char kHex[] = "0123456789abcdef";
    std::string text = "file:";
    for (const char c : std::filesystem::absolute(file).string()) {
        if (std::isalnum(static_cast<unsigned char>(c)) || std::strchr("/._-~", c)) {
            text += c;
        } else {
            text += '%';
            text += kHex[static_cast<unsigned char>(c) >> 4];
            text += kHex[static_cast<unsigned char>(c) & 15];
        }
    }
    return text + "?" + std::string(options);
}

std::string describe(const SQLite::Exception& error, const std::filesystem::path& store) {
    const std::string where = "store '" + store.string() + "': ";
    switch (error.getErrorCode() & 0xff) {
    case SQLITE_FULL:
        return where + "no room left on the disk";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return where + "another program has kept it locked for too long";
    case SQLITE_READONLY:
        return where + "it is read-only";
    case SQLITE_NOTADB:
        return where + "it is not an SQLite file";
    case SQLITE_CORRUPT:
        return where + "it is damaged (" + error.what() +
               "); descent recover copies what can still be read to a new store";
    case SQLITE_CANTOPEN:
        return where + "it cannot be opened (" + error.what() + ")";
    case SQLITE_IOERR:
        return where + "the disk refused to read or write (" + error.what() + ")";
    default:
        return where + error.what();
    }
}

void rethrow(const SQLite::Exception& error, const std::filesystem::path& store) {
    switch (error.getErrorCode() & 0xff) {
    case SQLITE_READONLY:
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
    case SQLITE_CANTOPEN:
        throw InputError(describe(error, store));
    default:
        throw std::runtime_error(describe(error, store));
    }
}

bool has_moved(SQLite::Database& db) {
    int moved = 0;
    sqlite3_file_control(db.getHandle(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    return moved != 0;
}

std::string fold(std::string_view text) {
    std::string folded(text);
    bool ascii = true;
    for (char& c : folded) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        ascii = ascii && static_cast<unsigned char>(c) < 0x80;
    }
    if (ascii) return folded;
    utf8proc_uint8_t* mapped = nullptr;
    const utf8proc_ssize_t size = utf8proc_map(
        reinterpret_cast<const utf8proc_uint8_t*>(text.data()), static_cast<utf8proc_ssize_t>(text.size()),
        &mapped, static_cast<utf8proc_option_t>(UTF8PROC_CASEFOLD | UTF8PROC_COMPOSE | UTF8PROC_STABLE));
    if (size >= 0) folded.assign(reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(size));
    std::free(mapped); // NOLINT: utf8proc allocates with malloc
    return folded;     // text that is no UTF-8 keeps its bytes
}

std::string column_or(SQLite::Database& db, const std::string& table, const std::string& column,
                      const std::string& otherwise) {
    SQLite::Statement found(db, "SELECT 1 FROM pragma_table_info(?) WHERE name = ?");
    found.bind(1, table);
    found.bind(2, column);
    return found.executeStep() ? column : otherwise;
}

std::string text_at(SQLite::Statement& row, int column) {
    return row.getColumn(column).getString();
}

double number_at(SQLite::Statement& row, int column) {
    const SQLite::Column value = row.getColumn(column);
    return value.isNull() ? std::numeric_limits<double>::quiet_NaN() : value.getDouble();
}

} // namespace descent::sql

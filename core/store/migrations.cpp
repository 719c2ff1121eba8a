#include "core/store/migrations.h"

#include "core/store/connection.h"
#include "core/store/file_replacement.h"
#include "core/store/process.h"
#include "core/store/pyramid_rows.h"
#include "core/store/store.h"
#include "core/store/sweeps_rows.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

namespace descent {
namespace {

namespace fs = std::filesystem;

struct Step {
    int version = 0;
    std::string_view sql;
};

std::vector<Step> steps(std::span<const embedded::File> schema) {
    constexpr std::string_view kPrefix = "schema-";
    std::vector<Step> found;
    for (const embedded::File& file : schema) {
        Step step{0, file.content};
        if (!file.name.starts_with(kPrefix)) continue;
        const char* digits = file.name.data() + kPrefix.size();
        std::from_chars(digits, file.name.data() + file.name.size(), step.version);
        if (step.version > 0) found.push_back(step);
    }
    std::ranges::sort(found, {}, &Step::version); // 10 after 9, whatever the order of the names
    return found;
}

int newest(std::span<const embedded::File> schema) {
    const auto known = steps(schema);
    return known.empty() ? 0 : known.back().version;
}

[[noreturn]] void refuse(const fs::path& store, const std::string& why) {
    throw InputError("store '" + store.string() + "': " + why);
}

[[noreturn]] void refuse_newer(const fs::path& store, int version, int known) {
    refuse(store, "written by a newer Descent Studio (version " + std::to_string(version) +
                      " of the format; this one knows " + std::to_string(known) + "): update this program");
}

std::uint32_t big_endian(const char* bytes) {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
}

// https://www.sqlite.org/fileformat.html#the_database_header
using Header = std::array<char, 100>;
constexpr std::string_view kMagic{"SQLite format 3", 16}; // with its zero

bool is_sqlite(const Header& header, std::int64_t read) {
    return read == static_cast<std::int64_t>(header.size()) &&
           std::string_view(header.data(), header.size()).starts_with(kMagic);
}

std::uint32_t application_in(const Header& header) {
    return big_endian(&header[68]);
}

// Through SQLite, and yet neither locked nor interpreted: were the file opened here by other means, closing
// it would take away, as POSIX has it, every lock that this process's connections hold on it. Returns how
// much of it there is.
std::int64_t read_header(const fs::path& store, Header& header) {
    return sql::translated(store, [&] {
        const SQLite::Database db(store.string(), SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX);
        sqlite3_file* file = nullptr;
        sqlite3_int64 size = 0;
        if (sqlite3_file_control(db.getHandle(), "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK ||
            file->pMethods->xFileSize(file, &size) != SQLITE_OK)
            refuse(store, "cannot be read");
        size = std::min<std::int64_t>(size, header.size());
        if (size > 0 && file->pMethods->xRead(file, header.data(), static_cast<int>(size), 0) != SQLITE_OK)
            refuse(store, "cannot be read");
        return size;
    });
}

/// How much of its header there is; 0 where it is no file or cannot be read.
std::int64_t try_header(const fs::path& file, Header& header) {
    std::error_code error;
    if (!fs::is_regular_file(file, error)) return 0;
    return guarded([&] { return read_header(file, header); }).value_or(0);
}

// An SQLite file without an application's number: nothing was put in it yet, or it is another program's.
bool holds_nothing(const fs::path& store) {
    for (const char* beside : {"-wal", "-journal"})
        if (std::error_code ignored; fs::exists(store.string() + beside, ignored)) return false;
    return sql::translated(store, [&] {
        SQLite::Database db(sql::uri(store, "immutable=1"), SQLite::OPEN_READONLY | SQLite::OPEN_URI);
        return db.execAndGet("SELECT count(*) FROM sqlite_master").getInt() == 0;
    });
}

// The places a new store needs, taken back where preparing it fails.
class NewPlaces {
public:
    explicit NewPlaces(const fs::path& store) : store_(store) {}
    NewPlaces(const NewPlaces&) = delete;
    NewPlaces& operator=(const NewPlaces&) = delete;
    ~NewPlaces() {
        if (kept_) return;
        std::error_code ignored;
        // Another process may have filled it meanwhile; then it is not ours to take away.
        if (created_ && fs::file_size(store_, ignored) == 0) fs::remove(store_, ignored);
        for (const fs::path& folder : folders_) ::rmdir(folder.c_str()); // only where empty
    }

    void make() {
        const fs::path folder = fs::absolute(store_).parent_path();
        std::error_code error;
        for (fs::path missing = folder; !fs::exists(missing, error) && missing.has_relative_path();
             missing = missing.parent_path())
            folders_.push_back(missing);
        if (fs::create_directories(folder, error); error)
            refuse(store_, "cannot make the folder '" + folder.string() + "': " + error.message());
        if (!is_writable(folder)) refuse(store_, "the folder '" + folder.string() + "' is read-only");
        const int file = ::open(store_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
        if (file < 0 && errno != EEXIST)
            refuse(store_, std::string("cannot be created: ") + std::strerror(errno));
        created_ = file >= 0;
        if (created_) ::close(file);
    }
    /// So that not even a power cut takes them away. Throws std::runtime_error.
    void keep() {
        sync_folder(fs::absolute(store_).parent_path());
        for (const fs::path& folder : folders_) sync_folder(folder.parent_path());
        kept_ = true;
    }

private:
    fs::path store_;
    std::vector<fs::path> folders_; // innermost first
    bool created_ = false;
    bool kept_ = false;
};

int version_of(SQLite::Database& db) {
    return db.execAndGet("PRAGMA user_version").getInt();
}

void migrate(SQLite::Database& db, const fs::path& store, std::span<const embedded::File> schema) {
    const int known = newest(schema);
    if (const int version = version_of(db); version > known) refuse_newer(store, version, known);
    if (version_of(db) == known) return;
    // Outside the transaction, where alone it has an effect: a step may have to build a table anew.
    db.exec("PRAGMA foreign_keys = OFF");
    SQLite::Transaction tx(db, SQLite::TransactionBehavior::IMMEDIATE);
    const int version = version_of(db); // another process may have migrated it while this one waited
    for (const Step& step : steps(schema))
        if (step.version > version) db.exec(std::string(step.sql));
    if (db.tableExists("pyramid")) rebuild_pyramids(db);
    if (SQLite::Statement broken(db, "PRAGMA foreign_key_check"); broken.executeStep())
        throw std::runtime_error("store '" + store.string() + "': rows of table '" + sql::text_at(broken, 0) +
                                 "' refer to rows that are not there");
    db.exec("PRAGMA application_id = " + std::to_string(kStoreApplicationId));
    db.exec("PRAGMA user_version = " + std::to_string(known));
    tx.commit();
}

void mark_stale_runs(SQLite::Database& db) {
    std::vector<std::int64_t> stale;
    SQLite::Statement active(db, "SELECT run_no, process_id, process_started, process_host FROM run"
                                 " WHERE state IN ('queued', 'running', 'paused')");
    while (active.executeStep()) {
        const ProcessMark process{active.getColumn(1).getInt64(), active.getColumn(2).getInt64(),
                                  sql::text_at(active, 3)};
        if (process.is_gone()) stale.push_back(active.getColumn(0).getInt64());
    }
    active.reset();
    if (stale.empty()) return;
    SQLite::Transaction tx(db, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement mark(db, "UPDATE run SET state = 'interrupted', reason = ?2,"
                               " ended_ms = max(updated_ms, ifnull(started_ms, created_ms)), process_id = 0"
                               " WHERE run_no = ?1 AND state IN ('queued', 'running', 'paused')");
    mark.bind(2, kProcessGone);
    for (const std::int64_t run_no : stale) {
        mark.bind(1, run_no);
        mark.exec();
        mark.reset();
    }
    tx.commit();
}

} // namespace

bool is_writable(const fs::path& path) {
    struct stat status {};
    return stat(path.c_str(), &status) == 0 && (status.st_mode & 0222) != 0 &&
           access(path.c_str(), W_OK) == 0;
}

int store_schema_version() {
    return newest(embedded::schema());
}

void create_schema(SQLite::Database& db) {
    for (const Step& step : steps(embedded::schema())) db.exec(std::string(step.sql));
}

bool is_sqlite_file(const fs::path& file) {
    Header header{};
    return try_header(file, header) > 0 &&
           std::string_view(header.data(), header.size()).starts_with(kMagic.substr(0, 15));
}

bool is_store_file(const fs::path& file) {
    Header header{};
    return is_sqlite(header, try_header(file, header)) &&
           application_in(header) == static_cast<std::uint32_t>(kStoreApplicationId);
}

StoreFile inspect_store(const fs::path& store, int known_version) {
    std::error_code error;
    const fs::file_status status = fs::status(store, error);
    if (status.type() == fs::file_type::not_found) return {};
    if (status.type() == fs::file_type::none) refuse(store, error.message());
    if (status.type() == fs::file_type::directory) refuse(store, "this is a folder; a store is a file");
    if (status.type() != fs::file_type::regular) refuse(store, "this is not a file");

    Header header{};
    const std::int64_t read = read_header(store, header);
    if (read == 0) return {StoreFile::Kind::empty, 0};
    if (!is_sqlite(header, read)) refuse(store, "this is not a store but some other file");
    const int version = static_cast<int>(big_endian(&header[60]));
    const std::uint32_t application = application_in(header);
    if (application == 0 && holds_nothing(store)) return {StoreFile::Kind::empty, 0};
    if (application != static_cast<std::uint32_t>(kStoreApplicationId))
        refuse(store, "this is the SQLite file of another program, not a store of Descent Studio");
    if (version > known_version) refuse_newer(store, version, known_version);
    return {StoreFile::Kind::store, version};
}

Result<void> prepare_store(const fs::path& store, std::span<const embedded::File> schema) {
    return guarded([&] {
        std::optional<NewPlaces> places;
        if (inspect_store(store, newest(schema)).kind == StoreFile::Kind::absent)
            places.emplace(store).make();
        if (!is_writable(store)) refuse(store, "it is read-only");
        if (const fs::path folder = fs::absolute(store).parent_path(); !is_writable(folder))
            refuse(store,
                   "the folder '" + folder.string() + "' is read-only, and a store keeps its log beside it");
        sql::translated(store, [&] {
            {
                SQLite::Database db(store.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX,
                                    static_cast<int>(sql::kBusyTimeout.count()));
                // Until it is known to be ours and not newer, not even the log is folded in.
                sqlite3_db_config(db.getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
                migrate(db, store, schema);
            }
            SQLite::Database db = sql::open_connection(store, sql::Access::write, newest(schema));
            mark_stale_runs(db);
            release_stale_sweeps(db);
        });
        if (places) places->keep();
    });
}

Result<void> prepare_store(const fs::path& store) {
    return prepare_store(store, embedded::schema());
}

} // namespace descent

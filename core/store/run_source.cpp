#include "core/store/batch_writer.h"
#include "core/store/changes.h"
#include "core/store/file_name.h"
#include "core/store/file_replacement.h"
#include "core/store/merge_runs.h"
#include "core/store/migrations.h"
#include "core/store/store.h"
#include "core/store/sweeps_rows.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>

namespace descent {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPiece = 1 << 20;

constexpr const char* kBundleTable = "CREATE TABLE bundled_file (\n"
                                     "    -- Only in a bundle: the files that table checkpoint names, which "
                                     "lie beside a store. A file is the\n"
                                     "    -- data of its parts, in order.\n"
                                     "    file TEXT NOT NULL,\n"
                                     "    part INTEGER NOT NULL,                    -- from 0\n"
                                     "    data BLOB NOT NULL,\n"
                                     "    PRIMARY KEY (file, part)\n"
                                     ")";

std::span<const std::byte> bytes_of(const void* data, std::size_t size) {
    return {static_cast<const std::byte*>(data), size};
}

/// Table bundled_file.
class BundledFiles : public FilePlace {
public:
    explicit BundledFiles(SQLite::Database& db)
        : insert_(db, "INSERT INTO bundled_file (file, part, data) VALUES (?, ?, ?)") {}

    std::optional<std::string> take(RunSource::Impl& from, const std::string& file) override {
        std::int64_t part = 0;
        const bool there = from.read_file(file, [&](std::span<const std::byte> piece) {
            insert_.bind(1, file);
            insert_.bind(2, part++);
            insert_.bind(3, piece.data(), static_cast<int>(piece.size()));
            insert_.exec();
            insert_.reset();
        });
        return there ? std::optional(file) : std::nullopt;
    }

private:
    SQLite::Statement insert_;
};

/// `file` holds what `from` has under `name`.
bool is_same(RunSource::Impl& from, const std::string& name, const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::vector<char> here(kPiece);
    bool same = in.good();
    const bool there = from.read_file(name, [&](std::span<const std::byte> piece) {
        if (here.size() < piece.size()) here.resize(piece.size());
        same = same && in.read(here.data(), static_cast<std::streamsize>(piece.size())) &&
               std::memcmp(here.data(), piece.data(), piece.size()) == 0;
    });
    return there && same && in.peek() == std::ifstream::traits_type::eof();
}

} // namespace

bool RunSource::Impl::read_file(const std::string& file,
                                const std::function<void(std::span<const std::byte>)>& take) {
    if (!is_plain_name(file) || path.empty()) return false;
    if (bundle) {
        SQLite::Statement part(db, "SELECT data FROM bundled_file WHERE file = ? ORDER BY part");
        part.bind(1, file);
        bool any = false;
        while (part.executeStep()) {
            const SQLite::Column data = part.getColumn(0);
            take(bytes_of(data.getBlob(), static_cast<std::size_t>(data.getBytes())));
            any = true;
        }
        return any;
    }
    // No link, which may lead anywhere, and nothing that never ends.
    std::error_code error;
    if (fs::symlink_status(checkpoint_folder(path) / file, error).type() != fs::file_type::regular)
        return false;
    std::ifstream in(checkpoint_folder(path) / file, std::ios::binary);
    if (!in) return false;
    std::vector<char> piece(kPiece);
    bool any = false;
    while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())) || in.gcount() > 0) {
        take(bytes_of(piece.data(), static_cast<std::size_t>(in.gcount())));
        any = true;
    }
    if (in.bad()) throw std::runtime_error("cannot read '" + (checkpoint_folder(path) / file).string() + "'");
    return any;
}

CheckpointFolder::CheckpointFolder(const fs::path& store) : folder_(checkpoint_folder(store)) {}

CheckpointFolder::~CheckpointFolder() {
    std::error_code ignored;
    for (const fs::path& file : added_) fs::remove(file, ignored);
}

std::optional<std::string> CheckpointFolder::take(RunSource::Impl& from, const std::string& file) {
    if (!is_plain_name(file)) return std::nullopt;
    const fs::path wanted = file;
    std::string name = file;
    std::error_code error;
    for (int number = 2; fs::exists(folder_ / name, error); ++number) {
        if (is_same(from, file, folder_ / name)) return name;
        name = wanted.stem().string() + "-" + std::to_string(number) + wanted.extension().string();
    }
    std::optional<FileReplacement> out;
    const bool there = from.read_file(file, [&](std::span<const std::byte> piece) {
        if (!out) {
            make_folder(folder_);
            out.emplace(folder_ / name);
        }
        out->write(piece);
    });
    if (!there) return std::nullopt;
    out->commit();
    added_.push_back(folder_ / name);
    return name;
}

RunSource::RunSource(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RunSource::~RunSource() = default;

Result<std::unique_ptr<RunSource>> RunSource::open(const fs::path& store) {
    return guarded([&] {
        const int version = inspect_store(store, store_schema_version()).version;
        return sql::translated(store, [&] {
            auto impl =
                std::make_unique<Impl>(Impl{sql::open_connection(store, sql::Access::read, version), store});
            impl->bundle = impl->has("bundled_file");
            // A bundle has travelled. What a store holds is checked page by page as it is read.
            if (impl->bundle)
                if (std::string found = impl->db.execAndGet("PRAGMA quick_check(1)").getString();
                    found != "ok") {
                    std::ranges::replace(found, '\n', ' '); // "*** in database main ***\nPage 7: …"
                    throw InputError("bundle '" + store.string() + "': it is damaged (" + found + ")");
                }
            impl->db.exec("BEGIN; SELECT count(*) FROM sqlite_master"); // from now on this moment is read
            return std::unique_ptr<RunSource>(new RunSource(std::move(impl)));
        });
    });
}

std::unique_ptr<RunSource> RunSource::in_memory() {
    auto impl = std::make_unique<Impl>(Impl{
        SQLite::Database(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_NOMUTEX),
        {}});
    create_schema(impl->db);
    return std::unique_ptr<RunSource>(new RunSource(std::move(impl)));
}

void RunSource::add(const RunRecord& run, const MetricBatch& content) {
    SQLite::Transaction tx(impl_->db);
    create_run(impl_->db, run);
    BatchWriter batches(impl_->db);
    batches.add(content);
    batches.finish();
    // Reading it was no progress: a stored run that was written since is the newer one.
    impl_->db.exec("UPDATE run SET updated_ms = coalesce(ended_ms, started_ms, created_ms)");
    tx.commit();
}

std::vector<RunId> RunSource::runs() const {
    return sql::translated(impl_->path, [&] {
        std::vector<RunId> runs;
        SQLite::Statement row(impl_->db, "SELECT run_id FROM run ORDER BY created_ms, run_no");
        while (row.executeStep()) runs.push_back({sql::text_at(row, 0)});
        return runs;
    });
}

Result<std::int64_t> write_bundle(const fs::path& store, const std::vector<RunId>& runs, const fs::path& file,
                                  const std::function<bool(double fraction)>& progress) {
    return guarded([&] {
        FileReplacement out(file);
        const auto from = unwrap(RunSource::open(store));
        unwrap(prepare_store(out.temporary()));
        sql::translated(out.temporary(), [&] {
            SQLite::Database db = sql::open_connection(out.temporary(), sql::Access::write);
            SQLite::Transaction tx(db);
            db.exec(kBundleTable);
            BundledFiles files(db);
            for (std::size_t i = 0; i < runs.size(); ++i)
                merge_run(db, from->impl(), runs[i], files, [&](double fraction) {
                    return !progress ||
                           progress((static_cast<double>(i) + fraction) / static_cast<double>(runs.size()));
                });
            merge_sweeps(db, from->impl(), true);
            tx.commit();
            // One file, without a log beside it, also for a reader that may not write there.
            db.execAndGet("PRAGMA journal_mode = DELETE");
        });
        out.commit();
        if (progress) progress(1);
        return static_cast<std::int64_t>(runs.size());
    });
}

} // namespace descent

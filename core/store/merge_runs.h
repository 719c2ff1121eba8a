#pragma once

#include "core/store/connection.h"
#include "core/store/merge.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace descent {

/// See RunSource.
struct RunSource::Impl {
    SQLite::Database db;
    std::filesystem::path path; ///< "" in memory
    bool bundle = false;        ///< its checkpoints are in table bundled_file

    bool has(const char* table) { return db.tableExists(table); }
    /// Hands over a checkpoint's content piece by piece. False: it is not there, and nothing was handed over.
    bool read_file(const std::string& file, const std::function<void(std::span<const std::byte>)>& take);
};

/// Where a store, or a bundle, keeps checkpoint files.
class FilePlace {
public:
    virtual ~FilePlace() = default;
    /// Takes over a file and returns its name here; none where it is not there (any more).
    virtual std::optional<std::string> take(RunSource::Impl& from, const std::string& file) = 0;
};

/// The folder beside a store. What was put there is taken away again unless keep() is called.
class CheckpointFolder : public FilePlace {
public:
    explicit CheckpointFolder(const std::filesystem::path& store);
    ~CheckpointFolder() override;
    std::optional<std::string> take(RunSource::Impl& from, const std::string& file) override;
    void keep() { added_.clear(); }

private:
    std::filesystem::path folder_;
    std::vector<std::filesystem::path> added_;
};

/// See StoreWriter::merge; inside a transaction on `db`. Throws InputError where `progress` says no.
MergedRun merge_run(SQLite::Database& db, RunSource::Impl& from, const RunId& run, FilePlace& files,
                    const std::function<bool(double fraction)>& progress);

} // namespace descent

#pragma once

#include <filesystem>
#include <stop_token>
#include <string>

namespace descent {

/// A folder of sounds under another name beside its place until it is whole. Thread: one at a time.
class FolderInMaking {
public:
    /// Throws InputError: `folder` is not empty, not a folder, or cannot be written.
    explicit FolderInMaking(const std::filesystem::path& folder);
    ~FolderInMaking(); ///< removes what was not committed
    FolderInMaking(const FolderInMaking&) = delete;
    FolderInMaking& operator=(const FolderInMaking&) = delete;

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path subfolder(const std::string& name) const; ///< made where it is not there
    void write_text(const std::string& name, const std::string& text) const;
    /// Stamps it with what it holds and puts it in its place.
    void commit();

private:
    [[noreturn]] void refuse(const std::error_code& error) const;

    std::filesystem::path final_, path_;
};

/// Whether `folder` was committed and no sound of it has gone, come or been cut since.
bool is_whole(const std::filesystem::path& folder);

/// Removes what makers of `folder` that were killed have left beside it. None may be at work.
void remove_unfinished(const std::filesystem::path& folder);

/// A lock file, held by one process (and one thread in it) at a time; the file stays.
class FileLock {
public:
    /// Waits. Throws InputError: cannot be written; "interrupted" once `stop` is asked for.
    FileLock(const std::filesystem::path& file, const std::stop_token& stop);
    ~FileLock();
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;

private:
    int descriptor_;
};

} // namespace descent

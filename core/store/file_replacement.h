#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

namespace descent {

/// Makes what a folder holds, files with their names, outlive a power cut. Throws std::runtime_error.
void sync_folder(const std::filesystem::path& folder);
/// Makes a folder where it is missing, with those above it, so that it outlives a power cut. Throws
/// std::runtime_error with the reason.
void make_folder(const std::filesystem::path& folder);

/// The new content of a file, written under a temporary name beside it: commit() puts it in place, synced;
/// without one it is removed and the file stays as it was. Thread: one at a time.
class FileReplacement {
public:
    /// Throws InputError where there is no writing, or where a store of runs would be replaced.
    explicit FileReplacement(const std::filesystem::path& file);
    ~FileReplacement();
    FileReplacement(const FileReplacement&) = delete;
    FileReplacement& operator=(const FileReplacement&) = delete;

    /// Where the new content lies until then, for a library that insists on writing a file by its name.
    const std::filesystem::path& temporary() const { return temporary_; }
    /// Throws std::runtime_error with the reason (no room, …), as does commit().
    void write(std::span<const std::byte> bytes);
    void commit();

private:
    [[noreturn]] void refuse(int error) const;

    std::filesystem::path file_, temporary_;
    int descriptor_ = -1;
};

/// Replaces a file whole or not at all (temporary name, sync, rename). Throws std::runtime_error with the
/// reason.
void write_file_atomically(const std::filesystem::path& file, const std::string& content);

} // namespace descent

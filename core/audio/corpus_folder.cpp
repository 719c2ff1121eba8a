#include "core/audio/corpus_folder.h"

#include "core/base/result.h"
#include "core/base/units.h"

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <optional>
#include <sys/file.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace descent {

namespace {

namespace fs = std::filesystem;

constexpr const char* kStamp = ".complete";

/// How the names begin under which a folder is made.
std::string unfinished(const fs::path& folder) {
    return "." + folder.filename().string() + ".making-";
}

/// "<sounds> <bytes in all>".
std::optional<std::string> inventory(const fs::path& folder) {
    std::uintmax_t files = 0, bytes = 0;
    std::error_code error;
    for (auto entry = fs::recursive_directory_iterator(folder, error);
         !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
        if (entry->path().extension() != ".wav") continue;
        ++files;
        bytes += entry->file_size(error);
        if (error) break;
    }
    if (error) return std::nullopt;
    return std::to_string(files) + " " + std::to_string(bytes);
}

} // namespace

FolderInMaking::FolderInMaking(const fs::path& folder) {
    std::error_code error;
    final_ = fs::weakly_canonical(fs::absolute(folder), error);
    if (error) final_ = fs::absolute(folder).lexically_normal();
    if (!final_.has_filename()) final_ = final_.parent_path();
    if (fs::exists(final_, error)) {
        if (!fs::is_directory(final_, error)) throw InputError(final_.string() + ": not a folder");
        const bool empty = fs::is_empty(final_, error);
        if (error) refuse(error);
        if (!empty) throw InputError(final_.string() + ": not empty; expected a new or an empty folder");
    }
    fs::create_directories(final_.parent_path(), error);
    if (error) refuse(error);
    path_ = final_.parent_path() / (unfinished(final_) + RunId::random().uuid.substr(0, 8));
    fs::create_directory(path_, error);
    if (error) refuse(error);
}

FolderInMaking::~FolderInMaking() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
}

fs::path FolderInMaking::subfolder(const std::string& name) const {
    std::error_code error;
    fs::create_directories(path_ / name, error);
    if (error) refuse(error);
    return path_ / name;
}

void FolderInMaking::write_text(const std::string& name, const std::string& text) const {
    std::ofstream out(path_ / name, std::ios::binary);
    out << text;
    out.close();
    if (!out) throw InputError(final_.string() + ": " + name + " cannot be written");
}

void FolderInMaking::commit() {
    const auto holds = inventory(path_);
    if (!holds) throw InputError(final_.string() + ": cannot be read");
    write_text(kStamp, *holds + "\n");
    std::error_code error;
    fs::rename(path_, final_, error); // over an empty folder, too
    if (error) refuse(error);
    path_.clear();
}

void FolderInMaking::refuse(const std::error_code& error) const {
    throw InputError(final_.string() + ": cannot be written: " + error.message());
}

bool is_whole(const fs::path& folder) {
    std::ifstream in(folder / kStamp);
    std::string stamp;
    return std::getline(in, stamp) && stamp == inventory(folder);
}

void remove_unfinished(const fs::path& folder) {
    std::vector<fs::path> found;
    std::error_code error;
    for (auto entry = fs::directory_iterator(folder.parent_path(), error);
         !error && entry != fs::directory_iterator(); entry.increment(error))
        if (entry->path().filename().string().starts_with(unfinished(folder))) found.push_back(entry->path());
    for (const auto& path : found) fs::remove_all(path, error);
}

FileLock::FileLock(const fs::path& file, const std::stop_token& stop)
    : descriptor_(open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)) {
    if (descriptor_ < 0) throw InputError(file.string() + ": cannot be written: " + std::strerror(errno));
    while (flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
        if (stop.stop_requested()) {
            close(descriptor_);
            throw InputError("interrupted");
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
}

FileLock::~FileLock() {
    close(descriptor_);
}

} // namespace descent

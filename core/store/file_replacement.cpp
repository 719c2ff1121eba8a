#include "core/store/file_replacement.h"

#include "core/base/result.h"
#include "core/base/units.h"
#include "core/store/store.h"

#include <cerrno>
#include <cstdio>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace descent {
namespace {

std::string cannot(const std::filesystem::path& file, const std::string& reason) {
    return "cannot write '" + file.string() + "': " + reason;
}

} // namespace

void sync_folder(const std::filesystem::path& folder) {
    const int directory = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int error = directory < 0 ? errno : 0;
    // Some file systems have no such thing as syncing a folder.
    if (error == 0 && ::fsync(directory) != 0 && errno != EINVAL) error = errno;
    if (directory >= 0) ::close(directory);
    if (error != 0)
        throw std::runtime_error("cannot write to the folder '" + folder.string() +
                                 "': " + std::generic_category().message(error));
}

void make_folder(const std::filesystem::path& folder) {
    if (std::filesystem::is_directory(folder)) return;
    const auto above = std::filesystem::absolute(folder).parent_path();
    if (above != folder) make_folder(above);
    if (::mkdir(folder.c_str(), 0777) != 0 && errno != EEXIST)
        throw std::runtime_error("cannot make the folder '" + folder.string() +
                                 "': " + std::generic_category().message(errno));
    sync_folder(above);
}

FileReplacement::FileReplacement(const std::filesystem::path& file)
    : file_(file)
    , temporary_(file.string() + "." + RunId::random().uuid.substr(0, 8) + ".tmp") {
    struct stat old {};
    // A device or a pipe would be replaced by a file of its name.
    if (::stat(file_.c_str(), &old) == 0 && !S_ISREG(old.st_mode))
        throw InputError(cannot(file_, "it is there already and is not a file"));
    if (is_store_file(file_) && file_.extension() != ".descent") // a bundle can be made again
        throw InputError(cannot(file_, "a store of runs would be lost; choose another name"));
    descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor_ < 0) throw InputError(cannot(file_, std::generic_category().message(errno)));
}

FileReplacement::~FileReplacement() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void FileReplacement::write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) refuse(errno);
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
}

void FileReplacement::commit() {
    if (::fsync(descriptor_) != 0) refuse(errno);
    if (::close(std::exchange(descriptor_, -1)) != 0) refuse(errno);
    if (std::rename(temporary_.c_str(), file_.c_str()) != 0) refuse(errno);
    temporary_.clear();
    sync_folder(std::filesystem::absolute(file_).parent_path());
}

void FileReplacement::refuse(int error) const {
    throw std::runtime_error(cannot(file_, std::generic_category().message(error)));
}

void write_file_atomically(const std::filesystem::path& file, const std::string& content) {
    FileReplacement out(file);
    out.write(std::as_bytes(std::span(content)));
    out.commit();
}

} // namespace descent

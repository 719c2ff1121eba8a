#include "core/base/mapped_file.h"

#include "core/base/result.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace descent {

MappedFile::MappedFile(const std::filesystem::path& file, const std::string& expected) {
    const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status {};
    if (descriptor < 0 || fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        if (descriptor >= 0) close(descriptor);
        throw InputError(file.string() + ": no such file, or it cannot be read; expected " + expected);
    }
    size_ = static_cast<std::size_t>(status.st_size);
    if (size_ > 0) {
        bytes_ = mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, descriptor, 0);
        if (bytes_ != MAP_FAILED) madvise(bytes_, size_, MADV_SEQUENTIAL);
    }
    const int error = errno;
    close(descriptor);
    if (bytes_ == MAP_FAILED)
        throw InputError(file.string() + ": cannot be read: " + std::generic_category().message(error));
}

MappedFile::~MappedFile() {
    if (size_ > 0) munmap(bytes_, size_);
}

} // namespace descent

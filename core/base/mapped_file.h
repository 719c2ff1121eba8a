#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace descent {

/// A file's bytes, mapped for reading from front to back. What another process does to the file meanwhile is
/// seen; should it become shorter, what is beyond its end cannot be read. Thread: any.
class MappedFile {
public:
    /// `expected`: what it should hold, for the message ("word vectors"). Throws InputError where it is no
    /// file, or cannot be read.
    MappedFile(const std::filesystem::path& file, const std::string& expected);
    ~MappedFile();
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;

    std::string_view bytes() const { return {static_cast<const char*>(bytes_), size_}; }

private:
    void* bytes_ = nullptr;
    std::size_t size_ = 0;
};

} // namespace descent

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <string_view>

namespace descent {

/// What is said of bytes that are not UTF-8 where a person can have them read otherwise.
inline constexpr std::string_view kEncodingHint = "; set encoding to latin-1 where it is ISO 8859-1";

/// The bytes of a text file, a block at a time, without a byte order mark. Thread: one at a time.
class TextFile {
public:
    /// `blocks` is given every block as it was read (for a hash), the mark included. Throws InputError where
    /// the file cannot be read.
    explicit TextFile(const std::filesystem::path& file, std::function<void(std::string_view)> blocks = {});

    /// The next byte, −1 at the end.
    int get() {
        if (at_ == buffer_.size() && !fill()) return -1;
        return static_cast<unsigned char>(buffer_[at_++]);
    }
    /// What is left of the block in memory.
    std::string_view ahead() const { return std::string_view(buffer_).substr(at_); }
    /// The next line without its end (LF or CR LF); of a longer one the first `most` bytes and one more, then
    /// its rest as a line. False at the end of the file, behind the last line's end, too.
    bool line(std::string& text, std::size_t most);
    double fraction() const; ///< of the file that has been read
    std::uintmax_t size() const { return size_; }

private:
    bool fill();

    std::filesystem::path file_;
    std::ifstream in_;
    std::function<void(std::string_view)> blocks_;
    std::string buffer_;
    std::size_t at_ = 0;
    std::uintmax_t size_ = 0, read_ = 0; ///< read: before the block in memory
};

} // namespace descent

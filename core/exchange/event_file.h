#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

/// The records of TensorBoard's event files (TFRecord): length (uint64), masked CRC-32C of it, bytes, masked
/// CRC-32C of them; little-endian. https://www.tensorflow.org/tutorials/load_data/tfrecord
namespace descent {

/// CRC-32C (Castagnoli, RFC 3720) rotated right by 15 bits, plus a constant: a checksum of data with
/// checksums.
std::uint32_t masked_crc32c(std::string_view bytes);

/// Appends a record with `bytes` to `out`.
void append_record(std::string& out, std::string_view bytes);

/// Reads records one after another. Thread: one at a time.
class RecordReader {
public:
    /// Throws InputError where the file cannot be opened.
    explicit RecordReader(const std::filesystem::path& file);
    /// The next record; none at the end, and where the file ends inside a record, as it does while a program
    /// writes it. Throws InputError with file and byte where a checksum is wrong.
    std::optional<std::string> next();
    /// Where the last record that next() gave began, in bytes.
    std::int64_t place() const { return place_; }
    /// The file ended inside a record, which began at place().
    bool truncated() const { return truncated_; }

    /// Begins as an event file does: a length with the right checksum.
    static bool recognises(const std::filesystem::path& file);

private:
    std::filesystem::path file_;
    std::ifstream in_;
    std::int64_t size_ = 0, place_ = 0, next_ = 0;
    bool truncated_ = false;
};

} // namespace descent

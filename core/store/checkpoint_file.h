#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace descent {

class MappedFile;

/// A safetensors file (8-byte little-endian header length, JSON header, data): readable from Python.
struct TensorFile {
    struct Tensor {
        std::string name;
        std::string dtype; ///< "F32", "F64", "I64", "U8"
        std::vector<std::int64_t> shape;
        std::vector<std::byte> data;
    };
    std::vector<Tensor> tensors;                 ///< written in this order
    std::map<std::string, std::string> metadata; ///< the header's "__metadata__"
};

/// Writes beside `file`, syncs, renames, syncs the folder: the file is replaced whole or not at all.
/// Throws std::runtime_error with the reason. Returns the size in bytes.
std::int64_t write_tensor_file(const std::filesystem::path& file, const TensorFile& content);

/// A file as it was written.
struct WrittenFile {
    std::int64_t bytes = 0;
    std::string sha256; ///< hex
};
/// The same, with the digest of what was written. A large file is hashed while it is written.
WrittenFile write_hashed_tensor_file(const std::filesystem::path& file, const TensorFile& content);
/// Of a file as it lies there, hex. Throws InputError where it cannot be read.
std::string sha256_of_file(const std::filesystem::path& file);

/// Throws InputError on anything that is not a well-formed safetensors file: sizes, offsets and the header
/// are checked against the file before anything is allocated.
TensorFile read_tensor_file(const std::filesystem::path& file);

/// A safetensors file whose data stay on the disk until somebody looks at them: for large ones. Immutable.
/// Thread: any.
class MappedTensors {
public:
    /// Throws InputError as read_tensor_file does.
    explicit MappedTensors(const std::filesystem::path& file);
    ~MappedTensors();

    struct Entry {
        std::string name, dtype; ///< as TensorFile's
        std::vector<std::int64_t> shape;
        std::span<const std::byte> data; ///< valid as long as this object; of any alignment
    };
    const std::vector<Entry>& entries() const { return entries_; } ///< in the order of their data
    const Entry* find(std::string_view name) const;                ///< null for none
    std::string_view bytes() const;                                ///< of the whole file

private:
    std::unique_ptr<const MappedFile> mapped_;
    std::vector<Entry> entries_;
};

} // namespace descent

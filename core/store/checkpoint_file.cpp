#include "core/store/checkpoint_file.h"

#include "core/base/hash.h"
#include "core/base/json_text.h"
#include "core/base/mapped_file.h"
#include "core/base/result.h"
#include "core/store/file_replacement.h"

#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <future>
#include <optional>
#include <span>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace descent {

namespace {

namespace fs = std::filesystem;
static_assert(std::endian::native == std::endian::little, "safetensors files are little-endian");

constexpr std::uint64_t kLargestHeader = 64 << 20;
constexpr std::size_t kPiece = 1 << 20;
constexpr std::size_t kHashedBeside = 4 << 20; // below, a thread would not pay
constexpr const char* kNoLength = "ends within the header's length";

std::string reason(int error) {
    return std::generic_category().message(error);
}

/// An open file; closed on every way out.
class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return fd_; }

private:
    int fd_;
};

std::optional<std::uint64_t> item_size(std::string_view dtype) {
    if (dtype == "F64" || dtype == "I64" || dtype == "U64") return 8;
    if (dtype == "F32" || dtype == "I32" || dtype == "U32") return 4;
    if (dtype == "F16" || dtype == "BF16" || dtype == "I16" || dtype == "U16") return 2;
    if (dtype == "I8" || dtype == "U8" || dtype == "BOOL") return 1;
    return std::nullopt;
}

// None where the dtype is unknown, a dimension negative, or the product beyond 64 bits.
std::optional<std::uint64_t> byte_size(std::string_view dtype, const std::vector<std::int64_t>& shape) {
    std::optional<std::uint64_t> size = item_size(dtype);
    for (const std::int64_t extent : shape) {
        std::uint64_t product = 0;
        if (!size || extent < 0 ||
            __builtin_mul_overflow(*size, static_cast<std::uint64_t>(extent), &product))
            return std::nullopt;
        size = product;
    }
    return size;
}

/// All that comes before the data.
std::string header_of(const TensorFile& content) {
    nlohmann::ordered_json header = nlohmann::ordered_json::object();
    if (!content.metadata.empty()) header["__metadata__"] = content.metadata;
    std::uint64_t offset = 0;
    for (const auto& tensor : content.tensors) {
        if (tensor.name == "__metadata__" || header.contains(tensor.name))
            throw std::runtime_error("two tensors are called '" + tensor.name + "'");
        if (byte_size(tensor.dtype, tensor.shape) != tensor.data.size())
            throw std::runtime_error("tensor '" + tensor.name + "': its data do not fit its type and shape");
        header[tensor.name] = {{"dtype", tensor.dtype},
                               {"shape", tensor.shape},
                               {"data_offsets", {offset, offset + tensor.data.size()}}};
        offset += tensor.data.size();
    }
    std::string text = header.dump();
    text.resize((text.size() + 7) / 8 * 8, ' '); // data begin on a multiple of 8
    const std::uint64_t size = text.size();
    return std::string(reinterpret_cast<const char*>(&size), sizeof size) + text;
}

using Pieces = std::vector<std::span<const std::byte>>;

/// All bytes of the file, in order; `header` and `content` have to stay.
Pieces pieces_of(const TensorFile& content, const std::string& header) {
    Pieces pieces{std::as_bytes(std::span(header))};
    for (const auto& tensor : content.tensors) pieces.push_back(tensor.data);
    return pieces;
}

std::int64_t write_pieces(const fs::path& file, const Pieces& pieces) {
    std::int64_t written = 0;
    FileReplacement out(file);
    for (const auto piece : pieces) {
        out.write(piece);
        written += std::ssize(piece);
    }
    out.commit();
    return written;
}

/// What is where in a file: its header, of which nothing is trusted.
class Directory {
public:
    struct Extent {
        TensorFile::Tensor tensor; ///< without its data
        std::uint64_t begin = 0, end = 0;
    };

    explicit Directory(fs::path file) : file_(std::move(file)) {}

    /// Of a header of so many bytes in a file of so many; throws where that cannot be.
    void check_header_size(std::uint64_t header_size, std::uint64_t file_size) const {
        if (header_size > kLargestHeader) refuse("a header of " + std::to_string(header_size) + " bytes");
        if (header_size > file_size - sizeof header_size) refuse("ends within its header");
    }

    void read(std::string_view text, std::uint64_t data_size) {
        const auto header = foreign_json(text);
        if (!header.is_object()) refuse("its header is not a JSON object");
        for (const auto& [name, entry] : header.items()) {
            if (name == "__metadata__")
                read_metadata(entry);
            else
                extents.push_back(read_extent(name, entry));
        }
        std::ranges::stable_sort(extents, [](const Extent& a, const Extent& b) {
            return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
        });
        std::uint64_t expected = 0;
        for (const Extent& extent : extents) {
            if (extent.begin != expected)
                refuse_tensor(extent.tensor.name, "its data overlap or leave a gap");
            expected = extent.end;
        }
        if (expected != data_size)
            refuse("holds " + std::to_string(data_size) + " bytes of data; expected " +
                   std::to_string(expected));
    }

    [[noreturn]] void refuse(const std::string& what) const {
        throw InputError(file_.string() + ": not a whole safetensors file: " + what);
    }

    std::vector<Extent> extents; ///< in the order of the data, without gaps
    std::map<std::string, std::string> metadata;

private:
    [[noreturn]] void refuse_tensor(const std::string& name, const std::string& what) const {
        refuse("tensor '" + name + "': " + what);
    }

    void read_metadata(const nlohmann::json& entry) {
        if (!entry.is_object()) refuse("its metadata are not a JSON object");
        for (const auto& [name, value] : entry.items()) {
            if (!value.is_string()) refuse("metadata '" + name + "': expected a text");
            metadata[name] = value.get<std::string>();
        }
    }

    static bool whole_numbers(const nlohmann::json& list) {
        return list.is_array() &&
               std::ranges::all_of(list, [](const nlohmann::json& n) { return n.is_number_unsigned(); });
    }

    Extent read_extent(const std::string& name, const nlohmann::json& entry) const {
        if (!entry.is_object() || !entry.contains("dtype") || !entry.contains("shape") ||
            !entry.contains("data_offsets") || !entry["dtype"].is_string() ||
            !whole_numbers(entry["shape"]) || !whole_numbers(entry["data_offsets"]) ||
            entry["data_offsets"].size() != 2)
            refuse_tensor(name, "expected dtype, shape and data_offsets");
        Extent extent;
        extent.tensor.name = name;
        extent.tensor.dtype = entry["dtype"].get<std::string>();
        for (const auto& length : entry["shape"]) {
            if (length.get<std::uint64_t>() > std::uint64_t{INT64_MAX})
                refuse_tensor(name, "its shape is too large");
            extent.tensor.shape.push_back(length.get<std::int64_t>());
        }
        extent.begin = entry["data_offsets"][0].get<std::uint64_t>();
        extent.end = entry["data_offsets"][1].get<std::uint64_t>();
        if (!item_size(extent.tensor.dtype))
            refuse_tensor(name, "unknown type '" + extent.tensor.dtype + "'");
        const auto size = byte_size(extent.tensor.dtype, extent.tensor.shape);
        if (extent.end < extent.begin || !size || *size != extent.end - extent.begin)
            refuse_tensor(name, "its offsets do not fit its type and shape");
        return extent;
    }

    fs::path file_;
};

/// Reads one file, a piece at a time.
class TensorReader {
public:
    explicit TensorReader(const fs::path& file)
        : directory_(file)
        , in_(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
        if (in_.get() < 0) throw InputError(file.string() + ": " + reason(errno));
    }

    TensorFile read() {
        struct stat status {};
        if (::fstat(in_.get(), &status) != 0) directory_.refuse(reason(errno));
        if (!S_ISREG(status.st_mode)) directory_.refuse("not a regular file");
        const auto file_size = static_cast<std::uint64_t>(status.st_size);
        std::uint64_t header_size = 0;
        if (file_size < sizeof header_size) directory_.refuse(kNoLength);
        read_into(std::as_writable_bytes(std::span(&header_size, 1)), 0);
        directory_.check_header_size(header_size, file_size);
        std::string text(header_size, '\0');
        read_into(std::as_writable_bytes(std::span(text)), sizeof header_size);
        const std::uint64_t data_begin = sizeof header_size + header_size;
        directory_.read(text, file_size - data_begin);
        TensorFile content;
        content.metadata = std::move(directory_.metadata);
        for (auto& extent : directory_.extents) {
            extent.tensor.data.resize(extent.end - extent.begin);
            read_into(extent.tensor.data, data_begin + extent.begin);
            content.tensors.push_back(std::move(extent.tensor));
        }
        return content;
    }

private:
    void read_into(std::span<std::byte> bytes, std::uint64_t offset) const {
        while (!bytes.empty()) {
            const ssize_t got = ::pread(in_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) directory_.refuse(reason(errno));
            if (got == 0) directory_.refuse("it became shorter while it was read");
            bytes = bytes.subspan(static_cast<std::size_t>(got));
            offset += static_cast<std::uint64_t>(got);
        }
    }

    Directory directory_;
    Descriptor in_;
};

} // namespace

std::int64_t write_tensor_file(const fs::path& file, const TensorFile& content) {
    const std::string header = header_of(content);
    return write_pieces(file, pieces_of(content, header));
}

WrittenFile write_hashed_tensor_file(const fs::path& file, const TensorFile& content) {
    const std::string header = header_of(content);
    const auto pieces = pieces_of(content, header);
    std::size_t size = 0;
    for (const auto piece : pieces) size += piece.size();
    auto digest = std::async(size > kHashedBeside ? std::launch::async : std::launch::deferred, [&pieces] {
        Sha256 hash;
        for (const auto piece : pieces) hash.add({reinterpret_cast<const char*>(piece.data()), piece.size()});
        return hash.hex();
    });
    WrittenFile written{write_pieces(file, pieces), {}};
    written.sha256 = digest.get();
    return written;
}

std::string sha256_of_file(const fs::path& file) {
    const Descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (in.get() < 0) throw InputError(file.string() + ": " + reason(errno));
    std::vector<char> piece(kPiece);
    Sha256 hash;
    for (;;) {
        const ssize_t got = ::read(in.get(), piece.data(), piece.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw InputError(file.string() + ": " + reason(errno));
        if (got == 0) return hash.hex();
        hash.add({piece.data(), static_cast<std::size_t>(got)});
    }
}

TensorFile read_tensor_file(const fs::path& file) {
    return TensorReader(file).read();
}

MappedTensors::MappedTensors(const fs::path& file)
    : mapped_(std::make_unique<const MappedFile>(file, "a safetensors file")) {
    const auto all = std::as_bytes(std::span(mapped_->bytes()));
    Directory directory(file);
    std::uint64_t header_size = 0;
    if (all.size() < sizeof header_size) directory.refuse(kNoLength);
    std::memcpy(&header_size, all.data(), sizeof header_size);
    directory.check_header_size(header_size, all.size());
    const auto data = all.subspan(sizeof header_size + header_size);
    directory.read(mapped_->bytes().substr(sizeof header_size, header_size), data.size());
    for (auto& extent : directory.extents)
        entries_.push_back({std::move(extent.tensor.name), std::move(extent.tensor.dtype),
                            std::move(extent.tensor.shape),
                            data.subspan(extent.begin, extent.end - extent.begin)});
}

MappedTensors::~MappedTensors() = default;

const MappedTensors::Entry* MappedTensors::find(std::string_view name) const {
    const auto found = std::ranges::find(entries_, name, &Entry::name);
    return found == entries_.end() ? nullptr : &*found;
}

std::string_view MappedTensors::bytes() const {
    return mapped_->bytes();
}

} // namespace descent

#include "core/exchange/event_file.h"

#include "core/base/result.h"

#include <boost/crc.hpp>

#include <array>
#include <bit>
#include <cstring>

namespace descent {
namespace {

static_assert(std::endian::native == std::endian::little, "records are little-endian");

constexpr std::int64_t kHead = 12, kTail = 4;

template<class T>
T number_at(const char* bytes) {
    T value{};
    std::memcpy(&value, bytes, sizeof value);
    return value;
}

template<class T>
void append_number(std::string& out, T value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

} // namespace

std::uint32_t masked_crc32c(std::string_view bytes) {
    boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
    crc.process_bytes(bytes.data(), bytes.size());
    return std::rotr(static_cast<std::uint32_t>(crc.checksum()), 15) + 0xa282ead8u;
}

void append_record(std::string& out, std::string_view bytes) {
    const std::size_t start = out.size();
    append_number(out, static_cast<std::uint64_t>(bytes.size()));
    append_number(out, masked_crc32c({out.data() + start, 8}));
    out += bytes;
    append_number(out, masked_crc32c(bytes));
}

RecordReader::RecordReader(const std::filesystem::path& file) : file_(file), in_(file, std::ios::binary) {
    std::error_code error;
    size_ = static_cast<std::int64_t>(std::filesystem::file_size(file, error));
    if (!in_ || error) throw InputError("cannot read '" + file.string() + "'");
}

std::optional<std::string> RecordReader::next() {
    if (truncated_) return std::nullopt;
    const std::int64_t left = size_ - next_;
    if (left == 0) return std::nullopt;
    place_ = next_;
    const auto end_early = [&] {
        truncated_ = true;
        return std::nullopt;
    };
    const auto refuse = [&](const char* what, std::uint32_t stored, std::uint32_t counted) {
        throw InputError(file_.string() + ": byte " + std::to_string(place_) + ": the record's " + what +
                         " has checksum " + std::to_string(counted) + ", not " + std::to_string(stored) +
                         " as the file says; it is damaged, or not an event file of TensorBoard");
    };
    std::array<char, kHead> head{};
    if (left < kHead || !in_.read(head.data(), kHead)) return end_early();
    const auto crc = number_at<std::uint32_t>(&head[8]);
    if (const auto counted = masked_crc32c({head.data(), 8}); counted != crc) refuse("length", crc, counted);
    const auto length = number_at<std::uint64_t>(head.data());
    if (left < kHead + kTail || length > static_cast<std::uint64_t>(left - kHead - kTail)) return end_early();
    std::string bytes(length + kTail, '\0');
    if (!in_.read(bytes.data(), static_cast<std::streamsize>(bytes.size()))) return end_early();
    const auto stored = number_at<std::uint32_t>(bytes.data() + length);
    bytes.resize(length);
    if (const auto counted = masked_crc32c(bytes); counted != stored) refuse("content", stored, counted);
    next_ = place_ + kHead + static_cast<std::int64_t>(length) + kTail;
    return bytes;
}

bool RecordReader::recognises(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::array<char, kHead> head{};
    return in.read(head.data(), kHead) &&
           masked_crc32c({head.data(), 8}) == number_at<std::uint32_t>(&head[8]);
}

} // namespace descent

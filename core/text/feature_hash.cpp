#include "core/text/feature_hash.h"

#include <bit>
#include <cstddef>
#include <cstdlib>

namespace descent {

namespace {

std::uint32_t scrambled(std::uint32_t block) {
    return std::rotl(block * 0xcc9e2d51u, 15) * 0x1b873593u;
}

} // namespace

std::uint32_t murmur3_32(std::string_view bytes, std::uint32_t seed) {
    const auto byte = [&](std::size_t at) { return std::uint32_t{static_cast<unsigned char>(bytes[at])}; };
    std::uint32_t hash = seed;
    const std::size_t whole = bytes.size() / 4 * 4;
    for (std::size_t at = 0; at < whole; at += 4) {
        const std::uint32_t block =
            byte(at) | byte(at + 1) << 8 | byte(at + 2) << 16 | byte(at + 3) << 24; // little-endian
        hash = std::rotl(hash ^ scrambled(block), 13) * 5 + 0xe6546b64u;
    }
    std::uint32_t rest = 0;
    for (std::size_t at = bytes.size(); at > whole; --at) rest = rest << 8 | byte(at - 1);
    hash ^= scrambled(rest) ^ static_cast<std::uint32_t>(bytes.size());
    hash = (hash ^ hash >> 16) * 0x85ebca6bu;
    hash = (hash ^ hash >> 13) * 0xc2b2ae35u;
    return hash ^ hash >> 16;
}

HashedFeature hashed_feature(std::int32_t hash, std::int64_t columns, bool alternate_sign) {
    // In 64 bits, where −2³¹ has an absolute value.
    return {std::abs(std::int64_t{hash}) % columns, alternate_sign && hash < 0 ? -1.0f : 1.0f};
}

} // namespace descent

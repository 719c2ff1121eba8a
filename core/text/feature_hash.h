#pragma once

#include <cstdint>
#include <string_view>

namespace descent {

/// MurmurHash3_x86_32 (A. Appleby, public domain) of the bytes.
std::uint32_t murmur3_32(std::string_view bytes, std::uint32_t seed = 0);

/// Where the hashing trick (Weinberger et al. 2009) puts a word, as scikit-learn's FeatureHasher has it:
/// column |h| mod columns and sign of h, for the signed 32-bit hash h with seed 0.
struct HashedFeature {
    std::int64_t column = 0;
    float sign = 1;
};
HashedFeature hashed_feature(std::int32_t hash, std::int64_t columns, bool alternate_sign);

} // namespace descent

#pragma once

#include <cstdint>

namespace descent::faults {

/// What fault_layer.cpp tells whoever set it up: a file of this size, mapped by both.
struct Report {
    std::int64_t calls = 0; ///< counted so far
    std::int32_t fired = 0; ///< the call that was to go wrong has been made
    std::int32_t reserved = 0;
    char what[240] = {}; ///< which it was
};

inline constexpr int kDied = 97; ///< exit code of a process that the layer ended

} // namespace descent::faults

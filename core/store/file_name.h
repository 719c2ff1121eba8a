#pragma once

#include <algorithm>
#include <string_view>

namespace descent {

/// The name of a file in a folder, and nothing that leads out of it: what a store says of its checkpoints is
/// not to be trusted, for it may come from elsewhere.
inline bool is_plain_name(std::string_view name) {
    constexpr std::size_t longest = 200; // bytes; file systems take 255, and temporary names are longer
    return !name.empty() && name.size() <= longest && name != "." && name != ".." &&
           std::ranges::all_of(name, [](unsigned char c) { return c >= 0x20 && c != 0x7f && c != '/'; });
}

} // namespace descent

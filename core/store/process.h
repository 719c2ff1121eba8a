#pragma once

#include <cstdint>
#include <string>

namespace descent {

/// A process, told apart from later ones that are given the same number.
struct ProcessMark {
    std::int64_t pid = 0;
    std::int64_t started = 0; ///< ticks since boot, 0 where the system does not tell
    std::string host;

    /// The process `pid` of this machine as it is now.
    static ProcessMark of(std::int64_t pid);
    /// No such process lives any more. False where it cannot be known: it belongs to another machine.
    bool is_gone() const;
    bool is_this_process() const;
};

} // namespace descent

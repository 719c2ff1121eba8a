#pragma once

#include "tests/faults/lab.h"

#include <functional>

namespace descent::faults {

/// What trying came to.
struct Tried {
    std::int64_t faults = 0;         ///< made, one to a trial
    std::vector<std::string> wrong;  ///< a sentence for each trial that went wrong, with its call
    std::map<std::string, int> said; ///< what the program told the user, without names, and how often
};

/// The kinds of fault_layer.cpp.
const std::vector<std::string>& kinds();

/// Lets call `first`, first + step, … of fault_child go wrong until there is no such call, and looks each
/// time whether the store opens, is sound, holds everything that was promised, and takes the rest.
Tried try_store_calls(const std::string& kind, std::int64_t first, std::int64_t step);

enum class Scene {
    fresh,  ///< `descent run` makes the store
    stored, ///< `descent run` in a store with a finished run
    resumed ///< `descent resume` of a run that was stopped
};
/// The same with the real program; afterwards the run is resumed and compared with one that nothing happened
/// to.
Tried try_program_calls(Scene scene, const std::string& kind, std::int64_t first, std::int64_t step);

} // namespace descent::faults

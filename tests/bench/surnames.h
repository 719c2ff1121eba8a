#pragma once

#include "core/engine/experiment.h"
#include "tests/bench/folder.h"
#include "tests/bench/peers.h"

#include <cstdint>
#include <string>

namespace descent::bench {

/// A recurrent net over surnames, as ours and as the script names.py knows it.
struct NameNet {
    const char *model, *peer;
    bool full = true; ///< batch; else one name an update
    std::int64_t updates = 3;
    std::int64_t hidden = 128;
};

/// All names of a folder with a file for each language, those that the split holds out as well, in an order
/// that is the same each time; a few of them again to validate.
TaskData all_names(const std::string& folder);
RunSpec spec_of(const NameNet& net, const std::string& folder);

/// Updates from the drawn weights, and the loss afterwards.
Figures ours(const NameNet& net, const RunSpec& spec, const TaskData& data);
/// The same by the script in `peers`.
Figures theirs(const NameNet& net, const RunSpec& spec, const TaskData& data, const std::string& peers);

} // namespace descent::bench

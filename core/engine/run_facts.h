#pragma once

#include "core/base/events.h"
#include "core/engine/engine.h"

#include <string>
#include <vector>

namespace descent {

/// Adds to what is known of the data what is known of the program and the machine, and the model's size.
void complete(Provenance& facts, std::int64_t parameters, int threads);

/// What to know of the loss, and the step size and the clip in the other reduction's units, for batches of
/// one size, where a training set has so many examples.
std::vector<std::string> notes(const RunSpec& spec, std::int64_t examples, std::int64_t classes);

/// What a run's log begins with: notes, and what became of the data.
std::vector<LogLine> first_lines(const Inspection& facts, const RunSpec& spec, std::int64_t examples);

/// The identity of a branch: runs of its spec that began anew are others.
std::string branch_key(const std::string& key, const RunRecord& parent, Update at);

/// Of a run that begins now in this process, with an id of its own.
RunRecord new_record(const RunSpec& spec, Provenance provenance, Update planned,
                     std::vector<std::string> tags);

} // namespace descent

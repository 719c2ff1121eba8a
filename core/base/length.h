#pragma once

#include "core/base/run_record.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace descent {

/// "epochs" or "updates": the path of a Change of the run's whole length, its budget.
bool is_length(std::string_view path);
/// What it changes the length to; none where it is of something else, or cannot be read.
std::optional<Budget> budget_of(const Change& change);

/// The length in epochs that a run has been given, a change of it included: its budget where it was not
/// changed. Of a record without its changes (lists) what its planned updates come to. None where the length
/// is in updates.
std::optional<std::int64_t> planned_epochs(const RunRecord& run);
/// The same of a run in progress, whose changes have come since its record was read.
std::optional<std::int64_t> planned_epochs(const RunRecord& run, const std::vector<Change>& changes);

/// It was trained for longer than its spec says, so that it is not the run of that spec any more.
bool trained_longer(const RunRecord& run);

/// What a regime lays over the whole length of a run, so that a run that is made longer on its way is not the
/// one that was planned so from the beginning: a sentence each. Empty: it is, bit for bit.
std::vector<std::string> depends_on_length(const ParamSet& regime);

} // namespace descent

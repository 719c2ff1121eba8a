#pragma once

#include "core/base/run_spec.h"

#include <cstdint>
#include <optional>
#include <string>

namespace descent {

// Which loss goes with which outputs. A model says what its outputs are by its parameter `output`; one that
// has none answers with logits. Thread: any.

/// Why the spec's regime.loss does not go with the model's outputs or with the other settings of the loss, in
/// one line, with what would; none where it does. Specs stored before a rule are still run.
std::optional<std::string> loss_refusal(const RunSpec& spec);

/// What one should know of a loss that is accepted; none where there is nothing. `classes`: 0 of a
/// regression.
std::optional<std::string> loss_note(const RunSpec& spec, std::int64_t classes);

/// Losses that compare each output with a number, 0 or 1 for a class, and so need no probabilities.
bool compares_outputs(const std::string& loss);

} // namespace descent

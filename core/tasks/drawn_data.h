#pragma once

#include "core/tasks/task.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace descent {

/// Names of a set's sides, in the order of DataSample::side: parameters of drawn tasks and of random streams.
inline constexpr std::array kSideNames{"train", "validation", "test"};

/// What a built-in task whose examples follow from its parameters says of them: classes with their counts on
/// each side, or of a regression's targets mean and deviation; the hash over labels or targets, sides and
/// inputs; the parameters as manifest; every example to look at. Inputs are float [n, d].
/// `classes`: names; empty for a regression.
void describe_drawn(TaskData& data, const ParamSet& params, const std::vector<std::string>& classes);

/// Throws InputError where `examples` of `numbers` each are too many to hold. `parameter`: the one to blame.
void check_drawn_size(std::int64_t examples, std::int64_t numbers, const std::string& parameter);

/// Parameters "train", "validation" and "test": how many examples.
ParamSpec example_count(const char* name, std::int64_t fallback, const char* help);

} // namespace descent

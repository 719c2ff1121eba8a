#pragma once

#include "core/analysis/sweep.h"

#include <string>
#include <vector>

/// What the files of sweeps share. Everything throws InputError.
namespace descent {

/// Of one sweep: their specs are all in memory.
inline constexpr std::size_t kMostCells = 100'000;
inline constexpr const char* kDataSeed = "task.data_seed";

/// Lays one setting of a level over a request: a parameter, one of the four ids, or the length.
void apply_setting(Request& request, const std::string& path, const std::string& text);
/// The base with a level of each axis over it; its seed is the base's.
Request request_at(const SweepPlan& plan, const std::vector<std::size_t>& levels);

/// The parameter that an axis varies: of the entries that the base chooses, else of any other of the group,
/// since another axis may choose it. "epochs" and "updates" are whole numbers, "task" and so on choices.
ParamSpec axis_parameter(const Catalog& catalog, const Request& base, const std::string& path);
/// The axis of these values, each as typed. `where` begins a message: "--over model.hidden=…".
SweepAxis listed_axis(const ParamSpec& param, const std::string& path, const std::vector<std::string>& values,
                      const std::string& where);

enum class Spacing { linear, log, factor };
/// From `from` to `to`: `steps` of them, evenly spaced (in the logarithm), or each `step` times the one
/// before. Whole where the parameter is, repeats left out.
SweepAxis ranged_axis(const ParamSpec& param, const std::string& path, double from, double to,
                      Spacing spacing, double step, const std::string& where);

} // namespace descent

#pragma once

#include "app/cli/sweep_train.h"

#include <optional>
#include <string>

/// What a sweep's processes say to each other: a line of JSON each.
namespace descent::cli {

std::string to_line(const SweepWork& work);
/// Throws InputError where the line is none, or names a cell beyond `cells`.
SweepWork work_in(const std::string& line, std::size_t cells);

std::string to_line(const WorkProgress& progress);
std::string to_line(const WorkResult& result);
struct WorkAnswer {
    std::optional<WorkProgress> progress;
    std::optional<WorkResult> result;
};
WorkAnswer answer_in(const std::string& line); ///< neither: not such a line

} // namespace descent::cli

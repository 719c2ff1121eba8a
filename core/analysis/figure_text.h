#pragma once

#include "core/base/units.h"

#include <cstdint>
#include <string>

/// What is told of a run, as tables and sentences have it, the same in window and command line. Thread: any.
namespace descent {

std::string epochs_text(Epoch epoch);       ///< "3", "1,000", "2.5"
std::string bytes_text(std::int64_t bytes); ///< "12.3 MB", of 1,000,000 bytes each
std::string percent(double share);          ///< "65.6%"
/// A metric's value: of shares in percent.
std::string value_text(const std::string& metric, double value);

} // namespace descent

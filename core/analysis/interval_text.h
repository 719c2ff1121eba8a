#pragma once

#include "core/analysis/intervals.h"

#include <string>
#include <string_view>

/// Means and differences as people read them, with no more digits than the spread allows.
namespace descent {

std::string with_spread(double value, double spread); ///< "−0.4 ± 2.1"
/// "lower by 0.02 ± 0.01", "not distinguishable with 3 seeds (−0.4 ± 2.1)", "one seed tells no difference".
/// `of` is what a replicate is called; numbers are multiplied with `unit`.
std::string gap_text(const Difference& gap, double unit = 1, std::string_view of = "seed");
/// "0.641 ± 0.012", the mean and its SD. "" of nothing.
std::string spread_text(const Moments& value, double unit = 1);

} // namespace descent

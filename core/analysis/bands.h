#pragma once

#include "core/analysis/decimate.h"
#include "core/base/result.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace descent {

enum class Centre { mean, median };
enum class Spread {
    none,
    deviation, ///< ± sample SD (n − 1)
    error,     ///< ± SD/√n
    bootstrap, ///< 95% percentile interval of the centre, resampling replicates
    range,     ///< lowest to highest
    quantiles, ///< 25% to 75%, linear between order statistics
};
std::string_view to_string(Centre centre); ///< "mean", "median"
std::string_view to_string(Spread spread); ///< "none", "sd", "se", "bootstrap", "range", "quantiles"
/// Back. Error: another word (those there are, listed).
Result<Centre> centre_named(std::string_view word);
Result<Spread> spread_named(std::string_view word);

/// Replicates at one x.
struct BandPoint {
    double x = 0, centre = 0, low = 0, high = 0; ///< low, high NaN where the spread is not defined (n < 2)
    std::int64_t count = 0;                      ///< replicates that are there
};

/// Folds replicates, each ordered by x, into one curve with a band, at every x that any of them has (thinned
/// evenly to at most `most` of them; where all have the same x, nothing is interpolated): each replicate is
/// linear between neighbouring points and absent outside of them. Non-finite values count as absent, as does
/// what lies between one and its neighbours. Draws come from `seed`. Thread: any.
std::vector<BandPoint> fold_replicates(std::span<const std::vector<PlotPoint>> replicates, Centre centre,
                                       Spread spread, std::size_t most = 4096, std::uint64_t seed = 0);

/// The percentile bootstrap interval of the centre of the finite ones of `values` (Efron 1979), linear
/// between order statistics of the draws. NaN below two values.
struct Interval {
    double low = 0, high = 0;
};
Interval bootstrap_interval(std::span<const double> values, Centre centre, double level = 0.95,
                            std::size_t draws = 2000, std::uint64_t seed = 0);

} // namespace descent

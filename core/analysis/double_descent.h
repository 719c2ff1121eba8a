#pragma once

#include "core/analysis/bands.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace descent {

/// One replicate's course of an error over the levels of an axis (widths, sample sizes, epochs).
struct LevelPoint {
    double x = 0;
    double value = 0; ///< NaN where it diverged
};

/// Where training error first falls to `error` or below, for each seed, and over the seeds (Nakkiran et al.
/// 2019: effective model complexity reaches the number of examples).
struct InterpolationThreshold {
    double median = 0; ///< NaN where fewer than half of the seeds get there
    /// 95%, of the median over seeds (percentile bootstrap); NaN below two. An end that lies beyond the last
    /// level is ∞.
    Interval interval{};
    std::int64_t seeds = 0, reached = 0;
};
/// `train_error`: a replicate for each seed, ordered by x. Needs no equal x in different replicates.
InterpolationThreshold interpolation_threshold(std::span<const std::vector<LevelPoint>> train_error,
                                               double error, std::uint64_t seed = 0);

/// The inner maximum of the test error that descends again after it: double descent seen.
struct DescentPeak {
    double x = 0, value = 0;         ///< of the fold over seeds (median)
    Interval where{};                ///< 95%, of the place, over bootstrapped seeds
    double before_x = 0, before = 0; ///< best (lowest) left of the peak
    double after_x = 0, after = 0;   ///< lowest right of it
};
/// None where the folded course has no inner maximum above both sides by more than twice the standard error
/// of the difference (bootstrap over seeds, of two or three at least what all levels together tell; of a
/// single seed from the course's own roughness), of the logarithms where all values are above 0. Where many
/// levels are compared, by more: Bonferroni's factor for all pairs of levels at 5%.
std::optional<DescentPeak> descent_peak(std::span<const std::vector<LevelPoint>> test_error,
                                        std::uint64_t seed = 0);

/// Where further levels would tell most about the place of the peak: in the middle, on the axis drawn, of
/// gaps between neighbouring levels, by the share of bootstrapped peaks that border on the gap times its
/// width. At most `count` new levels, none that is there already; `whole`: rounded to whole numbers.
std::vector<double> next_levels(std::span<const std::vector<LevelPoint>> test_error, std::size_t count,
                                bool log, bool whole, std::uint64_t seed = 0);

/// A share with its interval.
struct Share {
    std::int64_t hits = 0, of = 0;
    double value = 0;
    Interval interval{}; ///< 95%, Wilson 1927
};
Share share(std::int64_t hits, std::int64_t of);
/// Do the two differ? Two-sided p of Fisher's exact test.
double fisher_p(std::int64_t hits_a, std::int64_t of_a, std::int64_t hits_b, std::int64_t of_b);

} // namespace descent

#pragma once

#include "core/analysis/bands.h"
#include "core/analysis/intervals.h"
#include "core/analysis/run_fields.h"
#include "core/analysis/text_table.h"
#include "core/base/events.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace descent {

/// One run's value and the seed it was drawn with.
struct Replicate {
    std::uint64_t seed = 0;
    double value = 0;
};
/// Two groups' values as they are to be compared: runs of the same seed start from the same weights, so where
/// one group's seeds are all among the other's, and none is there twice, pairs are; else all, as independent.
struct Matched {
    std::vector<double> reference, values;
    bool paired = false;
};
Matched match_seeds(std::span<const Replicate> reference, std::span<const Replicate> values);

/// How far one group lies from another in a metric.
struct Contrast {
    Difference gap;    ///< this group − the reference, 95%; paired by seed where the seeds match
    double p = 1;      ///< two-sided, of the same test; NaN where there is none
    double effect = 0; ///< Hedges' g (1981), of pairs: mean difference / SD of differences, same correction;
                       ///< NaN where fewer than two degrees of freedom leave no unbiased estimate
    std::int64_t needed =
        0; ///< replicates a group for 80% power at 5% if the difference is as seen; 0: unknown
};
/// Pairs and values that are not finite are left out.
Contrast contrast(std::span<const double> reference, std::span<const double> values, bool paired);
inline constexpr std::int64_t kMostNeeded = 1'000'000;
/// Replicates a group (pairs, where `paired`) for a two-sided t test of standardised effect `d`: the smallest
/// n ≥ 2 whose power (noncentral t) reaches `power`. 0 where d is 0 or not finite; at most kMostNeeded.
std::int64_t needed_replicates(double d, bool paired, double power = 0.8, double level = 0.95);

/// Values of groups in one metric, told in a table and in a sentence.
struct ComparisonRow {
    std::string label;
    std::vector<std::size_t> runs;
    std::vector<double> values;       ///< a run each; NaN where it has none
    std::vector<std::uint64_t> seeds; ///< a run each
    Moments moments;                  ///< over finite ones
    Interval interval;                ///< of the mean, Student's t, 95%
    std::int64_t missing = 0;         ///< runs without a finite value
    std::optional<Contrast> against;  ///< the reference; none on it
};
struct Comparison {
    MetricPick pick;
    Direction direction = Direction::none;
    std::string unit;
    std::size_t reference = 0; ///< a row
    std::vector<ComparisonRow> rows;
};
/// `values[i]` is the picked metric of runs[i], NaN where it has none; seeds pair. Throws InputError where
/// `reference` is no row.
Comparison compare_groups(const std::vector<RunRecord>& runs, const std::vector<RunGroup>& groups,
                          const MetricPick& pick, std::span<const double> values, Direction direction,
                          std::size_t reference = 0);
/// Row `row` against another one than the comparison's reference.
Contrast contrast_of(const Comparison& comparison, std::size_t reference, std::size_t row);
/// A plain sentence on one row: "lower by 0.12 ± 0.04 (paired, 5 seeds): better", "not distinguishable with 5
/// seeds (0.1 ± 0.3); about 14 would be needed", "one seed tells no difference". "the reference" on itself.
std::string verdict(const Comparison& comparison, std::size_t row);
/// All in one paragraph: the best group, and which others cannot be told from it; where no direction is
/// better, each verdict.
std::string conclusion(const Comparison& comparison);
/// A row a group: runs, mean ± SD, interval, difference, p, effect, replicates needed, verdict. Numbers
/// rounded for reading.
TextTable comparison_table(const Comparison& comparison);
/// Several, one below the other, every number in full: what a file of them holds.
TextTable tidy_table(std::span<const Comparison> comparisons);

} // namespace descent

#pragma once

#include "core/analysis/decimate.h"
#include "core/base/result.h"

#include <span>
#include <string_view>
#include <vector>

namespace descent {

enum class Smoothing {
    none,
    ema,      ///< debiased exponential moving average by points, as TensorBoard's: weight in [0, 1)
    time_ema, ///< mean of the points so far, weights halving with distance in x: half-life in units of x
    gaussian, ///< mean under a Gaussian kernel over x, cut off at 5σ: σ in units of x
    running,  ///< mean of a centred window of points, an odd number; at the ends, of those there are
};
/// How much: what `amount` means is said above.
struct SmoothingSpec {
    Smoothing kind = Smoothing::none;
    double amount = 0;
};
/// "none", "ema", "time-ema", "gaussian", "running".
std::string_view to_string(Smoothing kind);
/// "ema:0.9", "none". Error: an unknown kind (those there are, listed), an amount that is out of range.
Result<SmoothingSpec> smoothing_spec(std::string_view text);

/// The series smoothed at its own x, ordered by x. Non-finite values are passed over by the averages and
/// stay where they were. Every point of the input may stand for `weights[i]` points (a bucket's mean);
/// empty: one each. Throws InputError where the amount is out of range. Time: linear, but for a logarithm
/// (running) or a factor of some hundreds (gaussian, which takes points closer than σ/32 together where all
/// pairs would be too many). Thread: any.
std::vector<PlotPoint> smooth(std::span<const PlotPoint> points, SmoothingSpec spec,
                              std::span<const double> weights = {});

} // namespace descent

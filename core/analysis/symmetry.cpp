#include "core/analysis/symmetry.h"

#include "core/base/result.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>

namespace descent {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::array<std::string_view, 6> kOutcomes{"solved-as-paper", "solved",  "plateau", "half",
                                                    "other",           "diverged"};

// What counts as the paper's solution.
constexpr double kMostMirrorError = 0.05, kMostRatioError = 0.1, kLeastOpposition = -0.99;

std::size_t mirrored(std::size_t i, std::size_t bits) {
    return bits - 1 - i;
}

/// The largest relative distance of sorted magnitudes from 1, 2, 4, …
double ratio_error(const HiddenUnit& unit) {
    double worst = 0, expected = 1;
    for (const double magnitude : unit.ratio()) {
        const double error = std::abs(magnitude / expected - 1);
        worst = std::isfinite(error) ? std::max(worst, error) : kInfinity;
        expected *= 2;
    }
    return worst;
}

double correlation(const std::vector<double>& a, const std::vector<double>& b) {
    const auto n = static_cast<double>(a.size());
    double mean_a = 0, mean_b = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        mean_a += a[i] / n;
        mean_b += b[i] / n;
    }
    double ab = 0, aa = 0, bb = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        ab += (a[i] - mean_a) * (b[i] - mean_b);
        aa += (a[i] - mean_a) * (a[i] - mean_a);
        bb += (b[i] - mean_b) * (b[i] - mean_b);
    }
    return ab / std::sqrt(aa * bb);
}

/// Accuracy of one who never answers "symmetric": of 2^bits patterns 2^⌈bits/2⌉ are.
double plateau_accuracy(std::int64_t bits) {
    return 1 - std::exp2(static_cast<double>((bits + 1) / 2 - bits));
}

} // namespace

std::string_view to_string(SymmetryOutcome outcome) {
    return kOutcomes[static_cast<std::size_t>(outcome)];
}

double HiddenUnit::mirror_error() const {
    double largest = 0, off = 0;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        largest = std::max(largest, std::abs(inputs[i]));
        off = std::max(off, std::abs(inputs[i] + inputs[mirrored(i, inputs.size())]));
    }
    return largest > 0 ? off / largest : kInfinity;
}

std::vector<double> HiddenUnit::ratio() const {
    std::vector<double> magnitudes;
    for (std::size_t i = 0; i < inputs.size() / 2; ++i)
        magnitudes.push_back((std::abs(inputs[i]) + std::abs(inputs[mirrored(i, inputs.size())])) / 2);
    std::ranges::sort(magnitudes);
    if (magnitudes.empty()) return magnitudes;
    const double least = magnitudes.front();
    for (double& magnitude : magnitudes) magnitude /= least;
    return magnitudes;
}

std::vector<HiddenUnit> hidden_units(std::span<const double> weights, std::int64_t bits,
                                     std::int64_t hidden) {
    const auto n = static_cast<std::size_t>(bits), h = static_cast<std::size_t>(hidden);
    const std::size_t expected = h * n + h + h + 1;
    if (weights.size() != expected)
        throw InputError("a " + std::to_string(bits) + "-" + std::to_string(hidden) + "-1 network has " +
                         std::to_string(expected) + " weights, not " + std::to_string(weights.size()));
    std::vector<HiddenUnit> units;
    for (std::size_t u = 0; u < h; ++u) {
        const auto inputs = weights.subspan(u * n, n);
        units.push_back({{inputs.begin(), inputs.end()}, weights[h * n + u], weights[h * n + h + u]});
    }
    return units;
}

SymmetryJudgement judge_symmetry(double accuracy, bool diverged, std::span<const double> weights,
                                 std::int64_t bits, std::int64_t hidden) {
    SymmetryJudgement judgement{SymmetryOutcome::other, kNaN, kNaN, kNaN};
    if (diverged) {
        judgement.outcome = SymmetryOutcome::diverged;
        return judgement;
    }
    bool as_paper = false;
    if (!weights.empty()) {
        const auto units = hidden_units(weights, bits, hidden);
        judgement.mirror_error = judgement.ratio_error = 0;
        for (const auto& unit : units) {
            judgement.mirror_error = std::max(judgement.mirror_error, unit.mirror_error());
            judgement.ratio_error = std::max(judgement.ratio_error, ratio_error(unit));
        }
        if (units.size() == 2) judgement.correlation = correlation(units[0].inputs, units[1].inputs);
        as_paper = judgement.mirror_error < kMostMirrorError && judgement.ratio_error < kMostRatioError &&
                   judgement.correlation < kLeastOpposition;
    }
    // Accuracies are whole numbers of patterns: nothing lies between, but for rounding.
    constexpr double rounding = 1e-9, near_half = 0.6;
    if (accuracy >= 1 - rounding)
        judgement.outcome = as_paper ? SymmetryOutcome::solved_as_paper : SymmetryOutcome::solved;
    else if (std::abs(accuracy - plateau_accuracy(bits)) < rounding)
        judgement.outcome = SymmetryOutcome::plateau;
    else if (accuracy <= near_half)
        judgement.outcome = SymmetryOutcome::half;
    return judgement;
}

} // namespace descent

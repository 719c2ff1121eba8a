#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace descent {

/// What became of a network on mirror symmetry (Rumelhart, Hinton & Williams 1986, pp. 340–341).
enum class SymmetryOutcome {
    solved_as_paper, ///< all patterns right; weights mirrored, magnitudes 1:2:4, units opposite
    solved,          ///< all right in another way
    plateau,         ///< accuracy 0.875 (six bits): never answers "symmetric"
    half,            ///< near 0.5 or below: mostly answers "symmetric"
    other,
    diverged,
};
std::string_view to_string(SymmetryOutcome outcome);

/// A hidden unit's weights from the bits and from the bias, and its weight to the output.
struct HiddenUnit {
    std::vector<double> inputs;
    double bias = 0, output = 0;
    /// max|w_i + w_mirror(i)| / max|w|: 0 where mirrored weights are equal and opposite.
    double mirror_error() const;
    /// Magnitudes of the mirrored pairs, sorted, over the smallest: 1, 2, 4 in the paper's solution.
    std::vector<double> ratio() const;
};
/// The hidden units of an MLP with one hidden layer and one output, from its weights in the order of
/// torch.nn.Sequential: W1 [hidden × bits], b1, W2 [1 × hidden], b2.
std::vector<HiddenUnit> hidden_units(std::span<const double> weights, std::int64_t bits, std::int64_t hidden);

struct SymmetryJudgement {
    SymmetryOutcome outcome = SymmetryOutcome::other;
    double mirror_error = 0; ///< largest of the units
    double ratio_error = 0;  ///< largest relative distance of sorted magnitudes from 1:2:4
    double correlation = 0;  ///< of the units' input weights; NaN unless there are two
};
/// `accuracy` at the end; `weights` may be empty where they are not stored (then never solved_as_paper).
SymmetryJudgement judge_symmetry(double accuracy, bool diverged, std::span<const double> weights,
                                 std::int64_t bits, std::int64_t hidden);

} // namespace descent

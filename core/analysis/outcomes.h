#pragma once

#include "core/analysis/double_descent.h"
#include "core/analysis/symmetry.h"
#include "core/analysis/text_table.h"
#include "core/store/sweeps.h"

#include <nlohmann/json_fwd.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace descent {

class StoreReader;

/// How one network of a study of mirror symmetry ended.
struct SymmetryEnd {
    std::size_t cell = 0; ///< of sweep_grid(plan)
    RunId run{};
    bool diverged = false;
    double accuracy = 0;                    ///< on all patterns, at the end
    std::optional<std::int64_t> perfect_at; ///< updates until all patterns were first answered rightly
    std::int64_t cap = 0;                   ///< updates asked for
    std::int64_t bits = 0, hidden = 0;
    std::vector<double> weights{}; ///< as hidden_units takes them; empty where not stored

    /// Rightly answered all patterns at some update up to `by`, as far as is known.
    bool solved(std::int64_t by) const;
};
/// Of a run that has finished or diverged; none of others and of runs of another task. `weights` of a network
/// that has more than one hidden layer, or no biases, are left out.
std::optional<SymmetryEnd> symmetry_end(const CellRun& run, std::vector<double> weights = {});
/// Of all, with the weights that the store has ("weights", the last of each run). Throws where the store
/// cannot be read.
std::vector<SymmetryEnd> symmetry_ends(const StoreReader& store, const std::vector<CellRun>& runs);

/// A rate that somebody else found for a setting of the study.
struct SymmetryReference {
    std::string_view variant; ///< label of the level in the presets
    std::string_view source;  ///< "replication, PyTorch" or "report"
    bool anecdotal = false;   ///< told, without the settings being known in full
    std::int64_t seeds = 0;
    std::optional<std::int64_t> early{};  ///< solved by update kSymmetryEarly
    std::optional<std::int64_t> solved{}; ///< solved by `cap`
    std::int64_t cap = 0;
    std::optional<double> median{}; ///< of the update at which the solved ones were
    std::string_view words{};       ///< as the source puts it, of anecdotal ones
};
/// The sweep after which Rumelhart, Hinton & Williams 1986 had it solved.
inline constexpr std::int64_t kSymmetryEarly = 1425;
/// All of them, in the order of the presets.
std::span<const SymmetryReference> symmetry_references();

/// One reference beside what was found.
struct ReferenceMatch {
    SymmetryReference reference;
    std::optional<double> early_p{}, solved_p{}; ///< Fisher's exact test of the shares
    /// The reference's median lies within the 95% bootstrap interval of the median here.
    std::optional<bool> median_inside{};
    /// None of the tests tells them apart at 5%.
    bool agrees() const;
};

/// One variant, its seeds counted.
struct OutcomeRow {
    std::string variant; ///< the levels' labels, joined with ", "
    std::vector<std::size_t> levels;
    std::int64_t seeds = 0; ///< asked for; what is over is early.of
    std::int64_t cap = 0;   ///< updates
    Share early, solved;    ///< by kSymmetryEarly; by the cap
    double median = 0;      ///< update at which the solved ones were; NaN of none
    Interval median_interval{};
    std::array<Share, 6> outcomes; ///< by SymmetryOutcome
    /// Of those solved at the end whose weights are known: the largest, and the median magnitudes of the
    /// mirrored pairs of all units over the smallest. NaN and empty of none.
    double mirror_error = 0, ratio_error = 0;
    std::vector<double> ratio;
    std::int64_t judged = 0; ///< how many those are
    std::vector<ReferenceMatch> references;
};
struct OutcomeTable {
    std::string title;
    std::vector<OutcomeRow> rows; ///< in the grid's order
};
/// References are compared where `with_references` and label and cap are theirs.
OutcomeTable symmetry_outcomes(const SweepPlan& plan, const std::vector<SymmetryEnd>& ends,
                               bool with_references = true);

/// A rate that settings are searched for: `hits` of `of` solved by update `by`.
struct SymmetryGoal {
    std::int64_t hits = 0, of = 0, by = 0;
    std::string_view words; ///< as the source puts it
};
std::optional<SymmetryGoal> symmetry_goal(std::string_view search); ///< "rmsprop", "silu"

/// A setting and how likely it makes the goal's count.
struct RankedSetting {
    std::string setting;
    Share solved; ///< by the goal's update
    /// Probability of exactly the goal's count, given what was found here: beta-binomial, Jeffreys' prior.
    double likelihood = 0;
    double p = 0; ///< Fisher's exact test of both shares
    bool agrees() const { return p >= 0.05; }
};
/// Most likely first; settings of which nothing is over are left out.
std::vector<RankedSetting> rank_settings(const SweepPlan& plan, const std::vector<SymmetryEnd>& ends,
                                         const SymmetryGoal& goal);

TextTable outcome_cells(const OutcomeTable& table);   ///< rates, medians and outcomes
TextTable reference_cells(const OutcomeTable& table); ///< what others found, beside what was found here
std::vector<std::string> outcome_sentences(const OutcomeTable& table);
std::string to_csv(const OutcomeTable& table); ///< a row for each variant, numbers in full
nlohmann::ordered_json to_json(const OutcomeTable& table);

TextTable ranking_cells(const std::vector<RankedSetting>& ranking, const SymmetryGoal& goal);
/// Which settings reproduce the goal, in one sentence.
std::string ranking_sentence(const std::vector<RankedSetting>& ranking, const SymmetryGoal& goal);
std::string to_csv(const std::vector<RankedSetting>& ranking);
nlohmann::ordered_json to_json(const std::vector<RankedSetting>& ranking, const SymmetryGoal& goal);

} // namespace descent

#pragma once

#include "core/analysis/interval_text.h"
#include "core/analysis/text_table.h"
#include "core/base/catalog.h"
#include "core/base/run_record.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace descent {

/// The optimizer ladder: regimes from mini-batch SGD down to plain full-batch descent and up again, one aid
/// at a time, in the order of Geiping et al. 2021 (arXiv 2109.14119). Those of them that the catalog has and
/// that run `task`.
std::vector<std::string> ladder_regimes(const Catalog& catalog, std::string_view task);

/// One ladder: a request for each rung × seed. All rungs of the first seed come first, so that a ladder that
/// is cut short can be compared all the same.
struct LadderPlan {
    Request base; ///< task, and what is the same on every rung; its regime and seed are not looked at
    std::vector<std::string> regimes; ///< rungs, from the first, which the others are compared with
    std::vector<std::uint64_t> seeds;
    bool operator==(const LadderPlan&) const = default;
};
/// Of all rungs, or of `only` some. Error: an unknown task or rung.
Result<LadderPlan> ladder_plan(const Catalog& catalog, const Request& base,
                               const std::vector<std::uint64_t>& seeds,
                               const std::vector<std::string>& only = {});
/// A setting goes to the rungs that have the parameter: optimizer.momentum not to a rung by Adam. Error: a
/// setting that no rung has or that one refuses; settings that make one run of two rungs.
Result<std::vector<Request>> ladder_requests(const Catalog& catalog, const LadderPlan& plan);
Result<std::vector<Request>> ladder_requests(const Catalog& catalog, const Request& base,
                                             const std::vector<std::uint64_t>& seeds);

/// Eight hex digits drawn at random, by which the runs of one ladder are found again.
std::string new_ladder_group();
/// "ladder" and "ladder-<group>": given to every run of it.
std::vector<std::string> ladder_tags(std::string_view group);
/// The group that a run's tags name; "" where none does.
std::string ladder_group(const std::vector<std::string>& tags);
/// The plan as one line of a run's log ("ladder plan: {…}"), and back; none where the line is another one.
std::string to_log_line(const LadderPlan& plan);
std::optional<LadderPlan> plan_from_log_line(std::string_view line);

/// What the table tells of each rung.
struct LadderMeasure {
    std::string metric; ///< "validation/loss"
    bool best = false;  ///< its best value of a run rather than its last
    std::string title;  ///< "validation loss", "validation accuracy, %"
    double unit = 1;    ///< what the shown numbers are multiplied with: 100 for %
};
struct LadderCell {
    Moments value;                 ///< over finished runs
    std::optional<Difference> gap; ///< to the first rung, 95%; none on the first
};
struct LadderRung {
    std::string regime;
    std::int64_t runs = 0, finished = 0, diverged = 0; ///< the rest failed or are not over
    Moments updates, seconds;                          ///< over finished runs
    std::vector<LadderCell> cells;                     ///< by LadderTable::measures
};
/// Runs of one ladder, summarised. One run counts for each rung × seed: a finished one before another, then
/// the newest. A diverged run has no final loss, so means are over finished runs, and the others are counted
/// beside them. Gaps are paired by seed where the seeds of both rungs match, else Welch's.
struct LadderTable {
    std::string task, model, optimizer; ///< several joined by ", "
    std::vector<LadderMeasure> measures;
    std::size_t headline = 0; ///< the measure that rungs are compared by: AUROC of detection, else accuracy
    std::vector<LadderRung> rungs; ///< in the ladder's order; other regimes after them
};
/// `runs` with their summaries, in any order; trashed ones are left out.
LadderTable ladder_table(const std::vector<RunRecord>& runs);

/// Numbers rounded.
TextTable ladder_cells(const LadderTable& table);
/// A table of GitHub's Markdown with a line below on how to read it.
std::string to_markdown(const LadderTable& table);
/// Tidy: a row for each rung × measure, numbers in full, shares as shares; empty where there is none.
std::string to_csv(const LadderTable& table);
nlohmann::ordered_json to_json(const LadderTable& table);
/// How to read the table: "mean ± SD of the finished runs; …".
std::string ladder_legend(const LadderTable& table);

} // namespace descent

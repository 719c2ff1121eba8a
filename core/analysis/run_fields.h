#pragma once

#include "core/base/result.h"
#include "core/base/run_record.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace descent {

/// The fields of runs that they are grouped, compared and plotted by: "task", "model", "optimizer", "regime",
/// "seed", "name", "state", "tags", "threads", "parameters" (trainable weights), "epochs", "updates",
/// "seconds", the length asked for ("budget.epochs", "budget.updates"), "parent" of a branch, and every
/// parameter, "optimizer.lr".
struct FieldValue {
    std::string text;             ///< as the spec stores it
    std::optional<double> number; ///< where it is one; a flag is 0 or 1
    bool operator==(const FieldValue&) const = default;
};
/// What parents of branches are called, where they are known; see core/store/lineage.h.
using ParentNames = std::map<RunId, std::string>;

/// None where the run has no such field. A parameter that the spec leaves out has none.
std::optional<FieldValue> field_of(const RunRecord& run, std::string_view field,
                                   const ParentNames& parents = {});
/// All fields that any of the runs has: those of every run first, then parameters by part and name.
std::vector<std::string> fields_of(const std::vector<RunRecord>& runs);
/// Those in which they differ (absent differs from any value); name, state, tags, note, times and how far
/// they got left out.
std::vector<std::string> differing_fields(const std::vector<RunRecord>& runs);

/// That the field says what is looked at, not what is done: "regime.probe_every".
bool only_observes(std::string_view field);
/// The field that a person means: as it is called, or a parameter without its part, "lr", where one part has
/// it. Error: no run has it ("did you mean …"), several parts do.
Result<std::string> field_meant(const std::vector<RunRecord>& runs, std::string_view word);

/// False of a run that is from a table or an event file: what was trained is not known.
bool settings_known(const RunSpec& spec);

/// Replicates: runs alike in `key`.
struct RunGroup {
    std::string label;             ///< "full-batch · lr 0.1": the values of what they are grouped by
    std::vector<std::size_t> runs; ///< positions in the list given
};
/// By one field or several joined with ","; "none": each run is its own group, called by its name;
/// "replicates": runs with equal specs but for the seed and what observes only, labelled by what tells the
/// groups apart, and each run whose settings are not known by itself. Groups come in the order of their first
/// run; by numeric fields, in the order of the number. Error: as field_meant's.
Result<std::vector<RunGroup>> group_runs(const std::vector<RunRecord>& runs, std::string_view by,
                                         const ParentNames& parents = {});

/// A metric of a run as one number.
struct MetricPick {
    enum class At { last, best, update };
    std::string metric; ///< "validation/accuracy"
    At at = At::last;
    Update update{}; ///< where At::update: the last sample at or before it (read from the store)
};
/// "validation/accuracy", "best:validation/accuracy", "last:…", "validation/accuracy@500".
Result<MetricPick> metric_pick(std::string_view text);
std::string to_string(const MetricPick& pick); ///< back; "last:" is left out
std::string at_text(const MetricPick& pick);   ///< "last", "best" or the update's number
/// From the run's summary; NaN where it has none, and of At::update, which only the store knows.
double summary_value(const RunRecord& run, const MetricPick& pick);
/// The metrics to compare first, where nobody says: loss, accuracy and detection on the validation set, those
/// that any of the runs has; else what else is of it; else the training loss; else whatever they have. At
/// most four.
std::vector<std::string> telling_metrics(const std::vector<RunRecord>& runs);

/// The whole table "parameter × run" of a configuration comparison.
struct ConfigDiff {
    struct Row {
        std::string field;               ///< "optimizer.lr"
        std::vector<std::string> values; ///< a run each; "" where it has none
        bool equal = true;
    };
    /// The spec in the order task, model, optimizer, regime, seed, length; "parent" of branches; "changes"
    /// made while training, where known; provenance: "data", "data source", "weights", "torch version",
    /// "BLAS", "threads", "studio version", "host".
    std::vector<Row> rows;
};
ConfigDiff config_diff(const std::vector<RunRecord>& runs, const ParentNames& parents = {});

} // namespace descent

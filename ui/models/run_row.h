#pragma once

#include "core/analysis/run_fields.h"
#include "core/base/events.h"
#include "core/base/run_record.h"
#include "core/base/series.h"
#include "core/store/writer.h"

#include <QString>
#include <QStringList>

#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace descent::ui {

/// A column that a person added to those that every table has.
struct FieldColumn {
    std::optional<MetricPick> metric; ///< none: a field of core/analysis/run_fields.h
    std::string field;                ///< "optimizer.lr"; "" with a metric
    Direction direction = Direction::none;
    std::string unit;

    std::string key() const; ///< "best:validation/accuracy", "optimizer.lr": as the filter calls it
    bool operator==(const FieldColumn& other) const { return key() == other.key(); }
};
using FieldColumns = std::vector<FieldColumn>;

struct RunRow;
/// Rows never change once made: whoever lists, sorts or shows runs shares them.
using RowPtr = std::shared_ptr<const RunRow>;

/// What the table shows of a run, or of several folded into one: small, ready to show and to sort. A value;
/// made off the GUI thread.
struct RunRow {
    static constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
    /// One number or word about a run, or the mean of several.
    struct Cell {
        double value = kUnknown;                 ///< shown and sorted by
        double last = kUnknown, best = kUnknown; ///< of a metric
        double spread = kUnknown;                ///< of several runs: their sample SD (n − 1)
        std::int64_t update = 0;                 ///< of the best, or of the sample shown
        std::int64_t count = 0;                  ///< runs that `value` is the mean of; 0: not a mean
        QString text;                            ///< of what is no number
        bool known = false;
        bool measured = false;                    ///< of a metric; else a setting
        bool operator==(const Cell& other) const; ///< NaN equals NaN
    };
    /// Runs folded into one row.
    struct Fold {
        std::vector<RowPtr> members; ///< in the order shown
        QString states;              ///< "finished", "4 finished, 1 diverged"
        QString seeds;               ///< "5 seeds"
        bool lr_varies = false;
        bool operator==(const Fold&) const = default;
    };

    RunId id;                 ///< of a fold: none that the store knows
    std::uint32_t number = 0; ///< of the id, see numberOf
    QString name, task, model, regime, optimizer, reason, note;
    QString group; ///< what it is folded under; "" where runs are not grouped
    QStringList tags;
    RunState state = RunState::queued;
    double lr = kUnknown; ///< NaN where the optimizer has none
    std::uint64_t seed = 0;
    double epochs = 0, seconds = 0;
    std::int64_t updates = 0, planned = 0, created_ms = 0;
    Cell accuracy, loss;       ///< best of the validation set
    std::vector<Cell> fields;  ///< of the columns that it was read with
    std::optional<int> colour; ///< chosen by a person
    bool starred = false, trashed = false;
    std::shared_ptr<const Fold> fold; ///< none: it is one run

    bool live() const { return state == RunState::running || state == RunState::paused; }
    double progress() const; ///< 0 … 1 of the planned updates
    bool operator==(const RunRow& other) const;
};

/// A small number that goes with an id as long as the program runs: what rows are told apart by. Thread: any.
std::uint32_t numberOf(const RunId& run);

/// Values of metrics at a step, by the column's key and the run.
using StepValues = std::unordered_map<std::string, std::unordered_map<std::string, SeriesPoint>>;

/// Rows in the order of `runs`. `groups` (may be empty) says what each is folded under. Thread: any.
std::vector<RunRow> makeRows(const std::vector<RunRecord>& runs, const FieldColumns& fields = {},
                             const StepValues& steps = {}, const std::vector<RunGroup>& groups = {},
                             const ParentNames& parents = {});
/// As shared rows, those of `before` that are equal to new ones taken over. Thread: any.
std::vector<RowPtr> shareRows(std::vector<RunRow> rows, std::span<const RowPtr> before = {});

/// The runs that rows stand for: of a fold its members. None twice.
std::vector<RowPtr> runsIn(std::span<const RowPtr> rows);
/// `rows`, folds included, as they will be after the edits: what they move to or from the trash is left out.
std::vector<RowPtr> withEdits(std::span<const RowPtr> rows, const std::vector<RunEdit>& edits);

} // namespace descent::ui

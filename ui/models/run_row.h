#pragma once

#include "core/base/run_record.h"

#include <QString>
#include <QStringList>
#include <Qt>

#include <vector>

namespace descent::ui {

/// Columns of the table of runs, in their logical order: kept in settings, so add new ones at the end.
enum class RunColumn {
    star,
    name,
    state,
    task,
    model,
    regime,
    optimizer,
    lr,
    seed,
    epochs,
    updates,
    duration,
    accuracy,
    loss,
    created,
    tags,
    note
};
inline constexpr int kRunColumns = 17;

QString columnTitle(RunColumn column); ///< what the header says
QString columnHelp(RunColumn column);  ///< its tooltip: what is meant, and how the filter calls it
bool isNumber(RunColumn column);       ///< right-aligned, tabular figures

/// What the table shows of a run: small, ready to show and to sort. A value; made off the GUI thread.
struct RunRow {
    struct Score {
        double last = 0, best = 0;
        std::int64_t best_update = 0;
        bool known = false;
        bool operator==(const Score& other) const; ///< NaN equals NaN
    };
    RunId id;
    QString name, task, model, regime, optimizer, reason, note;
    QStringList tags;
    RunState state = RunState::queued;
    double lr = 0; ///< NaN where the optimizer has none
    std::uint64_t seed = 0;
    double epochs = 0, seconds = 0;
    std::int64_t updates = 0, planned = 0, created_ms = 0;
    Score accuracy, loss; ///< of the validation set
    bool starred = false, trashed = false;

    bool live() const { return state == RunState::running || state == RunState::paused; }
    double progress() const; ///< 0 … 1 of the planned updates
    bool operator==(const RunRow& other) const;
};

/// Rows in the order of `runs`. Thread: any.
std::vector<RunRow> makeRows(const std::vector<RunRecord>& runs);

/// The text of a cell; constant time.
QString cellText(const RunRow& row, RunColumn column);
QString cellTip(const RunRow& row, RunColumn column);

/// The order of `rows` by a column: unknown values last either way, equal ones newest first. Thread: any.
std::vector<int> sortedOrder(const std::vector<RunRow>& rows, RunColumn column, Qt::SortOrder order);
/// `rows` in that order.
std::vector<RunRow> sorted(std::vector<RunRow> rows, RunColumn column, Qt::SortOrder order);

} // namespace descent::ui

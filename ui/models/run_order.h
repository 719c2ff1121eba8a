#pragma once

#include "ui/models/run_columns.h"

#include <Qt>

#include <vector>

namespace descent::ui {

/// By what the table is sorted.
struct RunOrder {
    int section = int(RunColumn::created);
    Qt::SortOrder order = Qt::DescendingOrder;
    bool operator==(const RunOrder&) const = default;
};

/// One row for several runs of the same group: what they share, and means with sample SD of what is measured.
/// `members` is not empty.
RowPtr folded(std::vector<RowPtr> members);

/// Sorts rows: unknown values last either way, equal ones newest first. Thread: any.
void sortRows(std::vector<RowPtr>& rows, const RunColumns& columns, RunOrder by);

/// Runs in order, those of the same group (RunRow::group) folded into one row. A run alone in its group stays
/// a row of its own. Folds of `before` that are equal to new ones are taken over. Thread: any.
std::vector<RowPtr> arranged(std::vector<RowPtr> runs, const RunColumns& columns, RunOrder by,
                             std::span<const RowPtr> before = {});

} // namespace descent::ui

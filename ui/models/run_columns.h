#pragma once

#include "core/analysis/text_table.h"
#include "ui/models/run_row.h"

#include <QString>
#include <QStringList>

#include <vector>

namespace descent::ui {

/// Columns that every table of runs has, in their logical order: kept in settings, so add new ones at the
/// end. The columns that a person adds (FieldColumn) come after them.
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
/// The text of a cell; constant time.
QString cellText(const RunRow& row, RunColumn column);
QString cellTip(const RunRow& row, RunColumn column);

QString columnTitle(const FieldColumn& column); ///< "Accuracy last", "Train/loss @500", "momentum"
QString columnHelp(const FieldColumn& column);
/// As kept in settings, and back; none where it is no such text.
QString toSetting(const FieldColumn& column);
std::optional<FieldColumn> fromSetting(const QString& setting);

/// The columns of a table of runs by section: those that each has, then those added. Knows where in the rows
/// shown the added ones are, for rows that were read before a column came or went lie otherwise. A value.
/// Thread: any.
class RunColumns {
public:
    RunColumns() = default;
    explicit RunColumns(FieldColumns fields, const FieldColumns& read = {});

    int count() const { return kRunColumns + int(fields_.size()); }
    const FieldColumns& fields() const { return fields_; }
    /// The columns that the rows were read with.
    void setRead(const FieldColumns& read);

    QString title(int section) const;
    QString help(int section) const;
    bool number(int section) const;
    QString text(const RunRow& row, int section) const;
    QString tip(const RunRow& row, int section) const;
    /// Of an added column; null where the row was read without it.
    const RunRow::Cell* cell(const RunRow& row, int section) const;

private:
    FieldColumns fields_;
    std::vector<int> places_; ///< of fields_ in RunRow::fields; −1 not read
};

/// Rows as text, exactly as shown, the given sections in that order. Thread: any.
TextTable textTable(const std::vector<RowPtr>& rows, const RunColumns& columns,
                    const std::vector<int>& sections);

} // namespace descent::ui

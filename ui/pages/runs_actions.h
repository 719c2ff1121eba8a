#pragma once

#include "ui/models/run_row.h"

#include <QList>

#include <vector>

class QAction;
class QMenu;
class QObject;
class QWidget;

namespace descent::ui {

/// What can be done with the chosen runs and with their table: one QAction each, shared by the tool bar, the
/// context menu, the window's menu and the keyboard. Shortcuts that type into a field elsewhere (Delete,
/// Enter, F2) hold only in the table. Thread: GUI.
struct RunsActions {
    RunsActions(QWidget& page, QWidget& table);

    QAction *open, *compare, *resume, *again, *branch, *checkpoints, *rename, *star, *colour, *tag, *untag,
        *note, *export_csv, *trash, *restore, *filter;
    QAction *copy, *copy_markdown, *copy_latex, *copy_csv, *export_table;
    QAction* replicates; ///< checkable: folded under what they share but for the seed
    QAction *fold_all, *unfold_all, *add_column, *column_left, *column_right, *sort;

    /// Which of them make sense now. `chosen`: runs, those in chosen folds included.
    void update(const std::vector<RowPtr>& chosen, bool in_trash, bool engine_ready, bool exporting);
    void setListed(bool any, bool folds); ///< whether there are rows, and folds among them
    QList<QAction*> all() const;          ///< for the window's Edit menu; null entries are separators
    void fill(QMenu& menu) const;

private:
    QMenu *copy_as_, *table_;
};

} // namespace descent::ui

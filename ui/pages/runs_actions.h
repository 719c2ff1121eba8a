#pragma once

#include "ui/models/run_row.h"

#include <QList>

#include <vector>

class QAction;
class QMenu;
class QObject;
class QWidget;

namespace descent::ui {

/// What can be done with the chosen runs: one QAction each, shared by the tool bar, the context menu, the
/// window's menu and the keyboard. Shortcuts that type into a field elsewhere (Delete, Enter, F2) hold only
/// in the table. Thread: GUI.
struct RunsActions {
    RunsActions(QWidget& page, QWidget& table);

    QAction *open, *resume, *again, *rename, *star, *tag, *note, *export_csv, *trash, *restore, *filter;

    /// Which of them make sense now.
    void update(const std::vector<const RunRow*>& chosen, bool in_trash, bool engine_ready, bool exporting);
    QList<QAction*> all() const; ///< for the window's Edit menu; null entries are separators
    void fill(QMenu& menu) const;
};

} // namespace descent::ui

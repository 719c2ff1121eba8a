#pragma once

#include "core/base/units.h"

#include <QTableView>

#include <vector>

class QMenu;

namespace descent::ui {

class RunsModel;

/// The table of runs: columns to choose, reorder and sort, kept in settings; a selection of runs that
/// outlives re-reading. Thread: GUI.
class RunsTable : public QTableView {
    Q_OBJECT
public:
    explicit RunsTable(RunsModel& model, QWidget* parent = nullptr);
    ~RunsTable() override; ///< keeps the layout

    std::vector<int> chosenRows() const; ///< ascending
    std::vector<RunId> chosen() const;
    void choose(const std::vector<RunId>& runs);
    void rename(); ///< edits the name of the current run in place
    void fillColumnMenu(QMenu& menu);

Q_SIGNALS:
    void chosenChanged();
    void opened(); ///< double click, not on the name
    void starClicked(const RunId& run);
    void sortChanged();

protected:
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void restoreLayout();
    void saveLayout() const;
    void defaultLayout();

    RunsModel& model_;
    std::vector<RunId> kept_; ///< chosen before a reset of the model
    RunId kept_current_;
    int kept_scroll_ = 0;
};

} // namespace descent::ui

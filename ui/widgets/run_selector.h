#pragma once

#include "ui/models/compared_runs_model.h"

#include <QWidget>

class QLabel;
class QListView;
class QMenu;
class QToolButton;

namespace descent::ui {

class RunPicker;
class StoreHost;

/// The side of the Compare page with the chosen runs: check those that are shown, add others by a filter,
/// take some away. Thread: GUI.
class RunSelector : public QWidget {
    Q_OBJECT
public:
    RunSelector(StoreHost& store, QWidget* parent = nullptr);

    void setRows(std::vector<ComparedRunsModel::Row> rows);
    void setLadders(const std::vector<ComparedRuns::Ladder>& ladders, const std::string& chosen);
    void setPicked(const QString& id);
    void select(const QString& id); ///< the first run of the curve becomes the current one
    void selectRun(const RunId& run);
    QStringList hidden() const;
    ComparedRunsModel& model() { return *model_; }
    void pickRuns(); ///< opens the panel to add runs

Q_SIGNALS:
    void shownChanged();
    void added(const std::vector<descent::RunId>& runs);
    void removed(const std::vector<descent::RunId>& runs);
    void ladderChosen(const QString& group);
    void newLadderWanted();
    void openRun(const descent::RunId& run);
    void referenceWanted(const QString& id); ///< of the curve
    void picked(const QString& id);          ///< pointed at; "" none

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void buildMenu();
    void contextMenu(QPoint at);
    std::vector<RunId> selected() const;
    void showOnly(const std::vector<RunId>& runs);
    void showAll(bool shown);

    StoreHost& store_;
    ComparedRunsModel* model_;
    QLabel* count_;
    QToolButton* add_;
    QToolButton* more_;
    QMenu* ladders_;
    QListView* list_;
    RunPicker* picker_ = nullptr;
};

} // namespace descent::ui

#pragma once

#include <QWidget>

#include <string>

class QAction;
class QHBoxLayout;
class QLabel;
class QMenu;
class QToolButton;

namespace descent::ui {

struct RunsActions;
class RunsTable;

/// The line above the table: what can be done with the chosen runs, how many are listed, and what is shown.
/// Thread: GUI.
class RunsBar : public QWidget {
    Q_OBJECT
public:
    RunsBar(const RunsActions& actions, RunsTable& table, QWidget* parent = nullptr);

    QLabel* count() const { return count_; }
    QToolButton* columns() const { return columns_; }
    QToolButton* grouping() const { return grouping_; } ///< with a menu; see setGroup
    /// How runs are grouped, as group_runs has it.
    void setGroup(const std::string& by);
    QToolButton* preview() const { return preview_; } ///< checkable: the preview is wanted
    QToolButton* trash() const { return trash_; }     ///< checkable: the trash is shown

Q_SIGNALS:
    void groupWanted(const std::string& by);
    void otherGroupWanted(); ///< by a field that is not in the menu

private:
    void addAction(QHBoxLayout& row, QAction* action, Qt::ToolButtonStyle style);
    QToolButton* addTool(QHBoxLayout& row, const char* name, const QString& text, const QString& tip);

    void fillGroupMenu(QMenu& menu, const RunsActions& actions);

    QLabel* count_;
    QToolButton* columns_;
    QToolButton* grouping_;
    std::string group_ = "none";
    QToolButton* preview_;
    QToolButton* trash_;
};

} // namespace descent::ui

#pragma once

#include <QWidget>

class QAction;
class QHBoxLayout;
class QLabel;
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
    QToolButton* preview() const { return preview_; } ///< checkable: the preview is wanted
    QToolButton* trash() const { return trash_; }     ///< checkable: the trash is shown

private:
    void addAction(QHBoxLayout& row, QAction* action, Qt::ToolButtonStyle style);
    QToolButton* addTool(QHBoxLayout& row, const char* name, const QString& text, const QString& tip);

    QLabel* count_;
    QToolButton* preview_;
    QToolButton* trash_;
};

} // namespace descent::ui

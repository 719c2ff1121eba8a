#pragma once

#include "core/analysis/ladder.h"
#include "core/base/catalog.h"

#include <QWidget>

#include <optional>
#include <vector>

class QCheckBox;
class QFrame;
class QLabel;
class QPushButton;
class QSpinBox;
class QVBoxLayout;

namespace descent::ui {

/// The optimizer ladder in the form: which rungs, how many seeds, how many runs that makes, and Start. Folded
/// away behind a button. Thread: GUI.
class LadderPanel : public QWidget {
    Q_OBJECT
public:
    explicit LadderPanel(QWidget* parent = nullptr);
    void setCatalog(const Catalog* catalog);
    /// What is the same on every rung: the form's request, with its task named. None while it cannot run.
    void setBase(const std::optional<Request>& base);
    void setOpen(bool open);

Q_SIGNALS:
    void wanted(const LadderPlan& plan);

private:
    void list();    ///< the rungs that the task has
    void refresh(); ///< the estimate, or what is wrong
    std::optional<LadderPlan> plan(QString& problem) const;

    const Catalog* catalog_ = nullptr;
    std::optional<Request> base_;
    QPushButton* button_;
    QFrame* box_;
    QVBoxLayout* rungs_;
    std::vector<std::pair<std::string, QCheckBox*>> checks_;
    QSpinBox* seeds_;
    QLabel* estimate_;
    QLabel* problem_;
    QPushButton* start_;
};

} // namespace descent::ui

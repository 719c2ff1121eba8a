#pragma once

#include "ui/state/sweep_data.h"

#include <QWidget>

#include <memory>
#include <vector>

class QAction;

namespace descent::ui {

/// One way to look at a sweep: a tab of the Sweeps page. Thread: GUI.
class SweepView : public QWidget {
    Q_OBJECT
public:
    using QWidget::QWidget;
    using QWidget::show;

    /// Shows a sweep as it is now: called when another one was chosen (its record.id differs from the last
    /// one's) and whenever its cells have changed, at most four times a second, only while the view can be
    /// seen. Null where none is chosen.
    virtual void show(std::shared_ptr<const SweepData> sweep) = 0;
    /// Whether the view has something to say of such a sweep; its tab is left out where not.
    virtual bool suits(const SweepPlan&) const { return true; }
    /// Exports what is seen (figure, table): what Ctrl+E does while the view is shown. None: nothing to
    /// export.
    virtual QAction* exportAction() const { return nullptr; }

Q_SIGNALS:
    void openRuns(const std::vector<descent::RunId>& runs); ///< a cell or point was clicked
};

} // namespace descent::ui

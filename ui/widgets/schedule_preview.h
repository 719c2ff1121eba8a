#pragma once

#include "core/base/catalog.h"
#include "ui/plots/plot_view.h"

#include <QWidget>

#include <cstdint>
#include <optional>
#include <vector>

class QLabel;

namespace descent::ui {

/// The step size over a run that has not begun, as its schedule and its planned changes have it, and how the
/// batch grows.
struct SchedulePlan {
    std::vector<PlotPoint> lr;    ///< against epochs; as steps
    std::vector<PlotPoint> batch; ///< examples per update, against epochs; empty where it stays
    std::vector<PlotEvent> events;
    double epochs = 0;
    bool constant = true; ///< nothing to see
    bool plateau = false; ///< lowered when the loss stops falling: not known beforehand
};

/// `updates_per_epoch` and `planned_updates` as an inspection found them, `examples` in the training set.
/// Error-free: what cannot be read is left out. Thread: any.
SchedulePlan planSchedule(const RunSpec& spec, const Catalog& catalog, std::int64_t updates_per_epoch,
                          std::int64_t planned_updates, std::int64_t examples);
/// "Step size rises from 0 to 0.4 in 5 epochs, then falls to 0.001 at epoch 100".
QString planSentence(const SchedulePlan& plan);

/// Draws it. Thread: GUI.
class SchedulePreview : public QWidget {
    Q_OBJECT
public:
    explicit SchedulePreview(QWidget* parent = nullptr);
    void setPlan(const SchedulePlan& plan);
    const SchedulePlan& plan() const { return plan_; }

private:
    void point(std::optional<double> epoch);

    SchedulePlan plan_;
    PlotScene scene_;
    PlotView* view_;
    QLabel* words_;
};

} // namespace descent::ui

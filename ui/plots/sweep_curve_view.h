#pragma once

#include "ui/plots/sweep_curves.h"
#include "ui/plots/sweep_panel.h"

namespace descent::ui {

class MenuButton;
class MomentBar;
class StoreHost;

/// Double descent: error (or another metric) of training and of unseen examples over an axis of the sweep, at
/// the end or at any moment of training. Folding, threshold and peak are computed, and values of a moment
/// read, off the GUI thread; of what is asked for meanwhile the last is done. Thread: GUI.
class SweepCurveView : public SweepPanel {
    Q_OBJECT
public:
    explicit SweepCurveView(StoreHost& store, QWidget* parent = nullptr);
    ~SweepCurveView() override;

    void show(std::shared_ptr<const SweepData> sweep) override;
    bool suits(const SweepPlan& plan) const override { return numeric_axis(plan).has_value(); }
    FigureSource figure() const override { return chart_->figure(); }
    PlotTable table() const override { return chart_->table(); }
    SweepChart& chart() { return *chart_; }
    MomentBar& moments() { return *moments_; }
    const SweepCurvesTask& task() const { return task_; } ///< what is, or will be, shown
    bool busy() const { return busy_ || again_; }

private:
    void fillChoices();
    void fillFolds();
    void want(); ///< what is chosen now, as soon as may be
    void read(std::vector<std::string> metrics);
    void make();

    StoreHost& store_;
    SweepCurvesTask task_;
    std::vector<MetricFamily> families_;
    std::vector<SweepAxisChoice> axes_;
    std::shared_ptr<const SweepMoment> moment_; ///< as last read
    std::shared_ptr<const SweepData> moment_of_;
    bool busy_ = false, again_ = false;
    SweepChart* chart_;
    QComboBox* metric_;
    QComboBox* axis_;
    MenuButton* fold_;
    QWidget* scale_;
    QToolButton* whole_;
    MomentBar* moments_;
};

} // namespace descent::ui

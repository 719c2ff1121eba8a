#pragma once

#include "ui/plots/sweep_outcome_chart.h"
#include "ui/plots/sweep_panel.h"

namespace descent::ui {

class StoreHost;

/// How the networks of each variant ended, as shares with intervals. On mirror symmetry, which needs their
/// weights, read off the GUI thread, at most once at a time. Thread: GUI.
class SweepOutcomeView : public SweepPanel {
    Q_OBJECT
public:
    explicit SweepOutcomeView(StoreHost& store, QWidget* parent = nullptr);
    ~SweepOutcomeView() override;

    void show(std::shared_ptr<const SweepData> sweep) override;
    bool suits(const SweepPlan& plan) const override;
    FigureSource figure() const override { return chart_->figure(); }
    PlotTable table() const override { return chart_->table(); }
    SweepOutcomeChart& chart() { return *chart_; }
    bool busy() const { return busy_ || again_; }

private:
    void want();

    StoreHost& store_;
    std::shared_ptr<const SweepData> sweep_;
    bool busy_ = false, again_ = false;
    SweepOutcomeChart* chart_;
    QComboBox* when_;
};

} // namespace descent::ui

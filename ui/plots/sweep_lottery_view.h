#pragma once

#include "ui/plots/sweep_lottery.h"
#include "ui/plots/sweep_panel.h"

namespace descent::ui {

/// The lottery: what networks are worth with ever fewer weights, and in which layers these are. Computed off
/// the GUI thread; of what is asked for meanwhile the last is done. Thread: GUI.
class SweepLotteryView : public SweepPanel {
    Q_OBJECT
public:
    explicit SweepLotteryView(QWidget* parent = nullptr);
    ~SweepLotteryView() override;

    void show(std::shared_ptr<const SweepData> sweep) override;
    bool suits(const SweepPlan& plan) const override { return lottery_axis(plan).has_value(); }
    FigureSource figure() const override { return chart_->figure(); }
    PlotTable table() const override { return chart_->table(); }
    SweepChart& chart() { return *chart_; }
    bool busy() const { return busy_ || again_; }

private:
    void want();

    std::shared_ptr<const SweepData> sweep_;
    std::vector<std::string> metrics_; ///< of the choice's entries; after them the densities
    bool busy_ = false, again_ = false;
    SweepChart* chart_;
    QComboBox* what_;
};

} // namespace descent::ui

#pragma once

#include "ui/plots/sweep_course_choice.h"
#include "ui/plots/sweep_heat_map.h"
#include "ui/plots/sweep_panel.h"

namespace descent::ui {

class StoreHost;
class SweepCourses;
class SweepSeries;

/// What a heat map shows of a slice of the sweep: the median over the seeds. Thread: any.
SweepHeatData sweepHeat(const SweepData& sweep, const SweepCourses& courses, const SweepSlice& slice,
                        const std::string& word);

/// A metric over training and the levels of an axis, as colour. Thread: GUI.
class SweepHeatView : public SweepPanel {
    Q_OBJECT
public:
    explicit SweepHeatView(StoreHost& store, QWidget* parent = nullptr);
    ~SweepHeatView() override;

    void show(std::shared_ptr<const SweepData> sweep) override;
    bool suits(const SweepPlan& plan) const override;
    FigureSource figure() const override { return map_->figure(); }
    PlotTable table() const override { return map_->table(); }
    SweepHeatMap& map() { return *map_; }
    const SweepSeries& series() const { return *series_; }

private:
    void ask();
    void draw();

    std::shared_ptr<const SweepData> sweep_;
    SweepSeries* series_;
    SweepHeatMap* map_;
    CourseChoice choice_;
};

} // namespace descent::ui

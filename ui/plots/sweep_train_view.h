#pragma once

#include "ui/plots/plot_view.h"
#include "ui/plots/sweep_course_choice.h"
#include "ui/plots/sweep_panel.h"

#include <set>

namespace descent::ui {

class MenuButton;
class StoreHost;
class SweepSeries;

/// A metric against training for several levels of an axis: epoch-wise double descent. Where nothing is
/// varied, what was trained on and what was not, with the peak. A curve is the median over the seeds with its
/// band. Thread: GUI.
class SweepTrainView : public SweepPanel {
    Q_OBJECT
public:
    explicit SweepTrainView(StoreHost& store, QWidget* parent = nullptr);
    ~SweepTrainView() override;

    void show(std::shared_ptr<const SweepData> sweep) override;
    bool suits(const SweepPlan& plan) const override;
    FigureSource figure() const override;
    PlotTable table() const override;
    const PlotScene& scene() const { return scene_; }
    const SweepSeries& series() const { return *series_; }
    PlotView& view() { return *view_; }

private:
    void fillLevels();
    void ask();
    void draw();
    bool alone() const; ///< nothing is varied
    /// The metrics drawn: the chosen one; alone, those of the other sides too.
    std::vector<std::string> drawnWords() const;
    void findPeak();

    std::shared_ptr<const SweepData> sweep_;
    std::set<std::size_t> levels_; ///< drawn
    bool log_y_ = false, seeking_ = false;
    QString peak_;                               ///< told beneath
    std::vector<std::vector<PlotPoint>> sought_; ///< of which courses
    SweepSeries* series_;
    PlotScene scene_;
    PlotView* view_;
    CourseChoice choice_;
    QToolButton* log_x_;
    MenuButton* level_menu_;
};

} // namespace descent::ui

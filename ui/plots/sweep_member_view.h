#pragma once

#include "ui/plots/plot_view.h"
#include "ui/plots/sweep_panel.h"

#include <optional>

class QPushButton;
class QToolButton;

namespace descent::ui {

class StoreHost;
class SweepSeries;
class SymmetryPicture;

/// The courses of all members of one variant: up to 200 faint lines over the bands of all of them. A clicked
/// line is named beside; on mirror symmetry with its weights next to the paper's. Thread: GUI.
class SweepMemberView : public SweepPanel {
    Q_OBJECT
public:
    explicit SweepMemberView(StoreHost& store, QWidget* parent = nullptr);
    ~SweepMemberView() override;

    void show(std::shared_ptr<const SweepData> sweep) override;
    bool suits(const SweepPlan& plan) const override;
    FigureSource figure() const override;
    PlotTable table() const override;
    const PlotScene& scene() const { return scene_; }
    const SweepSeries& series() const { return *series_; }
    PlotView& view() { return *view_; }
    SymmetryPicture& weights() { return *weights_; }
    /// Shows a member's weights, as a click on its line does.
    void choose(const QString& uuid);

private:
    QWidget* makeSide();
    QToolButton* makeWeightsExport();
    void ask();
    void draw();
    void fillSide(const CellRun& run, std::vector<double> weights);
    const CellRun* member(const QString& uuid) const;
    QString variantText() const;

    StoreHost& store_;
    std::shared_ptr<const SweepData> sweep_;
    std::vector<std::string> words_;
    std::vector<std::vector<std::size_t>> variants_; ///< levels of each
    std::string word_;
    std::size_t variant_ = 0, members_ = 0;
    bool log_y_ = false;
    QString chosen_;
    SweepSeries* series_;
    PlotScene scene_;
    PlotView* view_;
    QComboBox* variant_box_;
    QComboBox* metric_;
    QToolButton* log_x_;
    QWidget* side_;
    QLabel* side_words_;
    SymmetryPicture* weights_;
    QPushButton* open_;
    QToolButton* weights_export_;
};

} // namespace descent::ui

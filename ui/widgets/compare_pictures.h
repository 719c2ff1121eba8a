#pragma once

#include "ui/plots/runs_plot.h"
#include "ui/widgets/compare_pane.h"

#include <map>

class QComboBox;
class QHBoxLayout;
class QToolButton;

namespace descent::ui {

class DetectionOverlay;
class ParallelView;
class ScatterView;
class StoreHost;

/// A picture of the compared runs that is not over time, with its key and what it is chosen by. Thread: GUI.
class PicturePane : public ComparePane {
    Q_OBJECT
public:
    TextTable table() const override { return textTable(plot_->table()); }
    QString fileName() const override;
    std::optional<FigureSource> figure() const override { return plot_->figure(); }
    void setPicked(const QString& id) override { plot_->setPicked(id); }
    RunsPlot& plot() { return *plot_; }

Q_SIGNALS:
    void chosen(const QString& id); ///< a run's mark is clicked

protected:
    PicturePane(RunsPlot* plot, const char* name, QWidget* parent);
    QHBoxLayout& controls() { return *controls_; }

private:
    RunsPlot* plot_;
    QHBoxLayout* controls_;
    LegendStrip* legend_;
};

/// Any field or metric over any other, a mark a run.
class CompareScatter : public PicturePane {
    Q_OBJECT
public:
    explicit CompareScatter(QWidget* parent = nullptr);
    ScatterView& view() { return *view_; }

protected:
    void refresh() override;

private:
    explicit CompareScatter(ScatterView* view, QWidget* parent);
    void changed(bool axis);

    ScatterView* view_;
    QComboBox* x_;
    QComboBox* y_;
    QToolButton* log_x_;
    QToolButton* log_y_;
};

/// Fields and metrics side by side, a line a run.
class CompareParallel : public PicturePane {
    Q_OBJECT
public:
    explicit CompareParallel(QWidget* parent = nullptr);
    ParallelView& view() { return *view_; }

protected:
    void refresh() override;

private:
    explicit CompareParallel(ParallelView* view, QWidget* parent);
    void fillMenu();

    ParallelView* view_;
    QToolButton* axes_;
    std::vector<std::string> shown_; ///< what the axes are
};

/// The last detection curves of the runs on the same axes; of runs that tell classes apart those of the
/// scores that they ended with, all classes pooled or one against the rest.
class CompareDetection : public PicturePane {
    Q_OBJECT
public:
    CompareDetection(StoreHost& store, QWidget* parent = nullptr);
    DetectionOverlay& view() { return *view_; }

protected:
    void refresh() override;

private:
    CompareDetection(StoreHost& store, DetectionOverlay* view, QWidget* parent);
    void offerClasses();
    void show();

    StoreHost& store_;
    DetectionOverlay* view_;
    QComboBox* class_;
    std::map<RunId, std::pair<Update, std::shared_ptr<const Matrix>>> read_; ///< at what the run had got to
    int generation_ = 0;
};

/// Whether any run has measured what CompareDetection shows.
bool hasDetection(const std::vector<ComparedRuns::Metric>& metrics);

} // namespace descent::ui

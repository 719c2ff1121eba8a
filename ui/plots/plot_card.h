#pragma once

#include "ui/plots/figure.h"
#include "ui/plots/plot.h"
#include "ui/plots/plot_view.h"

#include <QFrame>

#include <optional>
#include <utility>

class QMenu;

namespace descent::ui {

class CardHeader;
class WatchedRun;

enum class PlotExport { copy, figure, csv };

/// One plot of the watched run in its frame: title, key with values, the drawing, and what can be done with
/// it. Thread: GUI.
class PlotCard : public QFrame {
    Q_OBJECT
public:
    PlotCard(PlotDef plot, const WatchedRun& run, Detection& detection, QWidget* parent = nullptr);

    const PlotDef& plot() const { return plot_; }
    const PlotScene& scene() const { return scene_; }
    PlotView& view() { return *view_; }
    const LegendStrip& legend() const { return *legend_; }

    bool wanted() const; ///< the run has what it draws
    void reset();        ///< the run was read anew: forget the points
    void sync();         ///< takes what the run has got since and redraws
    void setAxis(XAxis axis);
    void setLog(bool log);
    void setLogX(bool log);
    void setXRange(std::optional<std::pair<double, double>> range); ///< what of x is shown; none: all
    void setCursor(std::optional<double> x);
    void setEnlarged(bool enlarged); ///< only the button's look
    double costMs() const { return sync_ms_ + view_->costMs(); }

    /// What it shows now, to be exported: the run may go on meanwhile. A plot with axes of its own is painted
    /// as it then is.
    FigureSource figure() const;

Q_SIGNALS:
    void enlargeClicked();
    void tableRequested();
    void exportRequested(PlotExport what);
    void hovered(std::optional<double> x);
    void xRangeChosen(std::optional<std::pair<double, double>> range);

private:
    QMenu* buildMenu();
    void takeCurves();
    void takeSeries();
    void takeEvents();
    void syncMatrix();
    void updateLegend();
    void updateWords();
    double reached() const;
    double begun() const; ///< the first x above 0 of all that is measured
    double planned() const;

    PlotDef plot_;
    const WatchedRun& run_;
    const Detection& detection_;
    std::vector<CurveDef> curves_; ///< of scene_, in its order
    PlotScene scene_;
    MatrixScene matrix_;
    std::optional<double> cursor_;
    std::optional<std::pair<double, double>> x_shown_;
    double sync_ms_ = 0;
    CardHeader* header_ = nullptr;
    LegendStrip* legend_;
    PlotView* view_;
    OwnPlot* own_ = nullptr; ///< view_, where it is one
};

} // namespace descent::ui

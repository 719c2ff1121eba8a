#pragma once

#include "core/analysis/decimate.h"
#include "ui/plots/legend_strip.h"
#include "ui/plots/plot.h"

#include <QString>
#include <QWidget>

#include <optional>
#include <utility>
#include <vector>

class QPainter;

namespace descent {
struct Matrix;
}

namespace descent::ui {

enum class XAxis { update, epoch, seconds };
QString unitWord(XAxis axis); ///< "updates", "epochs", "s"

struct PlotCurve {
    QString label;
    int colour = 0, dash = 0;
    bool faint = false;
    std::vector<PlotPoint> points; ///< full resolution, ordered by x; NaN and infinities are data
    bool steps = false;            ///< each holds until the next
};

/// Something that happened at one x: a vertical line with a word.
struct PlotEvent {
    double x = 0;
    QString label; ///< "lr 0.05"
    bool operator==(const PlotEvent&) const = default;
};

/// What a line chart shows. Held by its owner, who changes it and then calls PlotView::redraw().
struct PlotScene {
    std::vector<PlotCurve> curves;
    std::vector<ReferenceLine> lines;
    std::vector<PlotEvent> events; ///< in order of x
    XAxis axis = XAxis::update;
    QString x_word; ///< beneath the last number, where x is none of the above
    std::optional<std::pair<double, double>> x_range; ///< where it does not start at 0
    bool log_y = false;
    bool share = false;
    double reached = 0; ///< how far the run is, so that all charts end alike
    double planned = 0; ///< where x will end, 0 where unknown
    bool growing = false;
};

/// The same for a heat map.
struct MatrixScene {
    const Matrix* matrix = nullptr; ///< row = true class, column = predicted
    std::vector<QString> classes;
};

/// A drawn plot: the seam behind which the chart library stays. Thread: GUI.
class PlotView : public QWidget {
    Q_OBJECT
public:
    using QWidget::QWidget;
    virtual void redraw() = 0;                                         ///< the scene has changed
    virtual void paintTo(QPainter& painter, const QRectF& target) = 0; ///< for export
    virtual void setCursor(std::optional<double> x) { (void)x; }       ///< the shared cursor, in x units
    virtual std::vector<PlotPoint> drawn(std::size_t curve) const {
        (void)curve;
        return {};
    }                                           ///< after decimation
    virtual double costMs() const { return 0; } ///< of the last redraw with its painting
    virtual QString describe(QPoint at) const {
        (void)at;
        return {};
    } ///< what is under the pointer, for a tool tip

Q_SIGNALS:
    void hovered(std::optional<double> x);
};

/// A plot with axes of its own. It knows what is drawn, so it also brings what a card asks a declaration for.
class OwnPlot : public PlotView {
    Q_OBJECT
public:
    using PlotView::PlotView;
    virtual void sync() = 0; ///< the run has got on; redraws where that changes anything
    virtual std::vector<LegendStrip::Item> legend() const = 0;
    virtual QString summary() const = 0;                ///< a sentence for a screen reader
    virtual QString note() const { return {}; }         ///< beside the title
    virtual void setAxis(XAxis axis) { (void)axis; }    ///< where it has the run's time as an axis
    virtual QWidget* makeControls() { return nullptr; } ///< beside the title; once
    virtual QWidget* makeFooter() { return nullptr; }   ///< beneath the drawing; once

Q_SIGNALS:
    void wordsChanged(); ///< legend or summary
};

PlotView* makeLineChart(const PlotScene& scene, QWidget* parent);
PlotView* makeHeatMap(const MatrixScene& scene, QWidget* parent);
/// What the plot draws of the run; it names itself by `id` in object names.
OwnPlot* makeHistogramPlot(const WatchedRun& run, QWidget* parent);
OwnPlot* makeLandscapeLine(const WatchedRun& run, QWidget* parent);
OwnPlot* makeLandscapePlane(const WatchedRun& run, QWidget* parent);
OwnPlot* makeDetectionPlot(Detection& detection, QWidget* parent);

} // namespace descent::ui

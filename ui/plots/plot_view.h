#pragma once

#include "core/analysis/bands.h"
#include "core/analysis/decimate.h"
#include "core/analysis/pyramid.h"
#include "ui/plots/legend_strip.h"
#include "ui/plots/plot.h"

#include <QFocusEvent>
#include <QString>
#include <QWidget>

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

class QPainter;

namespace descent {
struct Matrix;
}

namespace descent::ui {

QString axisName(XAxis axis); ///< "update", "epoch", "seconds", "examples", "share"
QString unitWord(XAxis axis); ///< "updates", "epochs", "s", "examples", "of the run"

/// Reads points of a series that are not in memory. Called on a worker thread, one call at a time a curve;
/// it owns what it uses and waits for nothing of the GUI thread, which may wait for it: as a chart goes away
/// or is exported.
using PointFetch = std::function<std::vector<SeriesPoint>(PointRange)>;
/// The same for a chunk of buckets of a level.
using BucketFetch = std::function<SeriesPyramid::Buckets(std::size_t level, std::size_t chunk)>;

/// A curve has either `points` or, where it is long or grows, a `series`.
struct PlotCurve {
    QString label;
    int colour = 0, dash = 0;
    bool faint = false;
    std::vector<PlotPoint> points; ///< full resolution, ordered by x; NaN and infinities are data
    bool steps = false;            ///< each holds until the next
    std::shared_ptr<const SeriesPyramid> series{};
    SeriesAxis along{};            ///< where the points of `series` lie
    PointFetch fetch{};            ///< for what `series` lacks; none: it is whole
    BucketFetch fetch_buckets{};   ///< spares reading most of a long series point by point
    std::vector<BandPoint> band{}; ///< an area behind the curve
    QString id{};                  ///< what it stands for, told when it is picked: a run's UUID
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
    bool log_x = false, log_y = false;
    bool share = false;
    bool positive = false; ///< y is never below 0: bands do not stretch the axis there
    double reached = 0;    ///< how far the run is, so that all charts end alike
    double planned = 0;    ///< where x will end, 0 where unknown
    bool growing = false;
    double begun = 0; ///< where a log x axis begins, so that all charts begin alike; 0: at the first point
};

/// What y of a metric cannot leave, by its name.
void limitY(PlotScene& scene, const std::string& metric);

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
    virtual void redraw() = 0; ///< the scene has changed
    /// For export: laid out anew for `target`, as lines, never as a picture of them; a line chart writes in
    /// the painter's font. May read what is missing.
    virtual void paintTo(QPainter& painter, const QRectF& target) = 0;
    virtual void setCursor(std::optional<double> x) { (void)x; } ///< the shared cursor, in x units
    /// What part of x is shown; none: all of it, and all of y. Linked charts are given what one of them said,
    /// which shows it already.
    virtual void setXRange(std::optional<std::pair<double, double>> range) { (void)range; }
    virtual void setPicked(const QString& id) { (void)id; } ///< drawn thicker, above the others; "" none
    virtual std::vector<PlotPoint> drawn(std::size_t curve) const {
        (void)curve;
        return {};
    } ///< after decimation
    /// Whether what is shown is what was last asked for; a chart of many points is drawn on another thread.
    virtual bool upToDate() const { return true; }
    virtual double costMs() const { return 0; } ///< of the last redraw with its painting
    virtual QString describe(QPoint at) const {
        (void)at;
        return {};
    } ///< what is under the pointer, for a tool tip

Q_SIGNALS:
    void hovered(std::optional<double> x);
    void xRangeChosen(std::optional<std::pair<double, double>> range); ///< by wheel, box, keys; none: reset
    void picked(const QString& id); ///< the curve under the pointer, "" none
    void chosen(const QString& id); ///< clicked
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

protected:
    /// It has the focus by the keyboard, and so is to show where: whoever clicked knows.
    bool reachedByKeyboard() const { return hasFocus() && by_keyboard_; }
    void focusInEvent(QFocusEvent* event) override {
        PlotView::focusInEvent(event);
        by_keyboard_ = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason;
        update();
    }
    void focusOutEvent(QFocusEvent* event) override {
        PlotView::focusOutEvent(event);
        by_keyboard_ = false;
        update();
    }

private:
    bool by_keyboard_ = false;
};

PlotView* makeLineChart(const PlotScene& scene, QWidget* parent);
PlotView* makeHeatMap(const MatrixScene& scene, QWidget* parent);
/// What the plot draws of the run; it names itself by `id` in object names.
OwnPlot* makeHistogramPlot(const WatchedRun& run, QWidget* parent);
OwnPlot* makeLandscapeLine(const WatchedRun& run, QWidget* parent);
OwnPlot* makeLandscapePlane(const WatchedRun& run, QWidget* parent);
OwnPlot* makeDetectionPlot(Detection& detection, QWidget* parent);
OwnPlot* makeRocPlot(const WatchedRun& run, QWidget* parent);

} // namespace descent::ui

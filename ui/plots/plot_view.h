#pragma once

#include "core/analysis/decimate.h"
#include "ui/plots/legend_strip.h"
#include "ui/plots/plot.h"

#include <QString>
#include <QWidget>

#include <optional>
#include <span>
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
};

/// What a line chart shows. Held by its owner, who changes it and then calls PlotView::redraw().
struct PlotScene {
    std::vector<PlotCurve> curves;
    std::vector<ReferenceLine> lines;
    XAxis axis = XAxis::update;
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
    virtual QWidget* makeControls() { return nullptr; } ///< beside the title; once
    virtual QWidget* makeFooter() { return nullptr; }   ///< beneath the drawing; once

Q_SIGNALS:
    void wordsChanged(); ///< legend or summary
};

PlotView* makeLineChart(const PlotScene& scene, QWidget* parent);
PlotView* makeHeatMap(const MatrixScene& scene, QWidget* parent);
OwnPlot* makeDetectionPlot(Detection& detection, QWidget* parent);

} // namespace descent::ui

#pragma once

#include "core/analysis/detection.h"
#include "ui/plots/detection_axes.h"
#include "ui/plots/runs_plot.h"

#include <QPolygonF>

namespace descent::ui {

/// The detection curve of one run.
struct DetectionLine {
    QString id, label; ///< a run's UUID and its name
    int colour = 0, dash = 0;
    DetectionCurve curve;
    std::int64_t examples = 0; ///< that it was measured on
};

/// The FA-FR curves of several runs on the same axes: linear, logarithmic, DET or ROC. Thread: GUI.
class DetectionOverlay : public RunsPlot {
    Q_OBJECT
public:
    explicit DetectionOverlay(QWidget* parent = nullptr);
    ~DetectionOverlay() override;
    void setLines(std::vector<DetectionLine> lines); ///< empty curves are left out
    const std::vector<DetectionLine>& lines() const { return lines_; }
    DetectionScale scale() const { return scale_; }
    void setScale(DetectionScale scale);
    /// Four buttons: linear, log, DET, ROC. Once.
    QWidget* makeControls();

    std::vector<LegendStrip::Item> legend() const override; ///< with the area under FA-FR
    QString summary() const override;
    PlotTable table() const override;
    QString name() const override;

protected:
    std::size_t items() const override { return lines_.size(); }
    QString idOf(std::size_t item) const override;
    QString wordsOf(std::size_t item) const override;
    void draw(QPainter& painter, QSizeF size, const Look& look) const override;
    std::optional<std::size_t> itemAt(QPointF at) const override;
    QString emptyWord() const override;
    RunsPlot* copy() const override;

private:
    DetectionAxes axes(QSizeF size) const;
    QPolygonF polygon(const DetectionAxes& axes, const DetectionLine& line) const;

    std::vector<DetectionLine> lines_;
    DetectionScale scale_ = DetectionScale::det;
};

} // namespace descent::ui

#pragma once

#include "ui/plots/plot_frame.h"
#include "ui/plots/runs_plot.h"
#include "ui/plots/ticks.h"

#include <optional>

namespace descent::ui {

/// A level of the axis over training.
struct SweepHeatRow {
    QString label;
    QStringList runs;              ///< UUIDs
    std::vector<double> values;    ///< one a column; NaN where nothing was measured
    std::optional<double> reached; ///< x from which on the training error is at most the threshold
};
struct SweepHeatData {
    QString title;                  ///< "validation/error over model.hidden and training"
    QString axis, value;            ///< what rows and colours are: "model.hidden", "validation/error"
    QString threshold;              ///< "train error ≤ 0.1"
    std::vector<double> columns;    ///< updates, rising, from 1 on
    std::vector<SweepHeatRow> rows; ///< from the bottom up
    QStringList sentences{};
    QString empty{};
};

/// A quantity over training (logarithmic) and the levels of an axis, as colour, with the line from which on
/// the networks have interpolated. A row is clicked. Thread: GUI.
class SweepHeatMap : public RunsPlot {
    Q_OBJECT
public:
    explicit SweepHeatMap(QWidget* parent = nullptr);
    ~SweepHeatMap() override;
    void setData(SweepHeatData data);
    const SweepHeatData& data() const { return data_; }

    std::vector<LegendStrip::Item> legend() const override;
    QString summary() const override;
    PlotTable table() const override; ///< a row a cell, then the threshold
    QString name() const override { return data_.title; }
    QString describe(QPoint at) const override;               ///< the cell
    QRectF cellOf(std::size_t row, std::size_t column) const; ///< in the widget
    /// Of the colour scale, 0 to 1.
    double shareOf(double value) const;

protected:
    std::size_t items() const override { return order_.size(); }
    QString idOf(std::size_t item) const override;
    QString wordsOf(std::size_t item) const override;
    void draw(QPainter& painter, QSizeF size, const Look& look) const override;
    std::optional<std::size_t> itemAt(QPointF at) const override;
    QString emptyWord() const override;
    RunsPlot* copy() const override;

private:
    struct Frame;
    Frame frame(QSizeF size) const;
    QRectF rect(const Frame& frame, std::size_t row, std::size_t column) const;
    void paintScale(QPainter& painter, const Frame& frame) const;
    void paintLabels(QPainter& painter, const Frame& frame) const;
    void paintThreshold(QPainter& painter, const Frame& frame) const;

    SweepHeatData data_;
    double low_ = 0, high_ = 1;
    bool log_ = false;               ///< the colours
    std::vector<double> edges_;      ///< of the columns
    std::vector<std::size_t> order_; ///< rows with anything to show
};

} // namespace descent::ui

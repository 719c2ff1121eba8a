#pragma once

#include "ui/plots/plot_frame.h"
#include "ui/plots/runs_plot.h"
#include "ui/plots/ticks.h"
#include "ui/plots/value_axis.h"

#include <limits>

namespace descent::ui {

/// A combination of levels, its seeds folded.
struct SweepPoint {
    double x = 0, value = 0;
    double low = std::numeric_limits<double>::quiet_NaN(), high = low; ///< of the band, where there is one
    std::int64_t count = 0, seeds = 0;                                 ///< folded; in all
    QStringList runs{};                                                ///< UUIDs; none: it is not clicked
    QString where{};                                                   ///< "model.hidden 48"
};
/// A curve over an axis of a sweep. Colour, dash and marker are indices of theme::series, theme::dash and
/// paintMark(); without a marker it is a line alone, such as a theory's, which the y axis is not fitted to.
struct SweepCurve {
    QString label;
    int colour = 0, dash = 0, marker = -1;
    std::vector<SweepPoint> points; ///< ordered by x
};
/// A place on the x axis with its interval: a vertical line, shaded as wide as it is uncertain.
struct SweepPlace {
    double x = 0, low = x, high = x; ///< NaN where not known
    double value = 0;                ///< what was reached there
    QString label;                   ///< "threshold 48"
    int colour = 0;
};
/// The peak of a curve.
struct SweepPeak {
    double x = 0, value = 0, low = 0, high = 0; ///< the interval is of x
    QString label;
    int colour = 0;
};
struct SweepChartData {
    QString title; ///< "Error over model.hidden"
    RunsAxis x, y;
    bool x_reversed = false; ///< the largest is at the left
    double floor = 0;        ///< on a logarithmic y axis, what is less is drawn at the lower edge
    QString fold;            ///< what a value is: "median of the seeds, band 95% bootstrap interval"
    std::vector<SweepCurve> curves;
    std::vector<SweepPlace> places;
    std::vector<SweepPeak> peaks;
    QStringList sentences{}; ///< beneath the chart, and part of the summary
    QString empty{};         ///< said where there is nothing to draw
};

/// Whether a value is drawn at the lower edge: on a logarithmic axis, what is less than its floor, or not
/// above 0. Thread: any.
bool atEdge(const SweepChartData& data, double value);

/// Curves over an axis of a sweep, with bands, marks that are clicked, and where things happen. Thread: GUI.
class SweepChart : public RunsPlot {
    Q_OBJECT
public:
    explicit SweepChart(QWidget* parent = nullptr);
    ~SweepChart() override;
    static QString nothingFinished(std::size_t cells); ///< for SweepChartData::empty
    void setData(SweepChartData data);
    const SweepChartData& data() const { return data_; }

    std::vector<LegendStrip::Item> legend() const override;
    QString summary() const override;
    PlotTable table() const override; ///< points, then lines of theory, thresholds and peaks
    QString name() const override { return data_.title; }
    /// Where a point of the data is in the widget, be it at the lower edge.
    QPointF placeOf(double x, double y) const;

protected:
    std::size_t items() const override { return order_.size(); }
    QString idOf(std::size_t item) const override;
    QString wordsOf(std::size_t item) const override;
    void draw(QPainter& painter, QSizeF size, const Look& look) const override;
    std::optional<std::size_t> itemAt(QPointF at) const override;
    QString emptyWord() const override;
    bool empty() const override { return drawn_ == 0; }
    RunsPlot* copy() const override;

private:
    struct Frame;
    Frame frame(QSizeF size) const;
    void setRanges();
    const SweepPoint& pointOf(std::size_t item) const;
    bool shows(const SweepPoint& point) const;
    bool edges(const SweepCurve& curve, const SweepPoint& point) const;
    QPointF placeOf(const Frame& frame, double x, double y) const;
    void paintCurve(QPainter& painter, const Frame& frame, const SweepCurve& curve) const;
    void paintPlaces(QPainter& painter, const Frame& frame) const;
    void paintPeaks(QPainter& painter, const Frame& frame) const;
    void paintPicked(QPainter& painter, const Frame& frame, std::size_t item, bool ring) const;

    SweepChartData data_;
    PlotFrame range_; ///< without its area
    std::size_t drawn_ = 0;
    std::vector<std::pair<std::size_t, std::size_t>> order_; ///< curve and point of each item
};

} // namespace descent::ui

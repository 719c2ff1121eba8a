#pragma once

#include "ui/plots/runs_plot.h"
#include "ui/plots/value_axis.h"

#include <utility>

namespace descent::ui {

/// A run, or a group's mean.
struct ScatterPoint {
    QString id;                 ///< told when it is picked: a run's UUID
    QString label;              ///< its name
    QString group;              ///< its word in the key; "" where points are not grouped
    int colour = 0, marker = 0; ///< of theme::series, and a shape: equal groups have equal ones
    double x = 0, y = 0; ///< not drawn where not finite, or ≤ 0 on a log axis: the summary counts them
};
struct ScatterData {
    RunsAxis x, y;
    std::vector<ScatterPoint> points;
};

/// Any parameter or metric over any other, a mark a run. Thread: GUI.
class ScatterView : public RunsPlot {
    Q_OBJECT
public:
    explicit ScatterView(QWidget* parent = nullptr);
    ~ScatterView() override;
    void setData(ScatterData data);
    const ScatterData& data() const { return data_; }
    void setLog(bool x, bool y);
    std::size_t drawnPoints() const; ///< that can be shown on these axes

    std::vector<LegendStrip::Item> legend() const override;
    QString summary() const override;
    PlotTable table() const override;
    QString name() const override;

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
    std::pair<ValueAxis, ValueAxis> axes() const;

    ScatterData data_;
    std::vector<std::size_t> order_; ///< drawable points by x, then y
};

} // namespace descent::ui

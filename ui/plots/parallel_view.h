#pragma once

#include "ui/plots/scatter_view.h"

#include <utility>

namespace descent::ui {

/// A run across all axes.
struct ParallelLine {
    QString id, label; ///< as ScatterPoint's
    QString group{};   ///< its word in the key
    int colour = 0, dash = 0;
    std::vector<double> values; ///< an axis each; the line has a gap where one is not finite
};
struct ParallelData {
    std::vector<RunsAxis> axes;
    std::vector<ParallelLine> lines;
    int colour_axis = -1; ///< lines are coloured by their value there; −1: each in its own colour
};

/// Parallel coordinates: an axis a parameter or metric, a line a run. An axis is dragged by its title;
/// dragging along it keeps a range ("brush"), and lines outside of any are grey. Keys: Left and Right choose
/// an axis, with Ctrl they move it; Shift+Up/Down move the lower end of its range, Ctrl+Up/Down the upper,
/// Backspace takes the range away; Up and Down go from line to line. Thread: GUI.
class ParallelView : public RunsPlot {
    Q_OBJECT
public:
    explicit ParallelView(QWidget* parent = nullptr);
    ~ParallelView() override;
    /// Order and brushes of axes with a known title stay.
    void setData(ParallelData data);
    const ParallelData& data() const { return data_; }
    const std::vector<std::size_t>& order() const { return order_; } ///< axes from left to right
    void moveAxis(std::size_t from, std::size_t to);                 ///< places, from the left
    /// Keeps what lies in [low, high] of the axis at that place, in its units; none: everything.
    void brush(std::size_t place, std::optional<std::pair<double, double>> range);
    std::optional<std::pair<double, double>> brushed(std::size_t place) const;
    bool kept(std::size_t line) const; ///< inside all brushes

    std::vector<LegendStrip::Item> legend() const override;
    QString summary() const override;
    PlotTable table() const override;
    QString name() const override;

Q_SIGNALS:
    void orderChanged();
    void brushChanged(const QStringList& ids); ///< of the runs that are kept

protected:
    std::size_t items() const override { return data_.lines.size(); }
    QString idOf(std::size_t item) const override;
    QString wordsOf(std::size_t item) const override;
    void draw(QPainter& painter, QSizeF size, const Look& look) const override;
    std::optional<std::size_t> itemAt(QPointF at) const override;
    QString emptyWord() const override;
    bool empty() const override { return data_.lines.empty() || data_.axes.empty(); }
    RunsPlot* copy() const override;

    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override; ///< takes the axis's brush away
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Frame;
    Frame frame(QSizeF size) const;
    void paintAxis(QPainter& painter, const Frame& frame, std::size_t place) const;
    void paintLine(QPainter& painter, const Frame& frame, std::size_t line) const;
    void brushByKey(bool upper, int way);
    void tellBrush();

    ParallelData data_;
    std::vector<std::size_t> order_;
    std::vector<std::optional<std::pair<double, double>>> brushes_; ///< by axis, not by place
    std::size_t at_ = 0;                                            ///< the place that keys act on
    enum class Drag { none, axis, range };
    Drag drag_ = Drag::none;
    double drag_from_ = 0; ///< of the axis, 0 to 1, where it began
};

} // namespace descent::ui

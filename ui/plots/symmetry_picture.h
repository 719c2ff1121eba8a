#pragma once

#include "core/analysis/symmetry.h"
#include "ui/plots/runs_plot.h"

namespace descent::ui {

/// The weights of one network on mirror symmetry.
struct SymmetryWeights {
    QString id, name; ///< the run's UUID and name; "" shows nothing
    std::vector<HiddenUnit> units;
    double output_bias = 0;
};
/// The solution of Rumelhart, Hinton & Williams 1986 that is nearest to these weights in shape: each unit's
/// mirrored weights equal and opposite, their magnitudes 1:2:4 in the order they have, the second unit the
/// first with its signs turned, hidden biases negative, the output's positive. Needs an even number of bits.
SymmetryWeights paperSolution(const SymmetryWeights& found);

/// Hidden units as rows of signed squares, one for each input, and for bias and weight to the output; beneath
/// them the paper's solution. A square's area is the weight's magnitude, its colour and sign the weight's.
/// Thread: GUI.
class SymmetryPicture : public RunsPlot {
    Q_OBJECT
public:
    explicit SymmetryPicture(QWidget* parent = nullptr);
    void setWeights(SymmetryWeights weights);
    const SymmetryWeights& weights() const { return found_; }

    std::vector<LegendStrip::Item> legend() const override { return {}; }
    QString summary() const override;
    PlotTable table() const override;
    QString name() const override;
    QString describe(QPoint at) const override; ///< a weight
    QSize sizeHint() const override { return {260, 300}; }

protected:
    std::size_t items() const override { return found_.units.empty() ? 0 : 1; }
    QString idOf(std::size_t) const override { return found_.id; }
    QString wordsOf(std::size_t item) const override;
    void draw(QPainter& painter, QSizeF size, const Look& look) const override;
    std::optional<std::size_t> itemAt(QPointF at) const override;
    QString emptyWord() const override;
    RunsPlot* copy() const override;

private:
    struct Place;
    std::vector<Place> places(QSizeF size) const;

    SymmetryWeights found_, ideal_;
};

} // namespace descent::ui

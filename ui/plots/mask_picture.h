#pragma once

#include "core/analysis/weight_masks.h"
#include "ui/plots/runs_plot.h"

#include <memory>
#include <vector>

namespace descent::ui {

/// What is drawn of one layer of one pruned network. A value: made off the GUI thread.
struct MaskShown {
    QString id, run;    ///< the run's UUID and name; "" shows nothing
    QString layer;      ///< its name
    QString sentence{}; ///< mask_sentence()
    std::int64_t rows = 0, columns = 0;
    std::vector<double> row_density{}, column_density{};
    double density = 0;
    MaskGrid grid{};
};
/// Thread: any.
MaskShown maskShown(const QString& id, const QString& run, const MaskedLayer& layer);

/// A layer's mask as a picture, a row a unit: kept or cut, or the weights that are kept by sign and size.
/// Above it how much each column keeps, at the right each row. Thread: GUI.
class MaskPicture : public RunsPlot {
    Q_OBJECT
public:
    explicit MaskPicture(QWidget* parent = nullptr);
    void setShown(std::shared_ptr<const MaskShown> shown);
    void setWeights(bool weights); ///< what is kept, by sign and size
    const MaskShown& shown() const { return *shown_; }

    std::vector<LegendStrip::Item> legend() const override;
    QString summary() const override;
    PlotTable table() const override; ///< the share that each row and column keeps
    QString name() const override;
    QString describe(QPoint at) const override;
    /// The colour of a cell of the grid.
    QColor colourOf(std::int64_t row, std::int64_t column) const;
    QRectF area(QSizeF size) const; ///< of the mask itself

protected:
    std::size_t items() const override { return shown_->id.isEmpty() ? 0 : 1; }
    QString idOf(std::size_t) const override { return shown_->id; }
    QString wordsOf(std::size_t item) const override;
    void draw(QPainter& painter, QSizeF size, const Look& look) const override;
    std::optional<std::size_t> itemAt(QPointF at) const override;
    QString emptyWord() const override;
    RunsPlot* copy() const override;

private:
    void drawStrip(QPainter& painter, const QRectF& strip, const std::vector<double>& density,
                   bool across) const;

    std::shared_ptr<const MaskShown> shown_;
    bool weights_ = false;
};

} // namespace descent::ui

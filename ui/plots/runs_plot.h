#pragma once

#include "ui/plots/figure.h"
#include "ui/plots/plot_view.h"

#include <optional>

namespace descent::ui {

/// A picture of several runs that is not over time: the scatter, the parallel coordinates, the overlaid
/// detection curves, a sweep. An item stands for a run, or for several (their UUIDs with spaces between);
/// pointing at one or going to it by arrow keys tells `picked`, a click or Enter `chosen`. Holds its data,
/// knows no store. Thread: GUI.
class RunsPlot : public PlotView {
    Q_OBJECT
public:
    explicit RunsPlot(QWidget* parent = nullptr);

    virtual std::vector<LegendStrip::Item> legend() const = 0;
    virtual QString summary() const = 0; ///< a sentence for a screen reader; the accessible description too
    virtual PlotTable table() const = 0; ///< its table twin, and its CSV: what is drawn, in full
    virtual QString name() const = 0;    ///< "Validation accuracy over lr": the title of its figure
    /// Of what is shown now, with the key above it.
    FigureSource figure() const;

    void redraw() override;
    void paintTo(QPainter& painter, const QRectF& target) override;
    void setPicked(const QString& id) override;
    QString describe(QPoint at) const override;
    double costMs() const override { return cost_ms_; }
    QSize sizeHint() const override { return {480, 320}; }

Q_SIGNALS:
    void wordsChanged(); ///< legend, summary or table

protected:
    /// What is to be seen apart from the data. Items are numbers of the order in which keys walk them.
    struct Look {
        std::optional<std::size_t> picked; ///< drawn above the others
        bool focused = false;              ///< … with a ring
        bool screen = true;                ///< false: into a figure
    };
    virtual std::size_t items() const = 0;
    virtual QString idOf(std::size_t item) const = 0;
    virtual QString wordsOf(std::size_t item) const = 0; ///< "brave-otter-12: lr 0.1, accuracy 0.64"
    virtual void draw(QPainter& painter, QSizeF size, const Look& look) const = 0;
    virtual std::optional<std::size_t> itemAt(QPointF at) const = 0; ///< on screen
    virtual QString emptyWord() const = 0;
    virtual bool empty() const { return items() == 0; }
    /// A copy that paints the same, for a figure that outlives this widget; given away by pointer.
    virtual RunsPlot* copy() const = 0;

    void dataChanged(); ///< after each change of the data: repaints, tells the words

    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool event(QEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    void pick(std::optional<std::size_t> item);

    std::optional<std::size_t> picked_;
    bool ring_ = false;
    double cost_ms_ = 0;
};

} // namespace descent::ui

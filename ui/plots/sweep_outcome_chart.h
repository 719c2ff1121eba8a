#pragma once

#include "core/analysis/double_descent.h"
#include "ui/plots/runs_plot.h"

namespace descent::ui {

/// One way that networks of a variant ended.
struct OutcomePart {
    std::size_t kind = 0; ///< index into OutcomeData::kinds
    Share share;
    QStringList runs; ///< UUIDs of those
};
/// A share that somebody else found.
struct OutcomeReference {
    Share share;
    QString source; ///< "report"
    QString when{}; ///< "solved by update 1,450"
};
struct OutcomeBar {
    QString label;                  ///< the variant
    std::vector<OutcomePart> parts; ///< in the order of kinds
    Share success;                  ///< of the first `OutcomeData::good` kinds together
    std::vector<OutcomeReference> references;
};
struct OutcomeData {
    QString title;
    std::vector<QString> kinds; ///< "solved as in the paper", "plateau at 0.875", …
    std::size_t good = 1;       ///< how many of the first kinds are successes
    QString success;            ///< "solved": what those are together
    std::vector<OutcomeBar> bars;
    QStringList sentences{};
    QString empty{};
};

/// Bars of shares, a variant each, with the 95% Wilson interval of the successes, and what others found as
/// marks beside. A part of a bar is clicked. Thread: GUI.
class SweepOutcomeChart : public RunsPlot {
    Q_OBJECT
public:
    explicit SweepOutcomeChart(QWidget* parent = nullptr);
    ~SweepOutcomeChart() override;
    void setData(OutcomeData data);
    const OutcomeData& data() const { return data_; }
    int heightWanted() const; ///< pixels, for all bars to be told apart

    std::vector<LegendStrip::Item> legend() const override;
    QString summary() const override;
    PlotTable table() const override;
    QString name() const override { return data_.title; }
    QRectF partOf(std::size_t bar, std::size_t part) const; ///< in the widget

protected:
    std::size_t items() const override { return order_.size(); }
    QString idOf(std::size_t item) const override;
    QString wordsOf(std::size_t item) const override;
    void draw(QPainter& painter, QSizeF size, const Look& look) const override;
    std::optional<std::size_t> itemAt(QPointF at) const override;
    QString emptyWord() const override;
    bool empty() const override { return data_.bars.empty(); }
    RunsPlot* copy() const override;

private:
    struct Frame;
    Frame frame(QSizeF size) const;
    QRectF rect(const Frame& frame, std::size_t bar, std::size_t part) const;
    void paintBar(QPainter& painter, const Frame& frame, std::size_t bar) const;

    int markOf(const QString& source) const;

    OutcomeData data_;
    QStringList sources_;                                    ///< of the references
    std::vector<std::pair<std::size_t, std::size_t>> order_; ///< bar and part of each item
};

} // namespace descent::ui

#pragma once

#include "ui/plots/compare_card.h"

#include <QWidget>

#include <vector>

class QGridLayout;

namespace descent::ui {

/// The charts of a comparison, side by side: they share x axis, its range, cursor and the curve pointed at.
/// Thread: GUI.
class CompareCharts : public QWidget {
    Q_OBJECT
public:
    explicit CompareCharts(QWidget* parent = nullptr);

    void setMetrics(const std::vector<std::string>& metrics); ///< in this order
    const std::vector<CompareCard*>& cards() const { return cards_; }
    CompareCard* card(const std::string& metric) const; ///< null where there is none
    CompareCard* focused() const;                       ///< that has the keyboard, else the first
    /// Draws what is there: all charts, or that of one metric.
    void show(const ComparedGroups& groups, const ComparedRuns& runs, const CompareLayout& layout,
              const std::string& only = {});
    void setPicked(const QString& id);
    void setXRange(std::optional<std::pair<double, double>> range);
    std::optional<std::pair<double, double>> xRange() const { return range_; }
    void enlarge(CompareCard* card); ///< null: all of them
    CompareCard* enlarged() const { return enlarged_; }

Q_SIGNALS:
    void logYWanted(const QString& metric, bool log);
    void hideWanted(const QString& metric);
    void tableRequested(const QString& metric);
    void exportRequested(descent::ui::CompareCard* card, descent::ui::CompareCard::Export what);
    void curvesChanged(const QString& metric);
    void picked(const QString& id);
    void chosen(const QString& id);

protected:
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    CompareCard* make(const std::string& metric);
    int columnsFor(std::size_t cards) const;
    void arrange();

    std::vector<CompareCard*> cards_;
    CompareCard* enlarged_ = nullptr;
    std::optional<std::pair<double, double>> range_;
    QString picked_;
    int columns_ = 0;
    QGridLayout* grid_;
};

/// What the charts of a metric are made from.
CurveTask taskOf(const std::string& metric, const ComparedGroups& groups, const ComparedRuns& runs,
                 const CompareLayout& layout);

} // namespace descent::ui

#pragma once

#include "ui/plots/figure.h"
#include "ui/state/compare_curves.h"

#include <QFrame>

#include <optional>

class QMenu;

namespace descent::ui {

class CardHeader;
class LegendStrip;
class ValueReadout;

/// One metric of the compared runs: title, key, curves with bands, and what can be done with it. What has to
/// be computed is computed off the GUI thread; meanwhile the old curves stay. Thread: GUI.
class CompareCard : public QFrame {
    Q_OBJECT
public:
    enum class Export { copy, figure, csv, samples };

    explicit CompareCard(const std::string& metric, QWidget* parent = nullptr);
    ~CompareCard() override;

    const std::string& metric() const { return metric_; }
    /// What the drawing is like, apart from the curves.
    struct Frame {
        XAxis axis = XAxis::epoch;
        bool log_x = false, log_y = false, growing = false;
        QStringList runs{}; ///< UUIDs of all that is drawn
        std::vector<ReferenceLine> lines{};
    };
    void show(CurveTask task, Frame frame);
    bool busy() const { return busy_; } ///< curves of the last task are on their way

    void setCursor(std::optional<double> x, bool with_values);
    void setXRange(std::optional<std::pair<double, double>> range);
    void setPicked(const QString& id);
    void setEnlarged(bool enlarged); ///< only the button's look

    PlotView& view() { return *view_; }
    const LegendStrip& legend() const { return *legend_; }
    const ValueReadout& readout() const { return *readout_; }
    const CompareCurves& curves() const { return curves_; }
    /// The curves in numbers as drawn now.
    PlotTable table() const;
    FigureSource figure() const;
    QImage image(qreal scale) const;

Q_SIGNALS:
    void curvesChanged(); ///< what table() tells has changed
    void logYWanted(bool log);
    void enlargeClicked();
    void hideClicked();
    void tableRequested();
    void exportRequested(descent::ui::CompareCard::Export what);
    void hovered(std::optional<double> x);
    void xRangeChosen(std::optional<std::pair<double, double>> range);
    void picked(const QString& id);
    void chosen(const QString& id);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    struct Wish {
        CurveTask task;
        Frame frame;
    };
    QMenu* buildMenu();
    void make();
    void take(CompareCurves curves, const Frame& frame);
    void updateKey();
    void updateReadout();
    void updateWords();

    std::string metric_;
    std::optional<Wish> wish_; ///< newer than what is being made
    bool busy_ = false;
    CompareCurves curves_; ///< scene_'s curves are these
    PlotScene scene_;
    QStringList run_ids_;
    std::optional<double> cursor_;
    bool with_values_ = false;
    std::optional<std::pair<double, double>> range_;
    QString picked_;
    CardHeader* header_ = nullptr;
    LegendStrip* legend_;
    PlotView* view_;
    ValueReadout* readout_;
};

} // namespace descent::ui

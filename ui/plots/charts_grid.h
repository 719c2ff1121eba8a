#pragma once

#include "core/base/result.h"
#include "ui/plots/plot_card.h"

#include <QWidget>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

class QGridLayout;

namespace descent::ui {

class Detection;
class WatchedRun;

/// The plots that the watched run has something for: two beside each other, or three where there is room for
/// the five that a detector has; or one of them enlarged. They share x axis and cursor. Thread: GUI.
class ChartsGrid : public QWidget {
    Q_OBJECT
public:
    ChartsGrid(const std::vector<PlotDef>& plots, const WatchedRun& run, Detection& detection,
               QWidget* parent = nullptr);

    void reset();
    void sync();
    void setAxis(XAxis axis);
    void setLogX(bool log);
    void setXRange(std::optional<std::pair<double, double>> range); ///< of all cards; none: all
    void enlarge(PlotCard* card);                                   ///< null: all of them
    double costMs() const;                                          ///< of one sync with its painting
    PlotCard* card(const QString& id) const;
    bool exportFocused(); ///< opens the export of the card that has the focus; false where none has

    /// Asks where to save: (parent, suggested name, filter) → file or "". Replaced by tests.
    using Chooser = std::function<QString(QWidget*, const QString&, const QString&)>;
    void setFileChooser(Chooser chooser) { chooser_ = std::move(chooser); }
    QString chooseFile(const QString& suggested, const QString& filter) {
        return chooser_(this, suggested, filter);
    }

Q_SIGNALS:
    void tableRequested(const QString& plot);
    void said(const QString& message);
    void complained(const QString& message);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    int columnsFor(const std::vector<PlotCard*>& cards) const;
    void arrange();
    void share();
    void exportPlot(PlotCard& card, PlotExport what);
    void copyImage(PlotCard& card);
    void exportFigure(PlotCard& card);
    void exportNumbers(PlotCard& card);
    void report(const Result<void>& result, const QString& file);

    const WatchedRun& run_;
    Detection& detection_;
    std::vector<PlotCard*> cards_, arranged_; ///< all; those in the grid
    int columns_ = 0, rows_ = 0;
    PlotCard* enlarged_ = nullptr;
    std::string zoomed_run_; ///< the run that the x range was chosen in
    QGridLayout* grid_;
    Chooser chooser_;
};

} // namespace descent::ui

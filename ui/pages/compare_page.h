#pragma once

#include "ui/plots/plot_view.h"

#include <QWidget>

#include <functional>

class QComboBox;
class QLabel;
class QPushButton;
class QStackedWidget;
class QTableView;
class QToolButton;

namespace descent::ui {

class CellsModel;
class EmptyState;
class EngineHost;
class LadderRuns;
class LegendStrip;
class NoticeBar;
class StoreHost;
class Training;

/// The runs of one optimizer ladder against each other: a curve a rung, the mean over its seeds, and a table
/// with spreads and the differences from the first rung. Fills in while they train. Thread: GUI.
class ComparePage : public QWidget {
    Q_OBJECT
public:
    ComparePage(StoreHost& store, EngineHost& engine, Training& training, QWidget* parent = nullptr);
    void showLadder(const QString& group, int runs); ///< `runs` are going to be made

    /// Asks where to save: (parent, suggested name) → file or "". Replaced by tests.
    using Chooser = std::function<QString(QWidget*, const QString&)>;
    void setFileChooser(Chooser chooser) { ask_for_file_ = std::move(chooser); }

Q_SIGNALS:
    void ladderWanted(); ///< there is none yet, or another one

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    QWidget* makeHead();
    QWidget* makeChart();
    QWidget* makeTable();
    void take();
    void listLadders();
    void draw();
    void updateLegend();
    void fillTable();
    void exportTable();

    EngineHost& engine_;
    Training& training_;
    LadderRuns* ladder_;
    Chooser ask_for_file_;
    QStackedWidget* stack_;
    EmptyState* empty_;
    QComboBox* which_;
    QLabel* facts_;
    QPushButton* export_;
    QComboBox* metric_;
    QComboBox* axis_;
    PlotScene scene_;
    PlotView* view_;
    LegendStrip* legend_;
    std::optional<double> cursor_;
    CellsModel* cells_;
    QTableView* table_;
    QLabel* reading_;
    NoticeBar* notice_;
    QString expected_of_; ///< group that expected_ is about
    int expected_ = 0;
};

} // namespace descent::ui

#pragma once

#include "ui/plots/compare_card.h"
#include "ui/plots/figure.h"
#include "ui/widgets/compare_pane.h"

#include <QTimer>
#include <QWidget>

#include <functional>

class QAction;
class QLabel;
class QSplitter;
class QStackedWidget;
class QTabWidget;
class QToolButton;

namespace descent::ui {

class CompareBar;
class CompareCharts;
class CompareDetection;
class CompareLadder;
class CompareTwin;
class ExchangeJob;
class EmptyState;
class EngineHost;
class NoticeBar;
class RunSelector;
class StoreHost;
class Training;

/// Any runs against each other: which, linked charts of their metrics, and tables beneath. All that is set is
/// a layout, kept from one start to the next. Thread: GUI.
class ComparePage : public QWidget {
    Q_OBJECT
public:
    ComparePage(StoreHost& store, EngineHost& engine, Training& training, QWidget* parent = nullptr);
    ~ComparePage() override;

    void showRuns(const std::vector<RunId>& runs);
    void showLadder(const QString& group, int runs); ///< `runs` are going to be made
    /// One more page beneath the charts; `pane` tells what it shows.
    void addPane(ComparePane* pane, const QString& title);

    const CompareLayout& comparedLayout() const { return layout_; }
    void setComparedLayout(const CompareLayout& layout);
    const ComparedRuns& runs() const { return *runs_; }
    CompareCharts& charts() { return *charts_; }
    QAction* exportAction() const { return export_; } ///< of the chart or table that has the keyboard
    QAction* filterAction() const { return filter_; } ///< to add runs

    /// Asks where to save: (parent, suggested name) → file or "". Replaced by tests.
    using Chooser = std::function<QString(QWidget*, const QString&)>;
    void setFileChooser(Chooser chooser) { ask_for_file_ = std::move(chooser); }

Q_SIGNALS:
    void ladderWanted(); ///< there is none yet, or another one
    void chooseRuns();   ///< go to the Runs page
    void openRun(const descent::RunId& run);

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    QWidget* makeBody();
    void makeActions();
    void connectParts();
    void makeEmptiness();
    void apply(CompareLayout layout);
    void takeRuns();
    void show();
    std::vector<std::string> chartMetrics() const;
    void fillSelector();
    void changeRuns(const std::vector<RunId>& added, const std::vector<RunId>& removed);
    void pick(const QString& id);
    ComparePane* pane() const;
    void exportFigure(std::optional<FigureSource> figure, QWidget& of);
    void exportChart(CompareCard& card, CompareCard::Export what);
    enum class TableFormat { csv, markdown, latex, copy };
    void exportTable(TableFormat format);
    void save(const QByteArray& text, const QString& file);

    StoreHost& store_;
    Training& training_;
    ComparedRuns* runs_;
    CompareLayout layout_;
    std::shared_ptr<const Compared> compared_;
    Chooser ask_for_file_;
    QStackedWidget* stack_;
    EmptyState* empty_;
    CompareBar* bar_;
    QLabel* problem_;
    RunSelector* selector_;
    CompareCharts* charts_;
    QTabWidget* tabs_;
    CompareLadder* ladder_;
    CompareDetection* detection_;
    CompareTwin* twin_;
    QToolButton* table_export_;
    NoticeBar* notice_;
    ExchangeJob* samples_;
    QAction* export_ = nullptr;
    QAction* filter_ = nullptr;
    QAction* figure_export_ = nullptr;
    QTimer keep_;         ///< the layout, a moment after it has changed
    QString expected_of_; ///< ladder that the expected runs are of
    int expected_ = 0;
};

} // namespace descent::ui

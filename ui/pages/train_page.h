#pragma once

#include "core/analysis/ladder.h"
#include "core/base/catalog.h"
#include "core/base/units.h"
#include "ui/plots/plot.h"
#include "ui/widgets/branch_bar.h"

#include <QList>
#include <QTimer>
#include <QWidget>

#include <vector>

class QAction;
class QFrame;
class QLabel;
class QStackedWidget;

namespace descent::ui {

class AdjustPanel;
class ChartsGrid;
class Detection;
class EngineHost;
class FormPane;
class NoticeBar;
class RunDetails;
class RunHeader;
class StoreHost;
class Training;
class WatchedRun;

/// What to run, and the run being watched. Thread: GUI.
class TrainPage : public QWidget {
    Q_OBJECT
public:
    TrainPage(EngineHost& engine, StoreHost& store, Training& training, QWidget* parent = nullptr);

    void showRun(const RunId& run);                         ///< watch a stored or a live run
    void setRequest(const Request& request);                ///< put it into the form
    void branch(const BranchOffer& offer);                  ///< the form as another run stood
    void setData(const Request& wanted);                    ///< its task and the task's settings alone
    const Request& request() const;                         ///< what the form holds
    QList<QAction*> runActions() const { return actions_; } ///< train, pause, step, stop, checkpoints
    QAction* exportAction() const { return export_; }
    ChartsGrid& charts() { return *charts_; }
    void openLadder(); ///< its panel in the form

Q_SIGNALS:
    void ladderStarted(const QString& group, int runs);
    void wanted(); ///< an action of this page was used while another is shown

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    QWidget* makeRun();
    void makeActions();
    void engineReady();
    void train();
    void resumeWatched();
    void pauseOrContinue();
    void step();
    void stop();
    void exportRun();
    void showCheckpoints();
    void follow(const RunId& run);
    void updateHeader();
    void headerLater(); ///< at once where the state has changed, else in a moment
    void updateActions();
    void adjust(bool open);
    void climb(const LadderPlan& plan);
    void frame(); ///< one redraw of what is live and seen

    EngineHost& engine_;
    StoreHost& store_;
    Training& training_;
    const std::vector<PlotDef> plots_;
    WatchedRun* run_;
    Detection* detection_;
    FormPane* pane_;
    QStackedWidget* right_;
    RunHeader* header_;
    AdjustPanel* adjust_;
    ChartsGrid* charts_;
    RunDetails* details_;
    QFrame* slow_bar_;
    QLabel* slow_text_;
    NoticeBar* notice_;
    QTimer frame_, header_frame_;
    RunState shown_state_ = RunState::queued;
    bool follow_ = true; ///< watch what this process trains next
    QList<QAction*> actions_;
    QAction *train_ = nullptr, *pause_ = nullptr, *step_ = nullptr, *stop_ = nullptr, *checkpoints_ = nullptr,
            *export_ = nullptr;
};

} // namespace descent::ui

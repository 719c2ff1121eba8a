#pragma once

#include "core/store/sweeps.h"
#include "ui/models/sweep_list_model.h"
#include "ui/state/sweep_loader.h"
#include "ui/state/sweep_runner.h"

#include <QWidget>

#include <memory>
#include <string>
#include <utility>
#include <vector>

class QAction;
class QStackedWidget;
class QTabWidget;

namespace descent::ui {

class EngineHost;
class NoticeBar;
class StoreHost;
class SweepBuilder;
class SweepEdits;
class SweepGridView;
class SweepHeader;
class SweepList;
class SweepTableView;
class SweepView;
class SweepWelcome;

/// Sweeps: those that are stored, a builder for new ones, and the one looked at with its grid, charts and
/// table, which fill as its runs are trained. Thread: GUI.
class SweepsPage : public QWidget {
    Q_OBJECT
public:
    SweepsPage(StoreHost& store, EngineHost& engine, QWidget* parent = nullptr);
    ~SweepsPage() override;

    /// One more way to look at a sweep, between grid and table; `word` is what a plan calls it
    /// (SweepPlan::view).
    void addView(const QString& title, const std::string& word, std::unique_ptr<SweepView> view);
    /// What a new sweep varies the parameters of: the Train page's request.
    void offer(const Request& request) { base_ = request; }
    void showSweep(const QString& id);
    void newSweep();

    SweepRunner& runner() { return *runner_; }
    SweepBuilder& builder() { return *builder_; }
    QAction* exportAction() const { return export_; } ///< of the view shown
    QAction* newAction() const { return new_; }

Q_SIGNALS:
    void openRuns(const std::vector<descent::RunId>& runs);

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    QWidget* makeSweep();
    void makeActions();
    void connectList();
    void connectRunner();
    void take(const SweepListingPtr& listing);
    void takeData(const SweepDataPtr& sweep);
    void showChosen();
    void showHeader();
    void feedView();
    void open(const std::vector<RunId>& runs);
    void arrangeTabs(const SweepPlan& plan);
    void begin(const SweepRecord& sweep, int jobs);
    void resume();
    void extend(const QString& id);
    void leaveBuilder();
    const SweepItem* chosenItem() const;
    SweepView* shownView() const;

    StoreHost& store_;
    EngineHost& engine_;
    Request base_;
    SweepLoader* loader_;
    SweepRunner* runner_;
    SweepEdits* edits_;
    SweepListingPtr listing_;
    SweepDataPtr data_;
    QString chosen_; ///< id; "" where none is looked at
    int jobs_ = 0;   ///< as last asked for
    SweepList* list_;
    QStackedWidget* stack_;
    SweepWelcome* welcome_;
    SweepBuilder* builder_;
    QWidget* sweep_ = nullptr;
    SweepHeader* header_;
    QTabWidget* tabs_;
    SweepGridView* grid_;
    SweepTableView* table_;
    NoticeBar* notice_;
    std::vector<std::pair<SweepView*, std::string>> views_; ///< all, in the order of the tabs
    QString arranged_;                                      ///< the sweep that the tabs fit
    std::vector<std::pair<SweepView*, SweepDataPtr>> fed_;
    bool listed_ = false; ///< once: the newest is then looked at
    QAction *export_ = nullptr, *new_ = nullptr;
};

} // namespace descent::ui

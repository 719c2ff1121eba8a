#include "ui/pages/train_page.h"

#include "core/base/format.h"
#include "core/base/length.h"
#include "core/base/pruning.h"
#include "core/store/reader.h"
#include "ui/plots/charts_grid.h"
#include "ui/state/detection.h"
#include "ui/state/engine_host.h"
#include "ui/state/store_host.h"
#include "ui/state/training.h"
#include "ui/state/watched_run.h"
#include "ui/theme.h"
#include "ui/widgets/adjust_panel.h"
#include "ui/widgets/checkpoints_dialog.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/form_pane.h"
#include "ui/widgets/go_on_dialog.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/request_form.h"
#include "ui/widgets/run_details.h"
#include "ui/widgets/run_header.h"

#include <QAction>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QScrollArea>
#include <QSplitter>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace descent::ui {

namespace {

constexpr int kFrameMs = 33;
constexpr int kSlowestFrameMs = 500;
constexpr int kHeaderMs = 100;
constexpr int kLeastCharts = theme::kGrid * 17; ///< pixels
constexpr double kDrawingShare = 0.1; ///< of the GUI thread's time, so that training keeps the processor

enum Right { empty, run };

} // namespace

TrainPage::TrainPage(EngineHost& engine, StoreHost& store, Training& training, QWidget* parent)
    : QWidget(parent)
    , engine_(engine)
    , store_(store)
    , training_(training)
    , plots_(plots())
    , run_(new WatchedRun(store, training, this))
    , detection_(new Detection(*run_, this))
    , pane_(new FormPane(engine, training)) {
    setObjectName(QStringLiteral("trainPage"));
    setFocusPolicy(Qt::ClickFocus);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(pane_);
    row->addWidget(makeRun(), 1);
    makeActions();

    frame_.setSingleShot(true);
    header_frame_.setSingleShot(true);
    header_frame_.setInterval(kHeaderMs);
    connect(&header_frame_, &QTimer::timeout, this, &TrainPage::updateHeader);
    connect(&frame_, &QTimer::timeout, this, &TrainPage::frame);
    connect(&engine_, &EngineHost::ready, this, &TrainPage::engineReady);
    connect(&pane_->form(), &RequestForm::trainClicked, this, &TrainPage::train);
    connect(header_, &RunHeader::pauseClicked, this, &TrainPage::pauseOrContinue);
    connect(header_, &RunHeader::stepClicked, this, &TrainPage::step);
    connect(header_, &RunHeader::stopClicked, this, &TrainPage::stop);
    connect(header_, &RunHeader::resumeClicked, this, &TrainPage::resumeWatched);
    connect(&training_, &Training::warned, notice_, &NoticeBar::complain);
    connect(header_, &RunHeader::checkpointsClicked, this, &TrainPage::showCheckpoints);
    connect(header_, &RunHeader::axisChosen, this, [this](int axis) { charts_->setAxis(XAxis(axis)); });
    connect(header_, &RunHeader::logXChosen, charts_, &ChartsGrid::setLogX);
    connect(pane_, &FormPane::ladderWanted, this, &TrainPage::climb);
    connect(header_, &RunHeader::adjustToggled, this, &TrainPage::adjust);
    connect(adjust_, &AdjustPanel::closed, this, [this] {
        adjust(false);
        header_->focusPause();
    });
    connect(charts_, &ChartsGrid::tableRequested, details_, &RunDetails::showTable);
    connect(charts_, &ChartsGrid::said, notice_, &NoticeBar::say);
    connect(charts_, &ChartsGrid::complained, notice_, &NoticeBar::complain);
    connect(&training_, &Training::stateChanged, this, [this] {
        // A run that is being prepared has no id yet: the header alone says so.
        if (training_.preparing() && follow_ && right_->currentIndex() == Right::empty)
            right_->setCurrentIndex(Right::run);
        headerLater();
        updateActions();
    });
    connect(&training_, &Training::started, this, [this](const RunId& id) {
        if (follow_) follow(id);
    });
    connect(&training_, &Training::failed, this, [this](const QString& reason) {
        notice_->complain(reason);
        if (!run_->id()) right_->setCurrentIndex(Right::empty);
    });
    connect(run_, &WatchedRun::cleared, this, [this] {
        charts_->reset();
        details_->reset();
    });
    connect(run_, &WatchedRun::loaded, this, &TrainPage::frame);
    connect(run_, &WatchedRun::appended, this, [this] {
        if (!frame_.isActive() && isVisible())
            frame_.start(std::clamp(int(charts_->costMs() / kDrawingShare), kFrameMs, kSlowestFrameMs));
    });
    connect(run_, &WatchedRun::progressChanged, this, &TrainPage::headerLater);
    connect(run_, &WatchedRun::failed, notice_, &NoticeBar::complain);
    if (engine_.engine()) engineReady();
    updateActions();
}

QWidget* TrainPage::makeRun() {
    header_ = new RunHeader;
    adjust_ = new AdjustPanel(*run_, training_);
    adjust_->hide();
    charts_ = new ChartsGrid(plots_, *run_, *detection_);
    details_ = new RunDetails(plots_, *run_, *detection_);
    details_->setEngine(engine_);
    charts_->setAxis(XAxis(header_->axis()));
    auto* card = new QFrame;
    card->setProperty("role", QStringLiteral("card"));
    auto* inside = new QVBoxLayout(card);
    inside->setContentsMargins(theme::kGrid, theme::kGrid / 2, theme::kGrid, theme::kGrid);
    inside->addWidget(details_);
    auto* split = new QSplitter(Qt::Vertical);
    split->setObjectName(QStringLiteral("runSplit"));
    split->setHandleWidth(theme::kGrid);
    split->setChildrenCollapsible(false);
    // The five cards of a detector need more height than a small window has.
    charts_->setProperty("role", QStringLiteral("plain"));
    auto* scroll = new QScrollArea;
    scroll->setObjectName(QStringLiteral("chartsScroll"));
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidgetResizable(true);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setMinimumHeight(kLeastCharts);
    scroll->setWidget(charts_);
    split->addWidget(scroll);
    split->addWidget(card);
    split->setStretchFactor(0, 7);
    split->setStretchFactor(1, 3);
    auto* watched = new QWidget;
    auto* column = new QVBoxLayout(watched);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid + theme::kGrid / 2);
    column->addWidget(header_);
    column->addWidget(adjust_);
    column->addWidget(split, 1);

    auto* nothing = new EmptyState;
    nothing->setObjectName(QStringLiteral("trainEmpty"));
    nothing->set(tr("Ready to train"),
                 tr("Choose a task and a regime on the left, or take what is there. Curves are drawn here as "
                    "they are measured, "
                    "and every run is kept."),
                 tr("Train"));
    connect(nothing, &EmptyState::acted, this, &TrainPage::train);
    right_ = new QStackedWidget;
    right_->setObjectName(QStringLiteral("right"));
    right_->addWidget(nothing);
    right_->addWidget(watched);

    slow_bar_ = new QFrame;
    slow_bar_->setObjectName(QStringLiteral("slowBlas"));
    slow_bar_->setProperty("role", QStringLiteral("bar"));
    slow_text_ = new QLabel;
    slow_text_->setWordWrap(true);
    slow_text_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    auto* sign = new QLabel;
    sign->setPixmap(theme::icon(QStringLiteral("warning"), &theme::warning).pixmap(18, 18));
    auto* dismiss = new QToolButton;
    dismiss->setObjectName(QStringLiteral("slowBlasDismiss"));
    dismiss->setIcon(theme::icon(QStringLiteral("close")));
    dismiss->setAccessibleName(tr("Dismiss"));
    connect(dismiss, &QToolButton::clicked, slow_bar_, &QWidget::hide);
    auto* line = new QHBoxLayout(slow_bar_);
    line->setContentsMargins(theme::kGrid + theme::kGrid / 2, theme::kGrid / 2, theme::kGrid,
                             theme::kGrid / 2);
    line->setSpacing(theme::kGrid);
    line->addWidget(sign);
    line->addWidget(slow_text_, 1);
    line->addWidget(dismiss);
    slow_bar_->hide();
    notice_ = new NoticeBar;
    notice_->setObjectName(QStringLiteral("trainNotice"));

    auto* side = new QWidget;
    auto* all = new QVBoxLayout(side);
    all->setContentsMargins(theme::kGrid * 2, theme::kGrid * 2, theme::kGrid * 2, theme::kGrid * 2);
    all->setSpacing(theme::kGrid);
    all->addWidget(slow_bar_);
    all->addWidget(right_, 1);
    all->addWidget(notice_);
    return side;
}

void TrainPage::makeActions() {
    const auto add = [this](const char* name, const QString& text, void (TrainPage::*slot)()) {
        auto* action = new QAction(text, this);
        action->setObjectName(QString::fromLatin1(name));
        connect(action, &QAction::triggered, this, slot);
        actions_ << action;
        return action;
    };
    train_ = add("actionTrain", tr("&Train"), &TrainPage::train);
    train_->setShortcuts({QKeySequence(Qt::CTRL | Qt::Key_Return), QKeySequence(Qt::CTRL | Qt::Key_Enter)});
    // Space and the full stop are keys of the page, not shortcuts of the window: a button in focus keeps its
    // Space.
    pause_ = add("actionPause", tr("&Pause or continue\tSpace"), &TrainPage::pauseOrContinue);
    step_ = add("actionStep", tr("Single &step\t."), &TrainPage::step);
    stop_ = add("actionStop", tr("St&op"), &TrainPage::stop);
    checkpoints_ = add("actionCheckpoints", tr("&Checkpoints…"), &TrainPage::showCheckpoints);
    checkpoints_->setShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_K));
    checkpoints_->setEnabled(false);
    export_ = new QAction(tr("&Export the run as CSV…"), this);
    export_->setObjectName(QStringLiteral("actionExportRun"));
    export_->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_E));
    connect(export_, &QAction::triggered, this, &TrainPage::exportRun);
}

void TrainPage::engineReady() {
    const auto& catalog = engine_.engine()->catalog();
    details_->setCatalog(&catalog);
    adjust_->setCatalog(&catalog);
    if (engine_.info().slow_blas) {
        slow_text_->setText(
            tr("Training will be many times slower than it could be (%1). Install OpenBLAS: sudo apt install "
               "libopenblas0-pthread, then start again.")
                .arg(QString::fromStdString(engine_.info().blas)));
        slow_bar_->show();
    }
    details_->sync();
    updateActions();
}

void TrainPage::setRequest(const Request& request) {
    pane_->setRequest(request);
}

void TrainPage::branch(const BranchOffer& offer) {
    pane_->setBranch(offer);
}

void TrainPage::resumeWatched() {
    if (!run_->id()) return;
    GoOnDialog::resume(this, store_, engine_, training_, *run_->id(), [this](const Result<void>& done) {
        if (!done) return notice_->complain(QString::fromStdString(done.error().message));
        follow_ = true;
        headerLater();
    });
}

void TrainPage::setData(const Request& wanted) {
    pane_->form().setData(wanted);
}

const Request& TrainPage::request() const {
    return pane_->form().request();
}

void TrainPage::train() {
    if (!engine_.engine()) return;
    Q_EMIT wanted();
    RequestForm& form = pane_->form();
    if (!form.spec() && form.showFirstInvalid()) return;
    follow_ = true;
    training_.setThreads(form.threads());
    Training::Marks marks;
    if (const auto* preset = pane_->preset(); preset && form.spec()) {
        auto of = report_marks(*preset, *form.spec());
        marks = {std::move(of.tags), std::move(of.log), {}};
    }
    marks.parent = pane_->branch();
    if (const auto done = training_.start(form.request(), form.replicates(), false, marks); !done) {
        notice_->complain(QString::fromStdString(done.error().message));
        return;
    }
    if (form.spec() && prune_level(form.spec()->regime.params) > 0 && !marks.parent)
        notice_->say(tr("Level %1 is made from the trained levels below it; those that are not there yet are "
                        "trained first, as runs of their own.")
                         .arg(prune_level(form.spec()->regime.params)));
    else
        notice_->hide();
}

void TrainPage::openLadder() {
    pane_->openLadder();
}

/// All runs of a ladder in line, tagged so that they are found again.
void TrainPage::climb(const LadderPlan& plan) {
    const auto requests = ladder_requests(engine_.engine()->catalog(), plan);
    if (!requests) return notice_->complain(QString::fromStdString(requests.error().message));
    follow_ = true;
    training_.setThreads(pane_->form().threads());
    const std::string group = new_ladder_group();
    const Training::Marks marks{ladder_tags(group), {to_log_line(plan)}, {}};
    for (const auto& request : *requests)
        if (const auto done = training_.start(request, 1, false, marks); !done)
            return notice_->complain(QString::fromStdString(done.error().message));
    Q_EMIT ladderStarted(QString::fromStdString(group), int(requests->size()));
}

void TrainPage::pauseOrContinue() {
    if (training_.state() == RunState::paused)
        training_.proceed();
    else
        training_.pause();
}

void TrainPage::step() {
    if (training_.state() == RunState::paused) training_.step();
}

void TrainPage::stop() {
    training_.stop();
}

void TrainPage::showRun(const RunId& run) {
    follow_ = training_.run() == run;
    right_->setCurrentIndex(Right::run);
    run_->watch(run);
    updateHeader();
}

void TrainPage::follow(const RunId& run) {
    right_->setCurrentIndex(Right::run);
    if (run_->id() != run) run_->watch(run); // else it reads by itself what is left of it
    if (isVisible()) header_->focusPause();  // so that Space pauses, and does not train once more
}

void TrainPage::headerLater() {
    if (run_->state() != shown_state_ || training_.preparing() || !run_->live()) return updateHeader();
    if (!header_frame_.isActive() && isVisible()) header_frame_.start();
}

void TrainPage::updateHeader() {
    shown_state_ = run_->state();
    RunHeader::Facts facts;
    const bool starting = training_.preparing() && follow_ && !run_->live();
    if (starting) {
        facts.preparing = true;
        facts.preparation = training_.preparation().what;
        facts.prepared = training_.preparation().share;
    } else {
        const auto& record = run_->record();
        facts.name = run_->live() ? training_.name()
                     : record     ? QString::fromStdString(record->name)
                                  : QString();
        facts.state = run_->state();
        facts.reason = run_->reason();
        facts.progress = run_->progress();
        if (record)
            facts.epochs =
                planned_epochs(*record, run_->changes().empty() ? record->changes : run_->changes());
        facts.ours = run_->live();
        facts.stored = record.has_value();
        facts.may_resume = record && is_over(facts.state) && engine_.engine() && !training_.busy();
    }
    if (!facts.ours && adjust_->isVisible()) adjust(false); // over
    facts.waiting = training_.waiting();
    const QWidget* at = focusWidget();
    header_->show(facts);
    // A button that goes with the end of the run leaves the focus to the page, not to whatever comes next.
    if (at && header_->isAncestorOf(at) && at->isHidden()) setFocus(Qt::OtherFocusReason);
    for (QAction* action : {export_, checkpoints_})
        action->setEnabled(run_->record().has_value() && isVisible());
}

void TrainPage::updateActions() {
    train_->setEnabled(engine_.engine() != nullptr);
    const bool going = training_.run().has_value();
    pause_->setEnabled(going);
    step_->setEnabled(going && training_.state() == RunState::paused);
    stop_->setEnabled(training_.busy());
}

void TrainPage::adjust(bool open) {
    adjust_->sync();
    adjust_->setVisible(open);
    header_->setAdjusting(open);
    if (open) adjust_->focusFirst();
}

void TrainPage::frame() {
    if (!isVisible()) return;
    charts_->sync();
    details_->sync();
    if (adjust_->isVisible()) adjust_->sync();
}

void TrainPage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    updateHeader();
    frame();
}

void TrainPage::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    for (QAction* action : {export_, checkpoints_})
        action->setEnabled(false); // the keys are the shown page's
}

void TrainPage::keyPressEvent(QKeyEvent* event) {
    if (event->modifiers() == Qt::NoModifier && training_.run()) {
        if (event->key() == Qt::Key_Space) return pauseOrContinue();
        if (event->key() == Qt::Key_Period) return step();
    }
    QWidget::keyPressEvent(event);
}

void TrainPage::showCheckpoints() {
    if (!run_->id()) return;
    auto* dialog = CheckpointsDialog::open(store_, engine_, training_, *run_->id(), this);
    connect(dialog, &CheckpointsDialog::branchWanted, this, &TrainPage::branch, Qt::UniqueConnection);
}

void TrainPage::exportRun() {
    if (charts_->exportFocused()) return;
    if (!run_->record()) return;
    const QString file = charts_->chooseFile(
        QString::fromStdString(run_->record()->name) + QStringLiteral(".csv"), tr("CSV table (*.csv)"));
    if (file.isEmpty()) return;
    store_.read<Result<std::int64_t>>(
        this,
        [id = *run_->id(), path = file.toStdString()](const StoreReader& reader) {
            return export_csv(reader, {id}, path);
        },
        [this, file](Result<std::int64_t> rows) {
            if (rows)
                notice_->say(
                    tr("Exported %1 rows to %2").arg(QString::fromStdString(format_count(*rows)), file));
            else
                notice_->complain(QString::fromStdString(rows.error().message));
        });
}

} // namespace descent::ui

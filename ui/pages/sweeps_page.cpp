#include "ui/pages/sweeps_page.h"

#include "ui/plots/sweep_view.h"
#include "ui/state/engine_host.h"
#include "ui/state/store_host.h"
#include "ui/state/sweep_edits.h"
#include "ui/theme.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/sweep_builder.h"
#include "ui/widgets/sweep_grid.h"
#include "ui/widgets/sweep_header.h"
#include "ui/widgets/sweep_list.h"
#include "ui/widgets/sweep_table_view.h"
#include "ui/widgets/sweep_welcome.h"

#include <QAction>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace descent::ui {

namespace {

constexpr std::size_t kMostOpened = 200; // runs that are laid over each other at once

QString text(const std::string& s) {
    return QString::fromStdString(s);
}

} // namespace

SweepsPage::SweepsPage(StoreHost& store, EngineHost& engine, QWidget* parent)
    : QWidget(parent)
    , store_(store)
    , engine_(engine)
    , loader_(new SweepLoader(store, this))
    , runner_(new SweepRunner(store.path(), this))
    , edits_(new SweepEdits(store, this))
    , list_(new SweepList)
    , stack_(new QStackedWidget)
    , welcome_(new SweepWelcome)
    , builder_(new SweepBuilder(engine))
    , header_(new SweepHeader)
    , tabs_(new QTabWidget)
    , grid_(new SweepGridView)
    , table_(new SweepTableView)
    , notice_(new NoticeBar) {
    setObjectName(QStringLiteral("sweepsPage"));
    setAccessibleName(tr("Sweeps"));
    setAttribute(Qt::WA_StyledBackground);
    setFocusPolicy(Qt::ClickFocus);
    notice_->setObjectName(QStringLiteral("sweepsNotice"));
    sweep_ = makeSweep();
    stack_->setObjectName(QStringLiteral("sweepsStack"));
    for (QWidget* each : {static_cast<QWidget*>(welcome_), static_cast<QWidget*>(builder_), sweep_})
        stack_->addWidget(each);
    auto* right = new QWidget;
    auto* right_column = new QVBoxLayout(right);
    right_column->setContentsMargins(theme::kGrid, 0, 0, 0);
    right_column->setSpacing(theme::kGrid);
    right_column->addWidget(stack_, 1);
    right_column->addWidget(notice_);
    auto* across = new QSplitter(Qt::Horizontal);
    across->setObjectName(QStringLiteral("sweepsColumns"));
    across->setHandleWidth(theme::kGrid);
    across->addWidget(list_);
    across->addWidget(right);
    across->setStretchFactor(1, 1);
    across->setCollapsible(1, false);
    list_->setMinimumWidth(theme::kGrid * 22);
    across->setSizes({theme::kGrid * 27, theme::kGrid * 100});
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme::kGrid * 2, theme::kGrid * 2, theme::kGrid * 2, theme::kGrid * 2);
    column->addWidget(across);
    makeActions();
    connectList();
    connectRunner();
    connect(loader_, &SweepLoader::listed, this, &SweepsPage::take);
    connect(loader_, &SweepLoader::arrived, this, &SweepsPage::takeData);
    connect(loader_, &SweepLoader::failed, notice_, &NoticeBar::complain);
    connect(builder_, &SweepBuilder::presetsReady, this,
            [this] { welcome_->setPresets(builder_->presets()); });
    connect(builder_, &SweepBuilder::startWanted, this, &SweepsPage::begin);
    connect(builder_, &SweepBuilder::cancelled, this, &SweepsPage::leaveBuilder);
    connect(welcome_, &SweepWelcome::newWanted, this, &SweepsPage::newSweep);
    connect(welcome_, &SweepWelcome::openWanted, this, [this](int preset) {
        builder_->setPlan(builder_->presets()[std::size_t(preset)].second);
        stack_->setCurrentWidget(builder_);
        builder_->focusFirst();
    });
    connect(welcome_, &SweepWelcome::startWanted, this, [this](int preset) {
        builder_->setPlan(builder_->presets()[std::size_t(preset)].second);
        stack_->setCurrentWidget(builder_); // where it says so, should it not be possible
        builder_->start();
    });
    connect(&engine_, &EngineHost::failed, welcome_, &SweepWelcome::setEngineProblem);
    if (!builder_->presets().empty()) welcome_->setPresets(builder_->presets());
    if (!engine_.error().isEmpty()) welcome_->setEngineProblem(engine_.error());
}

SweepsPage::~SweepsPage() = default;

QWidget* SweepsPage::makeSweep() {
    tabs_->setObjectName(QStringLiteral("sweepTabs"));
    tabs_->setAccessibleName(tr("Ways to look at the sweep"));
    auto* frame = new QFrame;
    frame->setProperty("role", QStringLiteral("card"));
    auto* inside = new QVBoxLayout(frame);
    inside->setContentsMargins(1, 1, 1, 1);
    inside->addWidget(tabs_);
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid);
    column->addWidget(header_);
    column->addWidget(frame, 1);
    tabs_->addTab(grid_, tr("Grid"));
    tabs_->addTab(table_, tr("Table"));
    views_ = {{grid_, "grid"}, {table_, "table"}};
    for (const auto& [view, word] : views_) connect(view, &SweepView::openRuns, this, &SweepsPage::open);
    connect(grid_, &SweepGridView::said, notice_, &NoticeBar::say);
    connect(grid_, &SweepGridView::complained, notice_, &NoticeBar::complain);
    connect(table_, &SweepTableView::said, notice_, &NoticeBar::say);
    connect(table_, &SweepTableView::complained, notice_, &NoticeBar::complain);
    connect(tabs_, &QTabWidget::currentChanged, this, &SweepsPage::feedView);
    return page;
}

void SweepsPage::addView(const QString& title, const std::string& word, std::unique_ptr<SweepView> view) {
    SweepView* added = view.release(); // the tabs own it
    connect(added, &SweepView::openRuns, this, &SweepsPage::open);
    tabs_->insertTab(int(views_.size()) - 1, added, title);
    views_.insert(views_.end() - 1, {added, word});
    arranged_.clear();
    if (data_) arrangeTabs(data_->record.plan);
}

void SweepsPage::open(const std::vector<RunId>& runs) {
    auto some = runs;
    if (some.size() > kMostOpened) {
        some.resize(kMostOpened);
        notice_->say(tr("The first %1 of %2 runs are compared").arg(kMostOpened).arg(runs.size()));
    }
    if (!some.empty()) Q_EMIT openRuns(some);
}

void SweepsPage::makeActions() {
    export_ = new QAction(tr("&Export grid, chart or table of the sweep…"), this);
    export_->setObjectName(QStringLiteral("actionExportSweep"));
    export_->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_E));
    export_->setEnabled(false);
    connect(export_, &QAction::triggered, this, [this] {
        if (auto* view = shownView(); view && stack_->currentWidget() == sweep_ && view->exportAction())
            view->exportAction()->trigger();
    });
    new_ = new QAction(tr("&New sweep"), this);
    new_->setObjectName(QStringLiteral("actionNewSweep"));
    new_->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_N));
    new_->setEnabled(false);
    connect(new_, &QAction::triggered, this, &SweepsPage::newSweep);
}

void SweepsPage::connectList() {
    connect(list_, &SweepList::newWanted, this, &SweepsPage::newSweep);
    connect(list_, &SweepList::chosen, this, &SweepsPage::showSweep);
    connect(list_, &SweepList::extendWanted, this, &SweepsPage::extend);
    connect(list_, &SweepList::trashViewWanted, this, [this](bool trash) {
        chosen_.clear();
        loader_->choose({});
        loader_->setTrash(trash);
    });
    connect(list_, &SweepList::renameWanted, this, [this](const QString& id, const QString& name) {
        edits_->apply(tr("Rename a sweep to %1").arg(name),
                      {.id = id.toStdString(), .name = name.toStdString()});
    });
    connect(list_, &SweepList::trashWanted, this, [this](const QString& id, bool trashed) {
        const auto* item = list_->current();
        const QString name = item ? text(item->record.name) : QString();
        if (trashed && item && (runner_->trains(id) || item->record.pid != 0))
            return notice_->complain(tr("%1 is being trained: stop it first").arg(name));
        edits_->apply(trashed ? tr("Trash %1").arg(name) : tr("Restore %1").arg(name),
                      {.id = id.toStdString(), .trashed = trashed});
        notice_->say(trashed ? tr("%1 is in the trash; its runs stay among the runs").arg(name)
                             : tr("%1 is back").arg(name));
    });
    connect(header_, &SweepHeader::noteEdited, this, [this](const QString& note) {
        edits_->apply(tr("Note of a sweep"), {.id = chosen_.toStdString(), .note = note.toStdString()});
    });
    connect(header_, &SweepHeader::restoreClicked, this, [this] {
        edits_->apply(tr("Restore a sweep"), {.id = chosen_.toStdString(), .trashed = false});
    });
    connect(edits_, &SweepEdits::edited, loader_, &SweepLoader::reload);
    connect(edits_, &SweepEdits::failed, notice_, &NoticeBar::complain);
}

void SweepsPage::connectRunner() {
    connect(header_, &SweepHeader::resumeClicked, this, &SweepsPage::resume);
    connect(header_, &SweepHeader::extendClicked, this, [this] { extend(chosen_); });
    connect(header_, &SweepHeader::killClicked, this, [this] { runner_->kill(chosen_); });
    connect(header_, &SweepHeader::stopClicked, this, [this] {
        const auto* item = chosenItem();
        if (runner_->trains(chosen_))
            runner_->stop(chosen_);
        else if (item && item->record.pid != 0)
            runner_->stopElsewhere(chosen_, item->record.pid);
    });
    connect(runner_, &SweepRunner::changed, this, [this] {
        list_->setTrained(runner_->trained());
        showHeader();
    });
    connect(runner_, &SweepRunner::failed, this, [this](const QString&, const QString& reason) {
        notice_->complain(reason);
        loader_->reload();
    });
    connect(runner_, &SweepRunner::ended, this, [this](const QString& id, bool complete) {
        loader_->reload();
        const int row = list_->model().rowOf(id);
        if (complete && row >= 0)
            notice_->say(tr("%1 has ended").arg(text(list_->model().item(row)->record.name)));
    });
}

void SweepsPage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    export_->setEnabled(true);
    new_->setEnabled(true);
    loader_->setActive(true);
}

void SweepsPage::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    export_->setEnabled(false);
    new_->setEnabled(false);
    loader_->setActive(false);
}

void SweepsPage::take(const SweepListingPtr& listing) {
    listing_ = listing;
    list_->setListing(listing);
    if (!std::exchange(listed_, true) && chosen_.isEmpty() && stack_->currentWidget() == welcome_ &&
        !listing->items.empty())
        showSweep(text(listing->items.front().record.id));
    // Gone to the trash, or from it: what is next to it is looked at.
    if (!chosen_.isEmpty() && !chosenItem() && data_ && text(data_->record.id) == chosen_) chosen_.clear();
    if (chosen_.isEmpty() && stack_->currentWidget() == sweep_) {
        if (listing->items.empty())
            showChosen();
        else
            showSweep(text(listing->items.front().record.id));
    }
    showHeader();
}

void SweepsPage::takeData(const SweepDataPtr& sweep) {
    if (sweep ? text(sweep->record.id) != chosen_ : true) return;
    data_ = sweep;
    arrangeTabs(sweep->record.plan);
    feedView();
}

const SweepItem* SweepsPage::chosenItem() const {
    if (!listing_) return nullptr;
    const auto it = std::ranges::find(listing_->items, chosen_.toStdString(),
                                      [](const SweepItem& item) { return item.record.id; });
    return it == listing_->items.end() ? nullptr : &*it;
}

void SweepsPage::showSweep(const QString& id) {
    if (id != chosen_) {
        chosen_ = id;
        data_.reset();
        for (const auto& [view, word] : views_) view->show(SweepDataPtr());
        fed_.clear();
    }
    list_->setCurrent(id);
    loader_->choose(id);
    showChosen();
}

void SweepsPage::showChosen() {
    stack_->setCurrentWidget(chosen_.isEmpty() ? static_cast<QWidget*>(welcome_) : sweep_);
    showHeader();
    feedView();
}

void SweepsPage::showHeader() {
    const auto* item = chosenItem();
    if (!item) return;
    header_->show({*item, list_->model().stateOf(*item), runner_->progress(chosen_), listing_->of_trash});
}

SweepView* SweepsPage::shownView() const {
    return qobject_cast<SweepView*>(tabs_->currentWidget());
}

/// A view is given the sweep when it is seen and has not got it yet.
void SweepsPage::feedView() {
    SweepView* view = shownView();
    if (!view || !data_ || stack_->currentWidget() != sweep_) return;
    auto it = std::ranges::find(fed_, view, &std::pair<SweepView*, SweepDataPtr>::first);
    if (it == fed_.end()) it = fed_.insert(fed_.end(), {view, nullptr});
    if (it->second == data_) return;
    it->second = data_;
    view->show(data_);
}

/// Those that have something to say of this sweep. The one it is meant for comes up, once it has results;
/// until then the grid, which fills.
void SweepsPage::arrangeTabs(const SweepPlan& plan) {
    const QString id = text(data_->record.id);
    if (id == arranged_) return;
    arranged_ = id;
    SweepView* first = grid_;
    const bool results = std::ranges::any_of(
        data_->runs, [](const CellRun& cell) { return cell.run.state == RunState::finished; });
    for (const auto& [view, word] : views_) {
        const bool suits = view->suits(plan);
        tabs_->setTabVisible(tabs_->indexOf(view), suits);
        if (suits && results && !plan.view.empty() && word == plan.view) first = view;
    }
    tabs_->setCurrentWidget(first);
}

void SweepsPage::newSweep() {
    builder_->begin(base_);
    stack_->setCurrentWidget(builder_);
    list_->setCurrent({});
    builder_->focusFirst();
}

void SweepsPage::leaveBuilder() {
    if (!chosen_.isEmpty())
        showSweep(chosen_);
    else if (listing_ && !listing_->items.empty())
        showSweep(text(listing_->items.front().record.id));
    else
        showChosen();
    list_->focusList();
}

void SweepsPage::extend(const QString& id) {
    if (data_ && text(data_->record.id) == id) { // the list's have no keys
        builder_->extend(data_->record);
        stack_->setCurrentWidget(builder_);
        builder_->focusFirst();
        return;
    }
    showSweep(id);
}

/// Stores the sweep, then has it trained.
void SweepsPage::begin(const SweepRecord& sweep, int jobs) {
    jobs_ = jobs;
    store_.read<Result<SweepRecord>>(
        this, [&writer = store_.writer(), sweep](const StoreReader&) { return writer.save_sweep(sweep); },
        [this, jobs](const Result<SweepRecord>& stored) {
            if (!stored) return notice_->complain(text(stored.error().message));
            if (list_->inTrash()) loader_->setTrash(false);
            const QString id = text(stored->id);
            data_.reset();
            arranged_.clear();
            showSweep(id);
            loader_->reload();
            runner_->start(id, text(stored->name), jobs);
        });
}

void SweepsPage::resume() {
    if (const auto* item = chosenItem()) runner_->start(chosen_, text(item->record.name), jobs_);
}

} // namespace descent::ui

#include "ui/pages/runs_page.h"

#include "core/base/change.h"
#include "core/base/format.h"
#include "core/engine/engine.h"
#include "ui/models/runs_model.h"
#include "ui/pages/runs_bar.h"
#include "ui/state/engine_host.h"
#include "ui/state/store_host.h"
#include "ui/state/training.h"
#include "ui/theme.h"
#include "ui/widgets/checkpoints_dialog.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/exchange_job.h"
#include "ui/widgets/field_picker.h"
#include "ui/widgets/filter_line.h"
#include "ui/widgets/go_on_dialog.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/run_preview.h"
#include "ui/widgets/runs_table.h"

#include <QAction>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QSettings>
#include <QSplitter>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace descent::ui {

namespace {

constexpr int kPreviewWidth = theme::kGrid * 36;
constexpr int kPreviewNeeds = theme::kGrid * 90; // a narrower page shows the table alone
const QString kPreviewSetting = QStringLiteral("runs/preview");
const QString kGroupSetting = QStringLiteral("runs/group");

QString count(std::int64_t n) {
    return QString::fromStdString(format_count(n));
}
QString runs(std::int64_t n) {
    return n == 1 ? RunsPage::tr("1 run") : RunsPage::tr("%1 runs").arg(count(n));
}

QString askForFile(QWidget* parent, const QString& suggestion) {
    if (suggestion.endsWith(QStringLiteral("table.csv")))
        return QFileDialog::getSaveFileName(parent, RunsPage::tr("Export table"), suggestion,
                                            RunsPage::tr("Tables (*.csv *.md *.tex)"));
    const QString ending = QFileInfo(suggestion).suffix();
    return QFileDialog::getSaveFileName(
        parent, RunsPage::tr("Export runs"), suggestion,
        ExchangeJob::filters(ending.isEmpty() ? QString() : QLatin1Char('.') + ending));
}

} // namespace

RunsPage::RunsPage(StoreHost& store, EngineHost& engine, Training& training, QWidget* parent)
    : QWidget(parent)
    , store_(store)
    , engine_(engine)
    , training_(training)
    , ask_for_file_(askForFile)
    , model_(new RunsModel(this))
    , loader_(new RunsLoader(store, this))
    , filter_(new FilterLine)
    , table_(new RunsTable(*model_))
    , empty_(new EmptyState)
    , stack_(new QStackedWidget)
    , preview_(new RunPreview(store, engine))
    , split_(new QSplitter)
    , notice_(new NoticeBar)
    , export_(new ExchangeJob(store, *notice_, this))
    , actions_(std::make_unique<RunsActions>(*this, *table_))
    , bar_(new RunsBar(*actions_, *table_))
    , colours_(new QMenu(this))
    , tags_(new QMenu(this)) {
    setObjectName(QStringLiteral("runsPage"));
    setAccessibleName(tr("Runs"));
    setProperty("role", QStringLiteral("page"));
    setAttribute(Qt::WA_StyledBackground);
    preview_wanted_ = QSettings().value(kPreviewSetting, true).toBool();
    bar_->preview()->setChecked(preview_wanted_);
    setFocusProxy(table_);

    const auto card = [](QWidget* content) {
        auto* frame = new QFrame;
        frame->setProperty("role", QStringLiteral("card"));
        auto* layout = new QVBoxLayout(frame);
        layout->setContentsMargins(1, 1, 1, 1);
        layout->addWidget(content);
        return frame;
    };
    stack_->addWidget(table_);
    stack_->addWidget(empty_);
    split_->setObjectName(QStringLiteral("runsSplitter"));
    split_->setHandleWidth(theme::kGrid);
    split_->addWidget(card(stack_));
    split_->addWidget(card(preview_));
    split_->setStretchFactor(0, 1);
    split_->setStretchFactor(1, 0);
    split_->setChildrenCollapsible(false);
    split_->widget(1)->setMinimumWidth(theme::kGrid * 34);
    split_->setSizes({kPreviewWidth * 3, kPreviewWidth});
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme::kGrid * 2, theme::kGrid * 2, theme::kGrid * 2, theme::kGrid * 2);
    column->setSpacing(theme::kGrid);
    column->addWidget(filter_);
    column->addWidget(bar_);
    column->addWidget(split_, 1);
    column->addWidget(notice_);

    settle_.setSingleShot(true);
    settle_.setInterval(0);
    connect(&settle_, &QTimer::timeout, this, &RunsPage::chosenChanged);
    connect(filter_, &FilterLine::filterChanged, this,
            [this](const QString& where) { loader_->setQuery(where, in_trash_); });
    connect(loader_, &RunsLoader::loaded, this, &RunsPage::take);
    connect(loader_, &RunsLoader::failed, filter_, &FilterLine::showError);
    connect(preview_, &RunPreview::edited, this, &RunsPage::edit);
    connect(preview_, &RunPreview::runWanted, this, &RunsPage::openRun);
    connect(preview_, &RunPreview::checkpointsWanted, this, &RunsPage::showCheckpoints);
    connect(empty_, &EmptyState::acted, this, [this] {
        if (const auto act = end_emptiness_) act();
    });
    connect(&engine_, &EngineHost::ready, this, &RunsPage::updateActions);
    connect(export_, &ExchangeJob::ended, this, &RunsPage::updateActions);
    connect(&store_, &StoreHost::failed, this, [this](const QString& reason) {
        notice_->complain(reason);
        loader_->reload(); // what was shown in advance did not happen
    });
    connect(bar_->preview(), &QToolButton::clicked, this, [this](bool on) {
        preview_wanted_ = on;
        QSettings().setValue(kPreviewSetting, on);
        placePreview();
    });
    connect(bar_->trash(), &QToolButton::toggled, this, &RunsPage::setTrashView);
    colours_->setObjectName(QStringLiteral("runsColourMenu"));
    tags_->setObjectName(QStringLiteral("runsUntagMenu"));
    connectTable();
    connectActions();
    loader_->setFields(model_->columns().fields(), model_->order());
    setGroup(QSettings().value(kGroupSetting, QStringLiteral("none")).toString().toStdString());
    setTabOrder(filter_, table_);
    updateActions();
}

RunsPage::~RunsPage() {
    table_->keepLayout();
    preview_->flush();
}

void RunsPage::connectActions() {
    const auto on = [this](QAction* action, auto slot) { connect(action, &QAction::triggered, this, slot); };
    on(actions_->open, &RunsPage::openChosen);
    on(actions_->resume, &RunsPage::resumeChosen);
    on(actions_->again, &RunsPage::repeatChosen);
    on(actions_->branch, &RunsPage::branchChosen);
    on(actions_->checkpoints, &RunsPage::showCheckpoints);
    on(actions_->rename, [this] { table_->rename(); });
    on(actions_->star, &RunsPage::starChosen);
    on(actions_->tag, [this] {
        showPreview();
        preview_->editTags();
    });
    on(actions_->note, [this] {
        showPreview();
        preview_->editNote();
    });
    on(actions_->export_csv, &RunsPage::exportChosen);
    on(actions_->trash, [this] { trashChosen(true); });
    on(actions_->restore, [this] { trashChosen(false); });
    on(actions_->filter, &RunsPage::focusFilter);
    on(actions_->compare, [this] {
        if (const auto chosen = table_->chosen(); !chosen.empty()) Q_EMIT compareWanted(chosen);
    });
    on(actions_->colour, [this] { popUp(*colours_); });
    on(actions_->untag, [this] { popUp(*tags_); });
    on(actions_->copy, [this] { copyChosen(TextFormat::tabs); });
    on(actions_->copy_markdown, [this] { copyChosen(TextFormat::markdown); });
    on(actions_->copy_latex, [this] { copyChosen(TextFormat::latex); });
    on(actions_->copy_csv, [this] { copyChosen(TextFormat::csv); });
    on(actions_->export_table, &RunsPage::exportTable);
    on(actions_->replicates, [this](bool fold) { setGroup(fold ? "replicates" : "none"); });
    on(actions_->fold_all, [this] { table_->foldAll(true); });
    on(actions_->unfold_all, [this] { table_->foldAll(false); });
    on(actions_->add_column, [this] { pickField(false); });
    on(actions_->column_left, [this] { table_->moveColumn(-1); });
    on(actions_->column_right, [this] { table_->moveColumn(1); });
    on(actions_->sort, [this] { table_->sortByCurrent(); });
    connect(colours_, &QMenu::aboutToShow, this, &RunsPage::colourChosen);
    connect(tags_, &QMenu::aboutToShow, this, &RunsPage::untagChosen);
}

void RunsPage::connectTable() {
    connect(table_, &RunsTable::chosenChanged, this, [this] { settle_.start(); });
    connect(table_, &RunsTable::fieldWanted, this, [this] { pickField(false); });
    connect(model_, &RunsModel::orderChanged, this, [this] { loader_->setOrder(model_->order()); });
    connect(model_, &RunsModel::fieldsChanged, this,
            [this] { loader_->setFields(model_->columns().fields(), model_->order()); });
    connect(bar_, &RunsBar::groupWanted, this, &RunsPage::setGroup);
    connect(bar_, &RunsBar::otherGroupWanted, this, [this] { pickField(true); });
    connect(table_, &RunsTable::opened, this, &RunsPage::openChosen);
    connect(table_, &RunsTable::starClicked, this, [this](const RunId& run) {
        const int row = model_->find(run);
        if (row < 0) return;
        const bool star = !model_->row(row).starred;
        edit(star ? tr("Star a run") : tr("Remove a star"), {SetStar{run, star}});
    });
    connect(model_, &RunsModel::renameWanted, this, [this](const RunId& run, const QString& name) {
        edit(tr("Rename to %1").arg(name), {SetName{run, name.toStdString()}});
    });
    connect(table_, &QWidget::customContextMenuRequested, this, [this](const QPoint& at) {
        if (!table_->indexAt(at).isValid()) return;
        chosenChanged();
        QMenu menu;
        menu.setObjectName(QStringLiteral("runsContextMenu"));
        actions_->fill(menu);
        // By mouse they open where they stand.
        const auto nest = [&](QAction* action, QMenu* nested, const QString& text) {
            nested->setTitle(text);
            nested->setEnabled(action->isEnabled());
            menu.insertMenu(action, nested);
            menu.removeAction(action);
        };
        nest(actions_->colour, colours_, tr("Colour"));
        nest(actions_->untag, tags_, tr("Remove tag"));
        menu.exec(table_->viewport()->mapToGlobal(at));
    });
}

void RunsPage::focusFilter() {
    filter_->focus();
}

void RunsPage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    loader_->setActive(true);
    updateActions();
}

void RunsPage::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    loader_->setActive(false);
    preview_->flush();
    updateActions();
}

void RunsPage::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    placePreview();
}

void RunsPage::placePreview() {
    const bool room = width() >= kPreviewNeeds;
    bar_->preview()->setEnabled(room);
    split_->widget(1)->setVisible(room && preview_wanted_ && stack_->currentWidget() == table_);
}

/// For an edit in the preview: also where it was hidden or there is little room.
void RunsPage::showPreview() {
    preview_wanted_ = true;
    bar_->preview()->setChecked(true);
    split_->widget(1)->setVisible(true);
}

void RunsPage::take(const RunsLoader::ListingPtr& listing) {
    preview_->setKnownTags(listing->tags);
    bar_->trash()->setText(listing->trashed > 0 ? tr("Trash (%1)").arg(count(listing->trashed))
                                                : tr("Trash"));
    const bool first = !std::exchange(listed_, true);
    showCount(*listing);
    if (listing->rows.empty()) showEmptiness(*listing);
    stack_->setCurrentWidget(listing->rows.empty() ? static_cast<QWidget*>(empty_) : table_);
    table_->setGrouped(loader_->group() != "none");
    model_->setRows(listing->rows, listing->fields);
    if (regrouped_ && listing->group == loader_->group())
        table_->reveal(*std::exchange(regrouped_, std::nullopt));
    actions_->setListed(!listing->rows.empty(), listing->runs.size() > listing->rows.size());
    if (!listing->group_error.isEmpty()) notice_->complain(tr("Not grouped: %1").arg(listing->group_error));
    if (first && model_->rowCount() > 0) table_->setCurrentIndex(model_->index(0, int(RunColumn::name)));
    placePreview();
    settle_.start();
}

void RunsPage::showCount(const RunListing& listing) {
    const bool filtered = !filter_->text().isEmpty();
    QString text = filtered    ? tr("%1 of %2").arg(count(listing.listed), runs(listing.total))
                   : in_trash_ ? tr("%1 in the trash").arg(runs(listing.listed))
                               : runs(listing.listed);
    if (!listing.whole) text = tr("reading %1…").arg(runs(listing.total));
    const auto shown = std::int64_t(listing.rows.size());
    if (listing.whole && shown < listing.listed)
        text += shown == 1 ? tr(", 1 row") : tr(", %1 rows").arg(count(shown));
    bar_->count()->setText(text);
}

void RunsPage::showEmptiness(const RunListing& listing) {
    if (listing.total > 0) {
        empty_->set(tr("No run matches the filter"), tr("There are %1 in all.").arg(runs(listing.total)),
                    tr("Clear filter"));
        end_emptiness_ = [this] {
            filter_->setText({});
            filter_->focus();
        };
    } else if (in_trash_) {
        empty_->set(tr("The trash is empty"), tr("Runs that you move here can be restored at any time."),
                    tr("Back to the runs"));
        end_emptiness_ = [this] { bar_->trash()->setChecked(false); };
    } else {
        empty_->set(tr("No runs yet"),
                    tr("Each run you train is kept here by itself: settings, curves and weights."),
                    tr("Train your first run"));
        end_emptiness_ = [this] { Q_EMIT trainFirst(); };
    }
}

void RunsPage::setTrashView(bool trash) {
    in_trash_ = trash;
    table_->clearSelection();
    loader_->setQuery(filter_->text(), trash);
    updateActions();
}

void RunsPage::setGroup(const std::string& by) {
    QSettings().setValue(kGroupSetting, QString::fromStdString(by));
    if (by != loader_->group() && table_->currentIndex().isValid()) {
        const RunRow& current = model_->row(table_->currentIndex().row());
        regrouped_ = current.fold ? current.fold->members.front()->number : current.number;
    }
    loader_->setGroup(by);
    bar_->setGroup(by);
    actions_->replicates->setChecked(by == "replicates");
}

void RunsPage::pickField(bool to_group) {
    auto* picker =
        new FieldPicker(store_, to_group ? FieldPicker::For::group : FieldPicker::For::column, this);
    connect(picker, &FieldPicker::picked, this, [this, to_group](const FieldColumn& column) {
        if (to_group)
            setGroup(column.field);
        else
            table_->addField(column);
        table_->setFocus();
    });
    picker->popUpUnder(to_group ? *bar_->grouping() : *bar_->columns());
}

void RunsPage::chosenChanged() {
    settle_.stop();
    preview_->setRuns(table_->chosenRuns());
    updateActions();
}

void RunsPage::updateActions() {
    actions_->update(isVisible() ? table_->chosenRuns() : std::vector<RowPtr>(), in_trash_,
                     engine_.engine() != nullptr, export_->running());
    actions_->filter->setEnabled(isVisible());
    actions_->add_column->setEnabled(isVisible());
    actions_->replicates->setEnabled(isVisible());
}

/// Shown at once; the store's answer, or its refusal, follows.
void RunsPage::edit(const QString& text, const std::vector<RunEdit>& edits) {
    if (edits.empty()) return;
    loader_->show(edits);
    store_.edit(text, edits);
}

void RunsPage::openChosen() {
    if (table_->turnFold()) return; // Enter, before the actions know of the choice
    if (const auto chosen = table_->chosen(); chosen.size() == 1) Q_EMIT openRun(chosen.front());
}

void RunsPage::resumeChosen() {
    const auto chosen = table_->chosen();
    if (chosen.size() != 1) return;
    GoOnDialog::resume(this, store_, engine_, training_, chosen.front(),
                       [this, run = chosen.front()](const Result<void>& done) {
                           if (!done)
                               notice_->complain(QString::fromStdString(done.error().message));
                           else
                               Q_EMIT openRun(run);
                       });
}

void RunsPage::branchChosen() {
    if (const auto chosen = table_->chosen(); chosen.size() == 1) offerBranch(chosen.front(), {}, {});
}

void RunsPage::showCheckpoints() {
    const auto chosen = table_->chosen();
    if (chosen.size() != 1) return;
    auto* dialog = CheckpointsDialog::open(store_, engine_, training_, chosen.front(), this);
    connect(dialog, &CheckpointsDialog::branchWanted, this, &RunsPage::branchWanted, Qt::UniqueConnection);
}

/// From its newest checkpoint with its settings there, or from the one at `at` with the settings `otherwise`,
/// which are trained from the beginning where there is no such checkpoint.
void RunsPage::offerBranch(const RunId& run, std::optional<Update> at,
                           const std::optional<Request>& otherwise) {
    store_.read<Result<BranchOffer>>(
        this,
        [run, &writer = store_.writer()](const StoreReader& reader) {
            return guarded([&] {
                (void)writer.flush(); // a run in progress may have saved one just now
                return BranchOffer{unwrap(reader.run(run)), reader.checkpoints(run), {}, {}};
            });
        },
        [this, at, otherwise](Result<BranchOffer> offer) {
            if (!engine_.engine()) return;
            const bool there =
                offer && (at ? std::ranges::count(offer->points, *at, &CheckpointInfo::update) > 0
                             : !offer->points.empty());
            if (there) {
                offer->at = at.value_or(offer->points.back().update);
                offer->request = otherwise;
                Q_EMIT branchWanted(*offer);
            } else if (otherwise) {
                Q_EMIT trainAgain(*otherwise);
            } else {
                notice_->complain(offer ? tr("%1 has no checkpoint to branch off")
                                              .arg(QString::fromStdString(offer->parent.name))
                                        : QString::fromStdString(offer.error().message));
            }
        });
}

void RunsPage::repeatChosen() {
    const auto chosen = table_->chosen();
    if (chosen.size() != 1) return;
    store_.read<Result<RunRecord>>(
        this, [id = chosen.front()](const StoreReader& reader) { return reader.run(id); },
        [this](const Result<RunRecord>& run) {
            if (!run)
                notice_->complain(QString::fromStdString(run.error().message));
            else if (engine_.engine()) {
                const auto request =
                    request_with_changes(engine_.engine()->catalog(), run->spec, run->changes);
                if (run->parent) return offerBranch(run->parent->run, run->parent->at, request);
                Q_EMIT trainAgain(request);
            }
        });
}

} // namespace descent::ui

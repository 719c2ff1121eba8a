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
#include "ui/widgets/csv_export.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/filter_line.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/run_preview.h"
#include "ui/widgets/runs_table.h"

#include <QAction>
#include <QDir>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QSettings>
#include <QSplitter>
#include <QStackedWidget>
#include <QStandardPaths>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace descent::ui {

namespace {

constexpr int kPreviewWidth = theme::kGrid * 36;
constexpr int kPreviewNeeds = theme::kGrid * 90; // a narrower page shows the table alone
const QString kPreviewSetting = QStringLiteral("runs/preview");

QString count(std::int64_t n) {
    return QString::fromStdString(format_count(n));
}
QString runs(std::int64_t n) {
    return n == 1 ? RunsPage::tr("1 run") : RunsPage::tr("%1 runs").arg(count(n));
}

QString askForCsv(QWidget* parent, const QString& suggestion) {
    return QFileDialog::getSaveFileName(parent, RunsPage::tr("Export CSV"), suggestion,
                                        RunsPage::tr("CSV files (*.csv)"));
}

} // namespace

RunsPage::RunsPage(StoreHost& store, EngineHost& engine, Training& training, QWidget* parent)
    : QWidget(parent)
    , store_(store)
    , engine_(engine)
    , training_(training)
    , ask_for_file_(askForCsv)
    , model_(new RunsModel(this))
    , loader_(new RunsLoader(store, this))
    , filter_(new FilterLine)
    , table_(new RunsTable(*model_))
    , empty_(new EmptyState)
    , stack_(new QStackedWidget)
    , preview_(new RunPreview(store, engine))
    , split_(new QSplitter)
    , notice_(new NoticeBar)
    , export_(new CsvExport(store, *notice_, this))
    , actions_(std::make_unique<RunsActions>(*this, *table_))
    , bar_(new RunsBar(*actions_, *table_)) {
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
    connect(table_, &RunsTable::chosenChanged, this, [this] { settle_.start(); });
    connect(table_, &RunsTable::sortChanged, this,
            [this] { loader_->setSort(model_->sortColumn(), model_->sortOrder()); });
    connect(preview_, &RunPreview::edited, this, &RunsPage::edit);
    connect(empty_, &EmptyState::acted, this, [this] {
        if (const auto act = end_emptiness_) act();
    });
    connect(&engine_, &EngineHost::ready, this, &RunsPage::updateActions);
    connect(export_, &CsvExport::ended, this, &RunsPage::updateActions);
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
    connectActions();
    loader_->setSort(model_->sortColumn(), model_->sortOrder());
    setTabOrder(filter_, table_);
    updateActions();
}

RunsPage::~RunsPage() {
    preview_->flush();
}

void RunsPage::connectActions() {
    const auto on = [this](QAction* action, auto slot) { connect(action, &QAction::triggered, this, slot); };
    on(actions_->open, &RunsPage::openChosen);
    on(actions_->resume, &RunsPage::resumeChosen);
    on(actions_->again, &RunsPage::repeatChosen);
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

void RunsPage::take(const std::shared_ptr<RunListing>& listing) {
    preview_->setKnownTags(listing->tags);
    bar_->trash()->setText(listing->trashed > 0 ? tr("Trash (%1)").arg(count(listing->trashed))
                                                : tr("Trash"));
    const auto listed = std::int64_t(listing->rows.size());
    const bool first = !std::exchange(listed_, true);
    const bool filtered = !filter_->text().isEmpty();
    bar_->count()->setText(filtered ? tr("%1 of %2").arg(count(listed), runs(listing->total))
                                    : (in_trash_ ? tr("%1 in the trash").arg(runs(listed)) : runs(listed)));
    if (listing->rows.empty()) showEmptiness(*listing);
    stack_->setCurrentWidget(listing->rows.empty() ? static_cast<QWidget*>(empty_) : table_);
    model_->setRows(std::move(listing->rows));
    if (first && model_->rowCount() > 0) table_->setCurrentIndex(model_->index(0, int(RunColumn::name)));
    placePreview();
    settle_.start();
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

std::vector<const RunRow*> RunsPage::chosenRows() const {
    std::vector<const RunRow*> rows;
    for (const int row : table_->chosenRows()) rows.push_back(&model_->row(row));
    return rows;
}

void RunsPage::chosenChanged() {
    settle_.stop();
    std::vector<RunRow> rows;
    for (const RunRow* row : chosenRows()) rows.push_back(*row);
    preview_->setRuns(std::move(rows));
    updateActions();
}

void RunsPage::updateActions() {
    actions_->update(isVisible() ? chosenRows() : std::vector<const RunRow*>(), in_trash_,
                     engine_.engine() != nullptr, export_->running());
    actions_->filter->setEnabled(isVisible());
}

/// Shown at once; the store's answer, or its refusal, follows.
void RunsPage::edit(const QString& text, const std::vector<RunEdit>& edits) {
    model_->show(edits);
    loader_->supersede();
    store_.edit(text, edits);
}

void RunsPage::openChosen() {
    if (const auto chosen = table_->chosen(); chosen.size() == 1) Q_EMIT openRun(chosen.front());
}

void RunsPage::resumeChosen() {
    const auto chosen = table_->chosen();
    if (chosen.size() != 1) return;
    if (const auto resumed = training_.resumeRun(chosen.front()); !resumed)
        notice_->complain(QString::fromStdString(resumed.error().message));
    else
        Q_EMIT openRun(chosen.front());
}

void RunsPage::repeatChosen() {
    const auto chosen = table_->chosen();
    if (chosen.size() != 1) return;
    store_.read<Result<RunRecord>>(
        this, [id = chosen.front()](const StoreReader& reader) { return reader.run(id); },
        [this](const Result<RunRecord>& run) {
            if (!run)
                notice_->complain(QString::fromStdString(run.error().message));
            else if (engine_.engine())
                Q_EMIT trainAgain(request_with_changes(engine_.engine()->catalog(), run->spec, run->changes));
        });
}

void RunsPage::starChosen() {
    const auto rows = chosenRows();
    const bool star = !std::ranges::all_of(rows, &RunRow::starred);
    std::vector<RunEdit> edits;
    for (const RunRow* run : rows)
        if (run->starred != star) edits.push_back(SetStar{run->id, star});
    edit((star ? tr("Star %1") : tr("Unstar %1")).arg(runs(std::int64_t(edits.size()))), edits);
}

void RunsPage::trashChosen(bool trashed) {
    std::vector<RunEdit> edits;
    for (const RunId& run : table_->chosen()) edits.push_back(SetTrashed{run, trashed});
    if (edits.empty()) return;
    edit((trashed ? tr("Trash %1") : tr("Restore %1")).arg(runs(std::int64_t(edits.size()))), edits);
}

void RunsPage::exportChosen() {
    const auto rows = chosenRows();
    if (rows.empty() || export_->running()) return;
    std::vector<RunId> chosen;
    for (const RunRow* run : rows) chosen.push_back(run->id);
    const QDir folder(QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation));
    const QString name =
        (rows.size() == 1 ? rows.front()->name : QStringLiteral("runs")) + QStringLiteral(".csv");
    QString file =
        ask_for_file_(this, folder.filePath(QString(name).replace(QLatin1Char('/'), QLatin1Char('-'))));
    if (file.isEmpty()) return;
    export_->start(chosen, file);
    updateActions();
}

} // namespace descent::ui

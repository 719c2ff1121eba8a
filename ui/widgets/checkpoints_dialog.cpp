#include "ui/widgets/checkpoints_dialog.h"

#include "core/base/format.h"
#include "core/engine/engine.h"
#include "core/store/reader.h"
#include "core/store/writer.h"
#include "ui/models/cells_model.h"
#include "ui/state/engine_host.h"
#include "ui/state/store_host.h"
#include "ui/state/training.h"
#include "ui/theme.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/evaluate_panel.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/table_export.h"

#include <QAction>
#include <QDir>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QStackedWidget>
#include <QStandardPaths>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <atomic>
#include <utility>

namespace descent::ui {

namespace {

constexpr int kLookMs = 100;
constexpr int kLeastTable = theme::kGrid * 15; ///< pixels: three rows

QString text(const std::string& s) {
    return QString::fromStdString(s);
}

std::string key(const CheckpointInfo& checkpoint) {
    return checkpoint.file + " " + checkpoint.sha256;
}

} // namespace

/// Between the GUI thread and the one that reads files.
struct CheckpointsDialog::Shared {
    std::atomic<double> share = 0;
    std::atomic<bool> cancelled = false;
};

CheckpointsDialog* CheckpointsDialog::open(StoreHost& store, EngineHost& engine, Training& training,
                                           const RunId& run, QWidget* parent) {
    CheckpointsDialog* dialog = nullptr;
    for (auto* there : parent->findChildren<CheckpointsDialog*>(QString(), Qt::FindDirectChildrenOnly))
        if (there->id_ == run && there->isVisible()) dialog = there;
    if (!dialog) {
        dialog = new CheckpointsDialog(store, engine, training, run, parent);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
    }
    dialog->show();
    dialog->raise();
    dialog->activateWindow();
    return dialog;
}

CheckpointsDialog::CheckpointsDialog(StoreHost& store, EngineHost& engine, Training& training,
                                     const RunId& run, QWidget* parent)
    : QDialog(parent)
    , store_(store)
    , engine_(engine)
    , training_(training)
    , id_(run)
    , ask_for_file_([](QWidget* over, const QString& suggestion) {
        return QFileDialog::getSaveFileName(over, tr("Export weights"), suggestion,
                                            tr("Weights (*.safetensors)"));
    })
    , title_(new ElidedLabel)
    , facts_(new ElidedLabel)
    , cells_(new CellsModel(this))
    , table_(new DataTable("checkpointsTable", tr("Checkpoints of the run"), cells_, false))
    , table_export_(new TableExport(
          *table_, [this](bool in_full) { return checkpoint_table(listing_.all, listing_.files, in_full); },
          [this] { return text(listing_.run.name) + tr("-checkpoints"); }))
    , empty_(new EmptyState)
    , stack_(new QStackedWidget)
    , below_(new QWidget)
    , notice_(new NoticeBar)
    , evaluate_(new EvaluatePanel(store, engine, training, *notice_)) {
    setObjectName(QStringLiteral("checkpointsDialog"));
    setWindowTitle(tr("Checkpoints"));
    verify_ = addAction("checkpointVerify", tr("&Verify"), QKeySequence(Qt::Key_F5),
                        tr("Read each file and compare its SHA-256"), &CheckpointsDialog::verify);
    export_ = addAction("checkpointExport", tr("E&xport weights…"), QKeySequence(Qt::CTRL | Qt::Key_E),
                        tr("Write the chosen one's weights, under PyTorch's names, to a safetensors file"),
                        &CheckpointsDialog::exportWeights);
    branch_ = addAction(
        "checkpointBranch", tr("&Branch here…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_B),
        tr("Train a new run from the chosen one on, with other settings"), &CheckpointsDialog::branch);
    QDialog::addAction(evaluate_->action());
    build();
    look_.setInterval(kLookMs);
    connect(&look_, &QTimer::timeout, this, [this] { notice_->setProgress(shared_->share); });
    connect(&store_, &StoreHost::changed, this, &CheckpointsDialog::read);
    connect(&engine_, &EngineHost::ready, this, &CheckpointsDialog::updateActions);
    connect(evaluate_, &EvaluatePanel::busyChanged, this, &CheckpointsDialog::updateActions);
    connect(table_, &DataTable::currentMoved, this, &CheckpointsDialog::updateActions);
    connect(table_, &DataTable::opened, evaluate_->action(), &QAction::trigger);
    connect(table_export_, &TableExport::said, notice_, &NoticeBar::say);
    connect(table_export_, &TableExport::complained, notice_, &NoticeBar::complain);
    const QSize wanted(theme::kGrid * 96, theme::kGrid * 72);
    resize(parent ? wanted.boundedTo(parent->window()->size() - QSize(theme::kGrid * 4, theme::kGrid * 4))
                  : wanted);
    updateActions();
    read();
}

CheckpointsDialog::~CheckpointsDialog() {
    if (shared_) shared_->cancelled = true;
}

QAction* CheckpointsDialog::addAction(const char* name, const QString& words, const QKeySequence& shortcut,
                                      const QString& tip, void (CheckpointsDialog::*slot)()) {
    auto* action = new QAction(words, this);
    action->setObjectName(QString::fromLatin1(name));
    action->setShortcut(shortcut);
    action->setToolTip(QStringLiteral("%1 (%2)").arg(tip, shortcut.toString(QKeySequence::NativeText)));
    connect(action, &QAction::triggered, this, slot);
    QDialog::addAction(action);
    return action;
}

QPushButton* CheckpointsDialog::makeButton(QAction* action) {
    auto* button = new QPushButton(action->text());
    button->setObjectName(action->objectName() + QStringLiteral("Button"));
    button->setAccessibleName(action->toolTip());
    button->setToolTip(action->toolTip());
    button->setAutoDefault(false); // Return evaluates
    connect(button, &QPushButton::clicked, action, &QAction::trigger);
    connect(action, &QAction::changed, button, [=] { button->setEnabled(action->isEnabled()); });
    return button;
}

void CheckpointsDialog::build() {
    title_->setObjectName(QStringLiteral("checkpointsTitle"));
    title_->setProperty("role", QStringLiteral("title"));
    facts_->setObjectName(QStringLiteral("checkpointsFacts"));
    facts_->setProperty("role", QStringLiteral("muted"));
    table_->setFont(theme::numberFont());
    table_->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(table_, &QWidget::customContextMenuRequested, this, [this](const QPoint& at) {
        QMenu menu;
        menu.setObjectName(QStringLiteral("checkpointsContextMenu"));
        menu.addActions({evaluate_->action(), export_, branch_, verify_});
        menu.addSeparator();
        table_export_->fill(menu);
        menu.exec(table_->viewport()->mapToGlobal(at));
    });
    auto* more = new QToolButton;
    more->setObjectName(QStringLiteral("checkpointsTableMenu"));
    more->setAccessibleName(tr("Copy or export the table"));
    more->setToolTip(more->accessibleName());
    more->setIcon(theme::icon(QStringLiteral("export"), &theme::mutedText));
    more->setPopupMode(QToolButton::InstantPopup);
    more->setFocusPolicy(Qt::StrongFocus);
    auto* menu = new QMenu(more);
    table_export_->fill(*menu);
    more->setMenu(menu);

    auto* card = new QFrame;
    card->setProperty("role", QStringLiteral("card"));
    auto* inside = new QVBoxLayout(card);
    inside->setContentsMargins(1, 1, 1, 1);
    table_->setMinimumHeight(kLeastTable);
    stack_->addWidget(table_);
    stack_->addWidget(empty_);
    inside->addWidget(stack_);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(theme::kGrid);
    for (QAction* action : {verify_, export_, branch_}) buttons->addWidget(makeButton(action));
    buttons->addStretch();
    buttons->addWidget(more);
    auto* line = new QFrame;
    line->setProperty("role", QStringLiteral("hairline"));
    auto* lower = new QVBoxLayout(below_);
    lower->setContentsMargins(0, 0, 0, 0);
    lower->setSpacing(theme::kGrid + theme::kGrid / 2);
    lower->addLayout(buttons);
    lower->addWidget(line);
    lower->addWidget(evaluate_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme::kGrid * 2, theme::kGrid * 2, theme::kGrid * 2, theme::kGrid * 2);
    column->setSpacing(theme::kGrid);
    column->addWidget(title_);
    column->addWidget(facts_);
    column->addWidget(card);
    column->addWidget(below_);
    column->addWidget(notice_);
}

void CheckpointsDialog::read() {
    if (!reading_.begin()) return;
    store_.read<Result<Listing>>(
        this,
        [id = id_, &writer = store_.writer(), store = store_.path()](const StoreReader& reader) {
            return guarded([&] {
                (void)writer.flush(); // a run in progress may have saved one just now
                Listing listing{unwrap(reader.run(id)), reader.checkpoints(id), {}};
                for (const auto& checkpoint : listing.all)
                    listing.files.push_back(look_at(store, checkpoint, false));
                return listing;
            });
        },
        [this](Result<Listing> listing) {
            if (listing)
                take(std::move(*listing));
            else
                notice_->complain(text(listing.error().message));
            if (reading_.end()) read();
        });
}

void CheckpointsDialog::take(Listing listing) {
    // What was verified stays so, as long as the file lies there as it did.
    for (std::size_t i = 0; i < listing.all.size(); ++i) {
        const auto known = verified_.find(key(listing.all[i]));
        if (known != verified_.end() && known->second.written_ms == listing.files[i].written_ms)
            listing.files[i] = known->second;
    }
    listing_ = std::move(listing);
    setWindowTitle(tr("Checkpoints of %1").arg(text(listing_.run.name)));
    title_->setText(text(listing_.run.name));
    const QString facts = text(checkpoints_text(listing_.all));
    facts_->setText(text(counted(std::ssize(listing_.all), "checkpoint")) +
                    facts.mid(facts.indexOf(QStringLiteral(", "))));
    evaluate_->setRun(listing_.run);
    empty_->set(tr("No checkpoints"),
                tr("One is made every ten seconds while a run trains, and at its end; runs that are trained "
                   "together in a sweep keep none."));
    const bool any = !listing_.all.empty();
    stack_->setCurrentWidget(any ? static_cast<QWidget*>(table_) : empty_);
    facts_->setVisible(any);
    below_->setVisible(any);
    table_export_->setEnabled(any);
    showRows();
}

void CheckpointsDialog::showRows() {
    const auto* before = chosen();
    const auto at = before ? std::optional(before->update) : std::nullopt;
    const auto table = checkpoint_table(listing_.all, listing_.files, false);
    QStringList headings;
    for (const auto& heading : table.headings) headings << text(heading);
    std::vector<CellsModel::Row> rows;
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        CellsModel::Row cells{{}, -1, text(listing_.all[i].file), listing_.files[i].bad()};
        for (const auto& cell : table.rows[i]) cells.cells << text(cell);
        rows.push_back(std::move(cells));
    }
    const bool first = cells_->rowCount() == 0;
    cells_->set(headings, std::move(rows), {3, 5, 6});
    if (first) {
        table_->resizeColumnsToContents();
        table_->horizontalHeader()->setStretchLastSection(true);
    }
    if (cells_->rowCount() == 0) return updateActions();
    // The newest, until another is chosen.
    const auto place = std::ranges::find(listing_.all, at.value_or(Update{-1}), &CheckpointInfo::update);
    const auto row =
        place == listing_.all.end() ? std::ssize(listing_.all) - 1 : place - listing_.all.begin();
    table_->setCurrentIndex(cells_->index(int(row), 0));
    table_->scrollTo(table_->currentIndex());
    if (first) table_->setFocus();
    updateActions();
}

const CheckpointInfo* CheckpointsDialog::chosen() const {
    const auto index = table_->currentIndex();
    const bool there = index.isValid() && index.row() < std::ssize(listing_.all);
    return there ? &listing_.all[std::size_t(index.row())] : nullptr;
}

void CheckpointsDialog::updateActions() {
    const auto* checkpoint = chosen();
    const bool idle = !shared_ && !evaluate_->busy();
    const bool there = checkpoint && listing_.files[std::size_t(table_->currentIndex().row())].there();
    verify_->setEnabled(idle && !listing_.all.empty());
    export_->setEnabled(idle && there);
    branch_->setEnabled(there && engine_.engine() && !listing_.run.trashed_ms);
    evaluate_->setHeld(shared_ != nullptr);
    evaluate_->setCheckpoint(there ? std::optional(*checkpoint) : std::nullopt);
}

std::shared_ptr<CheckpointsDialog::Shared> CheckpointsDialog::begin(const QString& message) {
    shared_ = std::make_shared<Shared>();
    notice_->begin(message, [shared = shared_] { shared->cancelled = true; });
    look_.start();
    updateActions();
    return shared_;
}

void CheckpointsDialog::end() {
    look_.stop();
    shared_.reset();
    updateActions();
}

void CheckpointsDialog::verify() {
    using Seen = std::map<std::string, CheckpointOnDisk>;
    inBackground(
        this,
        [all = listing_.all, store = store_.path(), shared = begin(tr("Reading the files…"))] {
            Seen seen;
            for (const auto& checkpoint : all) {
                if (shared->cancelled) break;
                seen[key(checkpoint)] = look_at(store, checkpoint, true);
                shared->share = double(seen.size()) / double(all.size());
            }
            return seen;
        },
        [this, wanted = listing_.all.size()](const Seen& seen) {
            const bool cancelled = shared_->cancelled && seen.size() < wanted;
            end();
            std::int64_t bad = 0;
            for (const auto& [file, state] : seen) {
                verified_[file] = state;
                bad += state.bad();
            }
            for (std::size_t i = 0; i < listing_.all.size(); ++i)
                if (const auto found = seen.find(key(listing_.all[i])); found != seen.end())
                    listing_.files[i] = found->second;
            showRows();
            const QString count = text(counted(std::ssize(seen), "checkpoint"));
            if (cancelled)
                notice_->say(tr("Cancelled after %1").arg(count));
            else if (bad == 0)
                notice_->say(tr("%1 read: all are whole").arg(count));
            else
                notice_->complain(
                    tr("%1 of %2 cannot be used; the others can").arg(text(format_count(bad)), count));
        });
}

void CheckpointsDialog::exportWeights() {
    const auto* checkpoint = chosen();
    if (!checkpoint) return;
    const QDir folder(QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation));
    QString name = QStringLiteral("%1-%2.safetensors")
                       .arg(text(listing_.run.name), QString::number(checkpoint->update.count));
    QString file = ask_for_file_(this, folder.filePath(name.replace(QLatin1Char('/'), QLatin1Char('-'))));
    if (file.isEmpty()) return;
    if (!file.endsWith(QStringLiteral(".safetensors"))) file += QStringLiteral(".safetensors");
    inBackground(
        this,
        [of = *checkpoint, run = listing_.run.name, store = store_.path(),
         to = std::filesystem::path(file.toStdU16String())] {
            return guarded([&] { return export_checkpoint(store, of, run, to); });
        },
        [this, file, at = checkpoint->update](const Result<std::int64_t>& tensors) {
            if (!tensors) return notice_->complain(text(tensors.error().message));
            notice_->say(tr("%1 tensors of update %2 written to %3")
                             .arg(text(format_count(*tensors)), text(format_count(at.count)),
                                  QDir::toNativeSeparators(file)));
        });
}

void CheckpointsDialog::branch() {
    const auto* checkpoint = chosen();
    if (!checkpoint) return;
    Q_EMIT branchWanted({listing_.run, listing_.all, checkpoint->update, {}});
    close();
}

} // namespace descent::ui

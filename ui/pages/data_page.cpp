#include "ui/pages/data_page.h"

#include "ui/state/background.h"
#include "ui/state/engine_host.h"
#include "ui/state/save_file.h"
#include "ui/theme.h"
#include "ui/widgets/busy_card.h"
#include "ui/widgets/data_pane.h"
#include "ui/widgets/data_view.h"
#include "ui/widgets/drop_hint.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/import_preview.h"
#include "ui/widgets/incoming.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/text_import.h"

#include <QAction>
#include <QDir>
#include <QDragEnterEvent>
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QMimeData>
#include <QStackedWidget>
#include <QStandardPaths>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace descent::ui {

namespace {

constexpr int kTypingMs = 300;
constexpr int kPatienceMs = 150; // what is read faster does not flicker

/// The one local file or folder that is dragged; "" where it is something else, or meant for the window.
QString dragged(const QMimeData& data) {
    const auto urls = data.urls();
    const QString file = urls.size() == 1 ? urls.front().toLocalFile() : QString();
    // A table that is dropped here is data; elsewhere it is runs.
    const bool table = file.endsWith(QStringLiteral(".csv"), Qt::CaseInsensitive);
    return Incoming::knows(file) && !table ? QString() : file;
}

/// Long paths break behind their slashes, so that they need no wide window.
QString breakable(QString text) {
    return text.replace(QLatin1Char('/'), QStringLiteral("/\u200b"));
}

QStringList words(const QString& list) {
    QStringList out;
    for (const QString& word : list.split(QLatin1Char(','), Qt::SkipEmptyParts))
        out << word.trimmed().toLower();
    return out;
}

} // namespace

DataPage::DataPage(EngineHost& engine, QWidget* parent)
    : QWidget(parent)
    , engine_(engine)
    , loader_(new DataLoader(engine, this))
    , pane_(new DataPane)
    , stack_(new QStackedWidget)
    , busy_(new BusyCard)
    , empty_(new EmptyState)
    , import_(new ImportPreview)
    , notice_(new NoticeBar)
    , hint_(new DropHint(tr("Drop data to see what they hold"), this))
    , export_(new QAction(theme::icon(QStringLiteral("export")), tr("Export the table as CSV…"), this))
    , filter_(new QAction(tr("Filter the examples"), this)) {
    ask_for_folder_ = [](QWidget* over, const QString& from) {
        return QFileDialog::getExistingDirectory(over, tr("Choose a folder of data"), from);
    };
    ask_for_data_ = [](QWidget* over, const QString& from) {
        return QFileDialog::getOpenFileName(over, tr("Choose a file of labelled texts"), from);
    };
    ask_for_file_ = [](QWidget* over, const QString& suggestion) {
        return QFileDialog::getSaveFileName(over, tr("Export CSV"), suggestion, tr("CSV files (*.csv)"));
    };
    export_->setObjectName(QStringLiteral("actionExportData"));
    export_->setIconText(tr("Export CSV…"));
    export_->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_E));
    filter_->setObjectName(QStringLiteral("actionFilterData"));
    filter_->setShortcut(QKeySequence::Find);
    view_ = new DataView(export_);
    build();

    settle_.setSingleShot(true);
    settle_.setInterval(kTypingMs);
    patience_.setSingleShot(true);
    patience_.setInterval(kPatienceMs);
    connect(&settle_, &QTimer::timeout, this, &DataPage::load);
    connect(&patience_, &QTimer::timeout, this, [this] {
        if (considering_ || (loader_->loading() && stack_->currentWidget() != import_)) bring(busy_);
    });
    connect(loader_, &DataLoader::progressed, this, [this] {
        if (!considering_) busy_->setProgress(loader_->share(), loader_->doing());
    });
    connect(loader_, &DataLoader::loaded, this, &DataPage::take);
    connect(loader_, &DataLoader::failed, this, &DataPage::fail);
    connect(busy_, &BusyCard::cancelled, this, &DataPage::giveUp);
    connect(empty_, &EmptyState::acted, this, &DataPage::load);
    connect(pane_, &DataPane::changed, this, &DataPage::paneChanged);
    connect(pane_, &DataPane::trainClicked, this, [this] { Q_EMIT trainWanted(pane_->request()); });
    connect(empty_, &EmptyState::actedOtherwise, this, [this] { consider(pane_->value("source")); });
    connect(pane_, &DataPane::columnsClicked, this, [this] { consider(pane_->value("source")); });
    connect(pane_, &DataPane::browseClicked, this, &DataPage::askFor);
    connect(import_, &ImportPreview::used, this, &DataPage::use);
    connect(import_, &ImportPreview::cancelled, this, &DataPage::endPreview);
    connect(view_, &DataView::said, notice_, &NoticeBar::say);
    connect(export_, &QAction::triggered, this, &DataPage::exportShown);
    connect(filter_, &QAction::triggered, view_, &DataView::focusFilter);
    connect(&engine_, &EngineHost::ready, this, &DataPage::engineReady);
    connect(&engine_, &EngineHost::failed, this, &DataPage::fail);
    pane_->setTrainable(false);
    busy_->begin(tr("Loading the engine…"), false);
    if (engine_.engine())
        engineReady();
    else if (!engine_.error().isEmpty())
        fail(engine_.error());
    updateActions();
}

DataPage::~DataPage() = default;

void DataPage::build() {
    setObjectName(QStringLiteral("dataPage"));
    setAccessibleName(tr("Data"));
    setAcceptDrops(true);
    setFocusPolicy(Qt::ClickFocus);
    empty_->setObjectName(QStringLiteral("dataEmpty"));
    notice_->setObjectName(QStringLiteral("dataNotice"));
    stack_->setObjectName(QStringLiteral("dataStack"));
    for (QWidget* page : {static_cast<QWidget*>(busy_), static_cast<QWidget*>(empty_),
                          static_cast<QWidget*>(view_), static_cast<QWidget*>(import_)})
        stack_->addWidget(page);
    auto* side = new QWidget;
    auto* column = new QVBoxLayout(side);
    column->setContentsMargins(theme::kGrid * 2, theme::kGrid * 2, theme::kGrid * 2, theme::kGrid * 2);
    column->setSpacing(theme::kGrid);
    column->addWidget(stack_, 1);
    column->addWidget(notice_);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(pane_);
    row->addWidget(side, 1);
}

void DataPage::engineReady() {
    const bool chosen = chosen_;
    pane_->setCatalog(engine_.engine()->catalog()); // which reads the data where the page is seen
    chosen_ = chosen;
}

bool DataPage::readsTexts() const {
    return pane_->task() && dataOf(*pane_->task()) == FoundData::Kind::texts;
}

void DataPage::askFor(bool folder) {
    const QString chosen = (folder ? ask_for_folder_ : ask_for_data_)(this, pane_->value("source"));
    if (!chosen.isEmpty()) consider(chosen);
}

void DataPage::offer(const Request& request) {
    if (chosen_) return;
    pane_->setRequest(request);
    chosen_ = false; // not by the person, and not here
}

void DataPage::paneChanged(bool typed) {
    if (!engine_.engine()) return;
    chosen_ = true;
    pane_->setTrainable(pane_->spec().has_value());
    if (typed)
        settle_.start();
    else
        load();
}

void DataPage::load() {
    settle_.stop();
    if (!engine_.engine() || !isVisible()) return; // once it is seen
    if (!pane_->spec()) {
        loader_->cancel();
        shown_.reset();
        fail(pane_->problem());
        return;
    }
    const Part& task = pane_->spec()->task;
    if (shown_ == task && (loader_->loading() || stack_->currentWidget() == view_)) return;
    shown_ = task;
    loader_->load(*pane_->spec());
    sayReading();
    patience_.start();
}

void DataPage::sayReading() {
    busy_->begin(tr("Reading the data of %1").arg(QString::fromStdString(pane_->task()->title)));
    busy_->setProgress(loader_->share(), loader_->doing());
}

void DataPage::take(const DataPtr& loaded) {
    view_->show(loaded);
    settle(view_);
}

void DataPage::fail(const QString& reason) {
    const bool engine = engine_.engine() != nullptr;
    empty_->set(engine ? tr("These data cannot be used") : tr("The engine could not be loaded"),
                breakable(reason), engine ? tr("Read again") : QString(),
                engine && readsTexts() && !pane_->value("source").isEmpty() ? tr("Look at rows and columns…")
                                                                            : QString());
    settle(empty_);
}

/// What the reading ended with; seen at once, unless another folder is being looked at.
void DataPage::settle(QWidget* page) {
    if (considering_ || found_)
        before_ = page;
    else {
        patience_.stop();
        bring(page);
    }
}

void DataPage::giveUp() {
    patience_.stop();
    if (considering_) {
        ++considered_;
        endPreview();
        return;
    }
    loader_->cancel();
    shown_.reset();
    empty_->set(tr("Not read"), tr("Reading the data was cancelled; nothing has changed."), tr("Read them"));
    bring(empty_);
}

void DataPage::consider(const QString& dropped) {
    if (!engine_.engine())
        return notice_->complain(tr("The engine is still being loaded; drop it again in a moment"));
    notice_->hide();
    if (!considering_ && !found_) before_ = stack_->currentWidget();
    found_.reset();
    considering_ = true;
    busy_->begin(tr("Looking at %1").arg(QFileInfo(dropped).fileName()));
    patience_.start();
    inBackground(
        this,
        [path = std::filesystem::path(QFile::encodeName(dropped).toStdString()), texts = readsTexts()] {
            return recognise(path, texts);
        },
        [this, mine = ++considered_](Result<FoundData> found) {
            if (mine != considered_) return;
            patience_.stop();
            if (found) return preview(std::move(*found));
            endPreview();
            notice_->complain(QString::fromStdString(found.error().message));
        });
}

void DataPage::preview(FoundData found) {
    const Catalog& catalog = engine_.engine()->catalog();
    const bool speech = found.kind == FoundData::Kind::speech, texts = found.kind == FoundData::Kind::texts;
    const auto fits = [&](const Entry& entry) { return dataOf(entry) == found.kind; };
    const Entry* task = pane_->task();
    const bool same = task && fits(*task);
    if (!same) {
        auto it = std::ranges::find_if(catalog.tasks, fits);
        if (const Entry* any = texts ? catalog.find(Group::task, "text") : nullptr)
            task = any; // not the first, which is of one published set
        else
            task = it == catalog.tasks.end() ? nullptr : &*it;
    }
    if (!task) {
        endPreview();
        return notice_->complain((speech  ? tr("%1: recordings, which no task here is about")
                                  : texts ? tr("%1: labelled texts, which no task here is about")
                                          : tr("%1: lists of names, which no task here is about"))
                                     .arg(found.folder));
    }
    accepted_ = same ? pane_->request() : Request{};
    accepted_.task = task->id;
    if (texts && pane_->value("source") != found.folder) {
        setTextLayout(catalog, accepted_, {.latin1 = textLayout(catalog, {.task = task->id}).latin1});
        accepted_.unset("task.test_source"); // of the texts before
    }
    accepted_.set("task.source", found.folder.toStdString());
    accepted_.unset("task.holdout_speakers"); // those of the folder before
    QString remark;
    if (const ParamSpec* keywords = catalog.find_param(Group::task, task->id, "keywords")) {
        const QStringList wanted =
            words(same ? pane_->value("keywords") : QString::fromStdString(to_string(keywords->fallback)));
        remark = keepKeywords(accepted_, wanted, found);
    }
    considering_ = false;
    import_->show(found, QString::fromStdString(task->title), remark,
                  texts ? textLayout(catalog, accepted_) : TextLayout{});
    found_ = std::move(found);
    bring(import_);
}

void DataPage::use() {
    if (!found_) return;
    const QString folder = QDir::toNativeSeparators(found_->folder);
    if (found_->kind == FoundData::Kind::texts)
        setTextLayout(engine_.engine()->catalog(), accepted_, import_->texts().layout());
    endPreview();
    pane_->setRequest(accepted_);
    Q_EMIT dataChosen(pane_->request());
    notice_->say(tr("Using %1, here and on the Train page").arg(folder));
}

void DataPage::endPreview() {
    considering_ = false;
    found_.reset();
    if (before_ == busy_ && loader_->loading()) sayReading();
    bring(before_ ? before_ : empty_);
}

void DataPage::bring(QWidget* page) {
    const QWidget* at = focusWidget();
    const bool lost = at && stack_->isAncestorOf(at);
    stack_->setCurrentWidget(page);
    if (page == import_)
        import_->focusUse();
    else if (lost && page == busy_)
        busy_->focusCancel();
    else if (lost)
        setFocus(Qt::OtherFocusReason); // not to whatever control comes next
    updateActions();
}

void DataPage::updateActions() {
    const bool seen = isVisible() && stack_->currentWidget() == view_;
    export_->setEnabled(seen);
    filter_->setEnabled(seen);
}

void DataPage::exportShown() {
    const QDir folder(QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation));
    const QString name =
        QString::fromStdString(pane_->request().task) + QLatin1Char('-') + view_->tableName();
    const QString file = ask_for_file_(this, folder.filePath(name + QStringLiteral(".csv")));
    if (file.isEmpty()) return;
    inBackground(
        this, [file, make = view_->csv()] { return saveFile(make(), file); },
        [this, shown = QDir::toNativeSeparators(file)](const Result<void>& written) {
            if (written)
                notice_->say(tr("Exported the table to %1").arg(shown));
            else
                notice_->complain(QString::fromStdString(written.error().message));
        });
}

void DataPage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    load();
    updateActions();
}

void DataPage::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    updateActions();
}

void DataPage::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    hint_->setGeometry(rect());
}

void DataPage::dragEnterEvent(QDragEnterEvent* event) {
    if (dragged(*event->mimeData()).isEmpty()) return;
    event->acceptProposedAction();
    hint_->raise();
    hint_->show();
}

void DataPage::dragLeaveEvent(QDragLeaveEvent*) {
    hint_->hide();
}

void DataPage::dropEvent(QDropEvent* event) {
    hint_->hide();
    const QString folder = dragged(*event->mimeData());
    if (folder.isEmpty()) return;
    event->acceptProposedAction();
    consider(folder);
}

} // namespace descent::ui

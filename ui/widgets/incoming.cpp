#include "ui/widgets/incoming.h"

#include "ui/plots/figure.h"
#include "ui/state/background.h"
#include "ui/state/store_host.h"
#include "ui/widgets/drop_hint.h"

#include <QAction>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QMimeData>
#include <QUrl>

#include <algorithm>

namespace descent::ui {

namespace {

/// Files sorted by what they are.
struct Sorted {
    QStringList runs, others, problems;
};

bool looksLikeFigure(const QString& file) {
    const QString ending = QFileInfo(file).suffix().toLower();
    return ending == QStringLiteral("svg") || ending == QStringLiteral("pdf") ||
           ending == QStringLiteral("png");
}

Sorted sorted(const QStringList& files) {
    Sorted all;
    for (const auto& file : files) {
        if (!looksLikeFigure(file)) {
            all.others << file;
            continue;
        }
        if (const auto runs = figureRuns(file)) {
            for (const auto& run : *runs)
                if (!all.runs.contains(run)) all.runs << run;
        } else {
            all.problems << QString::fromStdString(runs.error().message);
        }
    }
    return all;
}

} // namespace

Incoming::Incoming(StoreHost& store, QWidget& window)
    : QObject(&window)
    , store_(store)
    , window_(window)
    , hint_(new DropHint(
          tr("Drop a figure to open its runs, or a bundle, event file, table or store to import"), &window))
    , chooser_([](QWidget* parent, const QString& title, const QString& filter) {
        return QFileDialog::getOpenFileNames(parent, title, {}, filter);
    }) {
    window_.setAcceptDrops(true);
    window_.installEventFilter(this);
    const auto add = [this](const char* name, const QString& text, const QString& tip, auto what) {
        auto* action = new QAction(text, this);
        action->setObjectName(QString::fromLatin1(name));
        action->setToolTip(tip);
        connect(action, &QAction::triggered, this, what);
        actions_ << action;
    };
    add("actionOpenFigure", tr("Open &figure…"), tr("Opens the runs that an exported figure shows"),
        [this] { take(chooser_(&window_, tr("Open figure"), tr("Figures (*.svg *.pdf *.png)"))); });
    add("actionImport", tr("&Import…"),
        tr("Takes the runs of a bundle, TensorBoard event files, JSON lines or a table"), [this] {
            const auto files = chooser_(&window_, tr("Import runs"),
                                        tr("Runs (*.descent *.jsonl *.csv *.sqlite *tfevents*)") +
                                            QStringLiteral(";;") + tr("All (*)"));
            if (!files.isEmpty()) Q_EMIT importWanted(files);
        });
    add("actionMerge", tr("&Merge store…"), tr("Takes everything of another store; nothing is repeated"),
        [this] {
            const auto files =
                chooser_(&window_, tr("Merge store"),
                         tr("Stores (*.sqlite *.descent)") + QStringLiteral(";;") + tr("All (*)"));
            if (!files.isEmpty()) Q_EMIT mergeWanted(files.front());
        });
}

bool Incoming::knows(const QString& file) {
    static const QStringList endings{QStringLiteral("descent"), QStringLiteral("jsonl"),
                                     QStringLiteral("csv"), QStringLiteral("sqlite")};
    const QFileInfo info(file);
    return looksLikeFigure(file) || endings.contains(info.suffix().toLower()) ||
           info.fileName().contains(QStringLiteral("tfevents"));
}

void Incoming::take(const QStringList& files) {
    if (files.isEmpty()) return;
    inBackground(
        this, [files] { return sorted(files); },
        [this](const Sorted& all) {
            if (!all.problems.isEmpty()) Q_EMIT complained(all.problems.join(QStringLiteral("; ")));
            if (!all.others.isEmpty()) Q_EMIT importWanted(all.others);
            if (!all.runs.isEmpty()) show(all.runs);
        });
}

void Incoming::show(const QStringList& run_ids) {
    std::vector<RunId> wanted;
    for (const auto& id : run_ids) wanted.push_back({id.toStdString()});
    store_.read<std::vector<RunId>>(
        this,
        [wanted](const StoreReader& reader) {
            std::vector<RunId> there;
            for (const auto& run : reader.runs_by_id(wanted)) there.push_back(run.id);
            return there;
        },
        [this, asked = wanted.size()](const std::vector<RunId>& there) {
            if (there.size() < asked)
                Q_EMIT complained(there.empty()
                                      ? tr("None of the figure's runs is in this store; import them first")
                                      : tr("%1 of the figure's %2 runs are not in this store")
                                            .arg(asked - there.size())
                                            .arg(asked));
            if (!there.empty()) Q_EMIT runsWanted(there);
        });
}

QStringList Incoming::dragged(const QMimeData& data) {
    QStringList files;
    for (const QUrl& url : data.urls())
        if (url.isLocalFile()) files << url.toLocalFile();
    return files;
}

bool Incoming::eventFilter(QObject* watched, QEvent* event) {
    switch (event->type()) {
    case QEvent::DragEnter: {
        auto* drag = static_cast<QDragEnterEvent*>(event);
        if (dragged(*drag->mimeData()).isEmpty()) break;
        drag->acceptProposedAction();
        hint_->setGeometry(window_.rect());
        hint_->raise();
        hint_->show();
        return true;
    }
    case QEvent::DragLeave:
        hint_->hide();
        break;
    case QEvent::Drop: {
        hint_->hide();
        auto* drop = static_cast<QDropEvent*>(event);
        drop->acceptProposedAction();
        take(dragged(*drop->mimeData()));
        return true;
    }
    default:
        break;
    }
    return QObject::eventFilter(watched, event);
}

} // namespace descent::ui

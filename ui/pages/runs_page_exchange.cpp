// How runs leave the Runs page for other programs and machines, and come in from them.

#include "ui/pages/runs_page.h"
#include "ui/widgets/exchange_job.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/runs_table.h"

#include <QAction>
#include <QDir>
#include <QMenu>
#include <QStandardPaths>

namespace descent::ui {

void RunsPage::exportChosen() {
    exportAs(QStringLiteral(".csv"));
}

void RunsPage::exportAs(const QString& ending) {
    const auto rows = table_->chosenRuns();
    if (rows.empty() || export_->running()) return;
    std::vector<RunId> chosen;
    for (const RowPtr& run : rows) chosen.push_back(run->id);
    const QDir folder(QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation));
    const QString name = (rows.size() == 1 ? rows.front()->name : QStringLiteral("runs")) + ending;
    QString file =
        ask_for_file_(this, folder.filePath(QString(name).replace(QLatin1Char('/'), QLatin1Char('-'))));
    if (file.isEmpty()) return;
    export_->start(chosen, file);
    updateActions();
}

QMenu* RunsPage::makeExportMenu(QWidget* parent) {
    auto* menu = new QMenu(tr("&Export runs as"), parent);
    menu->setObjectName(QStringLiteral("menuExportRuns"));
    const auto add = [&](const char* name, const QString& text, const char* ending) {
        auto* action = menu->addAction(text, this, [this, ending] { exportAs(QString::fromLatin1(ending)); });
        action->setObjectName(QString::fromLatin1(name));
        // As may be exported now: by the keyboard too, without the menu having been opened.
        connect(actions_->export_csv, &QAction::changed, action,
                [this, action] { action->setEnabled(actions_->export_csv->isEnabled()); });
        action->setEnabled(actions_->export_csv->isEnabled());
    };
    add("exportRunsCsv", tr("&CSV…"), ".csv");
    add("exportRunsJsonl", tr("&JSON lines…"), ".jsonl");
    add("exportRunsTensorboard", tr("&TensorBoard…"), "");
    add("exportRunsBundle", tr("&Bundle with weights…"), ".descent");
    return menu;
}

void RunsPage::importFiles(const QStringList& files) {
    if (export_->running()) return notice_->complain(tr("Wait until what is under way has ended"));
    export_->import(files);
}

void RunsPage::mergeStore(const QString& store) {
    if (export_->running()) return notice_->complain(tr("Wait until what is under way has ended"));
    export_->merge(store);
}

void RunsPage::complain(const QString& message) {
    notice_->complain(message);
}

} // namespace descent::ui

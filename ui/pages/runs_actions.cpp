#include "ui/pages/runs_actions.h"

#include "ui/theme.h"

#include <QAction>
#include <QCoreApplication>
#include <QMenu>
#include <QWidget>

#include <algorithm>

namespace descent::ui {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("RunsActions", text);
}

QAction* make(QWidget& owner, const char* name, const QString& text, const char* icon,
              const QKeySequence& key, Qt::ShortcutContext context, const QString& tip) {
    auto* action = new QAction(text, &owner);
    action->setObjectName(QString::fromLatin1(name));
    if (icon) action->setIcon(theme::icon(QString::fromLatin1(icon)));
    action->setShortcut(key);
    action->setShortcutContext(context);
    action->setToolTip(
        key.isEmpty() ? tip : tip + QStringLiteral(" (%1)").arg(key.toString(QKeySequence::NativeText)));
    action->setIconVisibleInMenu(false);
    owner.addAction(action);
    return action;
}

} // namespace

RunsActions::RunsActions(QWidget& page, QWidget& table) {
    const auto here = Qt::WidgetShortcut;
    const auto around = Qt::WidgetWithChildrenShortcut;
    open = make(table, "runOpen", tr("Open"), "play", Qt::Key_Return, here,
                tr("Watch the run on the Train page"));
    open->setIcon({});
    resume = make(page, "runResume", tr("Resume"), "play", {}, around,
                  tr("Continue a stopped or interrupted run"));
    again = make(page, "runAgain", tr("Train again…"), "restore", {}, around,
                 tr("Fill in the Train page with these settings, to change some"));
    again->setIcon({});
    rename = make(table, "runRename", tr("Rename"), nullptr, Qt::Key_F2, here, tr("Rename the run in place"));
    star = make(page, "runStar", tr("Star"), "star", QKeySequence(Qt::CTRL | Qt::Key_D), around,
                tr("Star the chosen runs, or take the star away"));
    tag = make(page, "runTag", tr("Edit tags"), "tag", QKeySequence(Qt::CTRL | Qt::Key_T), around,
               tr("Edit the tags of the chosen runs"));
    note = make(page, "runNote", tr("Edit note"), nullptr, QKeySequence(Qt::CTRL | Qt::Key_M), around,
                tr("Write a note on the run"));
    export_csv = make(page, "runExport", tr("Export CSV…"), "export", QKeySequence(Qt::CTRL | Qt::Key_E),
                      around, tr("Write every sample of the chosen runs to a CSV file"));
    trash = make(table, "runTrash", tr("Move to trash"), "trash", QKeySequence(QKeySequence::Delete), here,
                 tr("Move the chosen runs to the trash; nothing is deleted"));
    restore = make(page, "runRestore", tr("Restore"), "restore", {}, around,
                   tr("Take the chosen runs out of the trash"));
    filter = make(page, "runFilter", tr("Filter runs"), "search", QKeySequence(QKeySequence::Find), around,
                  tr("Go to the filter line"));
}

void RunsActions::update(const std::vector<const RunRow*>& chosen, bool in_trash, bool engine_ready,
                         bool exporting) {
    const bool one = chosen.size() == 1, some = !chosen.empty();
    open->setEnabled(one);
    resume->setEnabled(one && !in_trash && engine_ready && is_resumable(chosen.front()->state));
    again->setEnabled(one && engine_ready);
    rename->setEnabled(one);
    note->setEnabled(one);
    star->setEnabled(some);
    tag->setEnabled(some);
    export_csv->setEnabled(some && !exporting);
    // A run at work would write on unseen.
    const bool over = std::ranges::none_of(chosen, [](const RunRow* run) { return run->live(); });
    trash->setEnabled(some && over && !in_trash);
    trash->setVisible(!in_trash);
    restore->setEnabled(some && in_trash);
    restore->setVisible(in_trash);
    const bool starred = some && std::ranges::all_of(chosen, &RunRow::starred);
    star->setText(starred ? tr("Remove star") : tr("Star"));
    star->setIcon(starred ? theme::icon(QStringLiteral("star-filled"), [] { return theme::series(4); })
                          : theme::icon(QStringLiteral("star")));
}

QList<QAction*> RunsActions::all() const {
    return {open,    resume,     again,   nullptr, rename,  star,    tag,   note,
            nullptr, export_csv, nullptr, trash,   restore, nullptr, filter};
}

void RunsActions::fill(QMenu& menu) const {
    for (QAction* action : all()) {
        if (action == filter) continue;
        action ? menu.addAction(action) : void(menu.addSeparator());
    }
}

} // namespace descent::ui

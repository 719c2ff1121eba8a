#include "ui/pages/runs_actions.h"

#include "ui/theme.h"
#include "ui/widgets/go_on_dialog.h"

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
    compare =
        make(page, "runCompare", tr("Compare"), "compare", QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C),
             around, tr("Lay the chosen runs over each other on the Compare page"));
    resume = make(page, "runResume", tr("Resume"), "play", {}, around,
                  tr("Go on with the run from its last checkpoint"));
    again = make(page, "runAgain", tr("Train again…"), "restore", {}, around,
                 tr("Fill in the Train page with these settings, to change some"));
    again->setIcon({});
    branch =
        make(page, "runBranch", tr("Branch here…"), nullptr, QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_B),
             around, tr("Train a new run from one of its checkpoints on, with other settings"));
    branch->setIconText(tr("Branch…")); // on the tool bar
    checkpoints = make(page, "runCheckpoints", tr("Checkpoints…"), nullptr,
                       QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_K), around,
                       tr("What the run can go on from: to verify, evaluate, export or branch off"));
    rename = make(table, "runRename", tr("Rename"), nullptr, Qt::Key_F2, here, tr("Rename the run in place"));
    star = make(page, "runStar", tr("Star"), "star", QKeySequence(Qt::CTRL | Qt::Key_D), around,
                tr("Star the chosen runs, or take the star away"));
    colour = make(page, "runColour", tr("Colour…"), nullptr, QKeySequence(Qt::CTRL | Qt::Key_L), around,
                  tr("Choose the colour that the runs have everywhere"));
    tag = make(page, "runTag", tr("Edit tags"), "tag", QKeySequence(Qt::CTRL | Qt::Key_T), around,
               tr("Edit the tags of the chosen runs"));
    untag =
        make(page, "runUntag", tr("Remove a tag…"), nullptr, QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_T),
             around, tr("Take a tag from all chosen runs that have it"));
    note = make(page, "runNote", tr("Edit note"), nullptr, QKeySequence(Qt::CTRL | Qt::Key_M), around,
                tr("Write a note on the chosen runs"));
    export_csv = make(page, "runExport", tr("Export CSV…"), "export", QKeySequence(Qt::CTRL | Qt::Key_E),
                      around, tr("Write every sample of the chosen runs to a CSV file"));
    trash = make(table, "runTrash", tr("Move to trash"), "trash", QKeySequence(QKeySequence::Delete), here,
                 tr("Move the chosen runs to the trash; nothing is deleted"));
    restore = make(page, "runRestore", tr("Restore"), "restore", {}, around,
                   tr("Take the chosen runs out of the trash"));
    filter = make(page, "runFilter", tr("Filter runs"), "search", QKeySequence(QKeySequence::Find), around,
                  tr("Go to the filter line"));

    copy = make(table, "runCopy", tr("Copy"), nullptr, QKeySequence(QKeySequence::Copy), here,
                tr("Copy the chosen rows, as shown, to paste into a spreadsheet"));
    copy_markdown = make(page, "runCopyMarkdown", tr("Markdown"), nullptr, {}, around,
                         tr("Copy the chosen rows as a Markdown table"));
    copy_latex = make(page, "runCopyLatex", tr("LaTeX"), nullptr, {}, around,
                      tr("Copy the chosen rows as a LaTeX table"));
    copy_csv = make(page, "runCopyCsv", tr("CSV"), nullptr, {}, around, tr("Copy the chosen rows as CSV"));
    copy_as_ = new QMenu(tr("Copy as"), &page);
    copy_as_->setObjectName(QStringLiteral("runsCopyMenu"));
    copy_as_->addActions({copy_markdown, copy_latex, copy_csv});
    export_table = make(page, "runExportTable", tr("Export table…"), nullptr,
                        QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_E), around,
                        tr("Write the table as it is shown to a CSV, Markdown or LaTeX file"));

    replicates =
        make(page, "runsReplicates", tr("Fold replicates"), nullptr, QKeySequence(Qt::CTRL | Qt::Key_G),
             around, tr("One row for runs that are alike but for their seed: mean ± SD"));
    replicates->setCheckable(true);
    fold_all = make(page, "runsFoldAll", tr("Fold all"), nullptr, QKeySequence(Qt::CTRL | Qt::Key_Minus),
                    around, tr("Close all groups"));
    unfold_all = make(page, "runsUnfoldAll", tr("Open all"), nullptr, QKeySequence(Qt::CTRL | Qt::Key_Plus),
                      around, tr("Show the runs of all groups"));
    add_column = make(page, "runsAddColumn", tr("Add a column…"), nullptr,
                      QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_A), around,
                      tr("Show a metric or parameter of the runs as a column"));
    column_left =
        make(table, "runsColumnLeft", tr("Move column left"), nullptr,
             QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Left), here, tr("Move the current column left"));
    column_right =
        make(table, "runsColumnRight", tr("Move column right"), nullptr,
             QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Right), here, tr("Move the current column right"));
    sort = make(table, "runsSort", tr("Sort by this column"), nullptr,
                QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_S), here,
                tr("Sort by the current column; again, the other way round"));
    table_ = new QMenu(tr("Table"), &page);
    table_->setObjectName(QStringLiteral("runsTableMenu"));
    table_->addActions({replicates, unfold_all, fold_all});
    table_->addSeparator();
    table_->addActions({add_column, column_left, column_right, sort});
    table_->addSeparator();
    table_->addAction(export_table);
}

void RunsActions::update(const std::vector<RowPtr>& chosen, bool in_trash, bool engine_ready,
                         bool exporting) {
    const bool one = chosen.size() == 1, some = !chosen.empty();
    open->setEnabled(one);
    compare->setEnabled(some);
    const RunState state = one ? chosen.front()->state : RunState::queued;
    resume->setEnabled(one && !in_trash && engine_ready && is_over(state));
    resume->setText(GoOnDialog::word(state));
    resume->setIconText(state == RunState::finished ? tr("Longer…") : resume->text());
    branch->setEnabled(one && !in_trash && engine_ready && state != RunState::queued);
    checkpoints->setEnabled(one && state != RunState::queued);
    again->setEnabled(one && engine_ready);
    rename->setEnabled(one);
    for (QAction* action : {note, star, colour, tag, copy, copy_markdown, copy_latex, copy_csv})
        action->setEnabled(some);
    copy_as_->setEnabled(some);
    untag->setEnabled(std::ranges::any_of(chosen, [](const RowPtr& run) { return !run->tags.isEmpty(); }));
    export_csv->setEnabled(some && !exporting);
    // A run at work would write on unseen.
    const bool over = std::ranges::none_of(chosen, [](const RowPtr& run) { return run->live(); });
    trash->setEnabled(some && over && !in_trash);
    trash->setVisible(!in_trash);
    restore->setEnabled(some && in_trash);
    restore->setVisible(in_trash);
    const bool starred = some && std::ranges::all_of(chosen, [](const RowPtr& run) { return run->starred; });
    star->setText(starred ? tr("Remove star") : tr("Star"));
    star->setIcon(starred ? theme::icon(QStringLiteral("star-filled"), [] { return theme::series(4); })
                          : theme::icon(QStringLiteral("star")));
}

void RunsActions::setListed(bool any, bool folds) {
    for (QAction* action : {export_table, column_left, column_right, sort}) action->setEnabled(any);
    fold_all->setEnabled(folds);
    unfold_all->setEnabled(folds);
}

QList<QAction*> RunsActions::all() const {
    return {open,
            compare,
            resume,
            again,
            branch,
            checkpoints,
            nullptr,
            rename,
            star,
            colour,
            tag,
            untag,
            note,
            nullptr,
            copy,
            copy_as_->menuAction(),
            export_csv,
            nullptr,
            table_->menuAction(),
            nullptr,
            trash,
            restore,
            nullptr,
            filter};
}

void RunsActions::fill(QMenu& menu) const {
    for (QAction* action : all()) {
        if (action == filter) continue;
        action ? menu.addAction(action) : void(menu.addSeparator());
    }
}

} // namespace descent::ui

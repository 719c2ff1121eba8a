// What the Runs page does to the chosen runs at once, and how it writes its table.

#include "core/base/format.h"
#include "ui/models/run_edits.h"
#include "ui/models/runs_model.h"
#include "ui/pages/runs_page.h"
#include "ui/state/background.h"
#include "ui/state/save_file.h"
#include "ui/state/store_host.h"
#include "ui/widgets/colour_menu.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/runs_table.h"

#include <QClipboard>
#include <QDir>
#include <QGuiApplication>
#include <QMenu>
#include <QStandardPaths>

#include <algorithm>

namespace descent::ui {

namespace {

QString runs(std::size_t n) {
    return n == 1 ? RunsPage::tr("1 run")
                  : RunsPage::tr("%1 runs").arg(QString::fromStdString(format_count(std::int64_t(n))));
}

QString documents(const QString& name) {
    const QDir folder(QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation));
    return folder.filePath(QString(name).replace(QLatin1Char('/'), QLatin1Char('-')));
}

} // namespace

void RunsPage::starChosen() {
    const auto chosen = table_->chosenRuns();
    const bool star = !std::ranges::all_of(chosen, [](const RowPtr& run) { return run->starred; });
    const auto edits = starEdits(chosen, star);
    edit((star ? tr("Star %1") : tr("Unstar %1")).arg(runs(edits.size())), edits);
}

void RunsPage::trashChosen(bool trashed) {
    const auto edits = trashEdits(table_->chosenRuns(), trashed);
    edit((trashed ? tr("Trash %1") : tr("Restore %1")).arg(runs(edits.size())), edits);
}

/// At the current row, where the eye is.
void RunsPage::popUp(QMenu& menu) {
    const QModelIndex at = table_->currentIndex();
    const QRect cell = at.isValid() ? table_->visualRect(at.siblingAtColumn(int(RunColumn::name))) : QRect();
    menu.popup(table_->viewport()->mapToGlobal(cell.bottomLeft()));
    if (const auto actions = menu.actions(); !actions.isEmpty()) menu.setActiveAction(actions.front());
}

void RunsPage::colourChosen() {
    const auto chosen = table_->chosenRuns();
    const bool same = !chosen.empty() && std::ranges::all_of(chosen, [&](const RowPtr& run) {
        return run->colour == chosen.front()->colour;
    });
    fillColourMenu(*colours_, same, same ? chosen.front()->colour : std::nullopt,
                   [this](std::optional<int> colour) {
                       const auto edits = colourEdits(table_->chosenRuns(), colour);
                       edit(tr("Colour %1").arg(runs(edits.size())), edits);
                   });
}

void RunsPage::untagChosen() {
    tags_->clear();
    const auto chosen = table_->chosenRuns();
    for (const auto& [tag, count] : countedTags(chosen)) {
        QString text =
            chosen.size() == 1 ? tag : tr("%1  (%2 of %3)").arg(tag).arg(count).arg(runs(chosen.size()));
        auto* action = tags_->addAction(text.replace(QLatin1Char('&'), QStringLiteral("&&")));
        action->setObjectName(QStringLiteral("untag-") + tag);
        connect(action, &QAction::triggered, this, [this, tag = tag] {
            const auto edits = tagEdits(table_->chosenRuns(), {}, {tag});
            edit(tr("Take %1 from %2").arg(tag, runs(edits.size())), edits);
        });
    }
}

void RunsPage::copyChosen(TextFormat format) {
    auto lines = table_->chosenLines();
    if (lines.empty()) return;
    const std::size_t count = lines.size();
    inBackground(
        this,
        [lines = std::move(lines), columns = model_->columns(), sections = table_->shownSections(), format] {
            return asText(textTable(lines, columns, sections), format);
        },
        [this, count](const QByteArray& text) {
            QGuiApplication::clipboard()->setText(QString::fromUtf8(text));
            notice_->say(
                count == 1
                    ? tr("Copied 1 row")
                    : tr("Copied %1 rows").arg(QString::fromStdString(format_count(std::int64_t(count)))));
        });
}

/// All rows, in the order and with the columns that are shown.
void RunsPage::exportTable() {
    auto lines = model_->rows();
    if (lines.empty()) return;
    const QString file = ask_for_file_(this, documents(QStringLiteral("runs-table.csv")));
    if (file.isEmpty()) return;
    const std::size_t count = lines.size();
    inBackground(
        this,
        [lines = std::move(lines), columns = model_->columns(), sections = table_->shownSections(), file] {
            return saveFile(asText(textTable(lines, columns, sections), formatOf(file)), file);
        },
        [this, file, count](const Result<void>& written) {
            if (!written) return notice_->complain(QString::fromStdString(written.error().message));
            notice_->say(tr("Wrote %1 rows to %2")
                             .arg(QString::fromStdString(format_count(std::int64_t(count))),
                                  QDir::toNativeSeparators(file)));
        });
}

} // namespace descent::ui

#include "ui/widgets/table_export.h"

#include "ui/state/background.h"
#include "ui/state/save_file.h"

#include <QAction>
#include <QClipboard>
#include <QDir>
#include <QFileDialog>
#include <QGuiApplication>
#include <QMenu>
#include <QStandardPaths>
#include <QTableView>

namespace descent::ui {

TableExport::TableExport(QTableView& table, Content content, std::function<QString()> file_name)
    : QObject(&table)
    , table_(table)
    , content_(std::move(content))
    , file_name_(std::move(file_name))
    , ask_for_file_([](QWidget* parent, const QString& suggestion) {
        return QFileDialog::getSaveFileName(parent, tr("Export table"), suggestion,
                                            tr("Tables (*.csv *.md *.tex)"));
    })
    , copy_(new QAction(tr("Copy"), this))
    , export_(new QAction(tr("Export table…"), this))
    , copy_as_(new QMenu(tr("Copy as"), &table)) {
    const QString name = table.objectName();
    copy_->setObjectName(name + QStringLiteral("Copy"));
    copy_->setShortcut(QKeySequence::Copy);
    copy_->setToolTip(tr("Copy the table, to paste into a spreadsheet"));
    export_->setObjectName(name + QStringLiteral("Export"));
    export_->setShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_E));
    export_->setToolTip(tr("Write the table to a CSV, Markdown or LaTeX file"));
    for (QAction* action : {copy_, export_}) {
        action->setShortcutContext(Qt::WidgetShortcut); // of the table in focus
        table.addAction(action);
    }
    copy_as_->setObjectName(name + QStringLiteral("CopyMenu"));
    const auto add = [&](const QString& word, const char* ending, TextFormat format) {
        copy_as_->addAction(word, this, [this, format] { copyAs(format); })
            ->setObjectName(name + QStringLiteral("Copy") + QString::fromLatin1(ending));
    };
    add(tr("Markdown"), "Markdown", TextFormat::markdown);
    add(tr("LaTeX"), "Latex", TextFormat::latex);
    add(tr("CSV"), "Csv", TextFormat::csv);
    connect(copy_, &QAction::triggered, this, [this] { copyAs(TextFormat::tabs); });
    connect(export_, &QAction::triggered, this, &TableExport::exportTable);
}

void TableExport::fill(QMenu& menu) const {
    menu.addAction(copy_);
    menu.addMenu(copy_as_);
    menu.addAction(export_);
}

void TableExport::setEnabled(bool on) {
    for (QAction* action : {copy_, export_, copy_as_->menuAction()}) action->setEnabled(on);
}

void TableExport::copyAs(TextFormat format) {
    const auto text = asText(content_(format == TextFormat::csv), format);
    QGuiApplication::clipboard()->setText(QString::fromUtf8(text));
    Q_EMIT said(tr("Copied"));
}

void TableExport::exportTable() {
    const QDir folder(QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation));
    const QString name = file_name_().replace(QLatin1Char('/'), QLatin1Char('-'));
    QString file = ask_for_file_(&table_, folder.filePath(name + QStringLiteral(".csv")));
    if (file.isEmpty()) return;
    const auto format = formatOf(file);
    inBackground(
        this,
        [text = asText(content_(format == TextFormat::csv), format), file] { return saveFile(text, file); },
        [this, file](const Result<void>& written) {
            if (written)
                Q_EMIT said(tr("Wrote the table to %1").arg(QDir::toNativeSeparators(file)));
            else
                Q_EMIT complained(QString::fromStdString(written.error().message));
        });
}

} // namespace descent::ui

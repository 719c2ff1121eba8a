// What the Compare page gives away: pictures, numbers, tables.

#include "ui/pages/compare_page.h"
#include "ui/plots/plot_export.h"
#include "ui/state/background.h"
#include "ui/state/save_file.h"
#include "ui/state/store_host.h"
#include "ui/widgets/exchange_job.h"
#include "ui/widgets/export_panel.h"
#include "ui/widgets/notice_bar.h"

#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QFileInfo>
#include <QImage>
#include <QStandardPaths>

namespace descent::ui {

namespace {

QString suggestion(const QString& name, const QString& ending) {
    const QDir folder(QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation));
    return folder.filePath(name + ending);
}

QString withEnding(const QString& file, const QString& ending) {
    return file.isEmpty() || !QFileInfo(file).suffix().isEmpty() ? file : file + ending;
}

std::vector<RunId> runsOf(const FigureSource& figure) {
    std::vector<RunId> runs;
    for (const auto& uuid : figure.runs) runs.push_back({uuid.toStdString()});
    return runs;
}

} // namespace

void ComparePage::exportFigure(std::optional<FigureSource> figure, QWidget& of) {
    if (!figure) return;
    auto* panel = ExportPanel::open(std::move(*figure), &of);
    panel->setFileChooser([this](QWidget* parent, const QString& suggested, const QString&) {
        return ask_for_file_(parent, suggested);
    });
    connect(panel, &ExportPanel::said, notice_, &NoticeBar::say);
    connect(panel, &ExportPanel::complained, notice_, &NoticeBar::complain);
}

void ComparePage::exportChart(CompareCard& card, CompareCard::Export what) {
    const QString name = QString::fromStdString(card.metric()).replace(QLatin1Char('/'), QLatin1Char('-'));
    const QString ending = QStringLiteral(".csv");
    switch (what) {
    case CompareCard::Export::copy:
        QApplication::clipboard()->setImage(card.image(2));
        notice_->say(tr("Copied"));
        return;
    case CompareCard::Export::figure: {
        auto figure = card.figure();
        figure.full_csv = [store = store_.path(), runs = runsOf(figure), metric = card.metric()](
                              const QString& file) { return writeSamples(store, runs, metric, file); };
        return exportFigure(std::move(figure), card);
    }
    case CompareCard::Export::csv: {
        const QString file = withEnding(ask_for_file_(this, suggestion(name, ending)), ending);
        if (file.isEmpty()) return;
        inBackground(
            this, [table = card.table(), file] { return writeCsv(table, file); },
            [this, file](const Result<void>& written) {
                if (written)
                    notice_->say(tr("Exported to %1").arg(file));
                else
                    notice_->complain(QString::fromStdString(written.error().message));
            });
        return;
    }
    case CompareCard::Export::samples: {
        if (samples_->running() || !compared_) return;
        const QString file =
            withEnding(ask_for_file_(this, suggestion(QStringLiteral("runs"), ending)), ending);
        if (file.isEmpty()) return;
        std::vector<RunId> runs;
        for (const auto& run : compared_->groups.runs) runs.push_back(run.id);
        samples_->start(runs, file);
        return;
    }
    }
}

void ComparePage::exportTable(TableFormat format) {
    const auto* shown = pane();
    if (!shown) return;
    const std::string text = format == TableFormat::csv     ? shown->csv()
                             : format == TableFormat::latex ? to_latex(shown->table())
                                                            : shown->markdown();
    if (format == TableFormat::copy) {
        QApplication::clipboard()->setText(QString::fromStdString(text));
        notice_->say(tr("Copied"));
        return;
    }
    const QString ending = format == TableFormat::csv     ? QStringLiteral(".csv")
                           : format == TableFormat::latex ? QStringLiteral(".tex")
                                                          : QStringLiteral(".md");
    const QString file = withEnding(ask_for_file_(this, suggestion(shown->fileName(), ending)), ending);
    if (!file.isEmpty()) save(QByteArray::fromStdString(text), file);
}

void ComparePage::save(const QByteArray& text, const QString& file) {
    if (const auto written = saveFile(text, file))
        notice_->say(tr("Exported to %1").arg(file));
    else
        notice_->complain(QString::fromStdString(written.error().message));
}

} // namespace descent::ui

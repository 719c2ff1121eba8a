#include "ui/widgets/sweep_table_view.h"

#include "ui/models/cells_model.h"
#include "ui/state/background.h"
#include "ui/state/save_file.h"
#include "ui/theme.h"
#include "ui/widgets/compare_pane.h"
#include "ui/widgets/table_text.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QScrollArea>
#include <QStandardPaths>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace descent::ui {

namespace {

constexpr std::size_t kMostMetrics = 6;           // columns
constexpr int kMostSentences = theme::kGrid * 12; // pixels, before they scroll

QString text(const std::string& s) {
    return QString::fromStdString(s);
}

/// Errors and losses of the three sides where there are any, else the first metrics of all.
std::vector<std::string> told(std::vector<std::string> metrics) {
    std::vector<std::string> some;
    for (const char* word :
         {"test/error", "validation/error", "train/error", "test/loss", "validation/loss", "train/loss"})
        if (std::ranges::find(metrics, word) != metrics.end()) some.emplace_back(word);
    if (!some.empty()) return some;
    if (metrics.size() > kMostMetrics) metrics.resize(kMostMetrics);
    return metrics;
}

} // namespace

/// What is shown, and what it was made of.
struct SweepTableView::Made {
    std::shared_ptr<const SweepData> sweep;
    SweepX along = SweepX::level;
    SweepTable table;
    TextTable cells;
    QString sentences;
};

SweepTableView::SweepTableView(QWidget* parent)
    : SweepView(parent)
    , ask_for_file_([](QWidget* over, const QString& suggestion) {
        return QFileDialog::getSaveFileName(over, tr("Export"), suggestion);
    })
    , sentences_(new QLabel)
    , along_(new QComboBox)
    , more_(new QToolButton)
    , cells_(new CellsModel(this))
    , table_(makePaneTable("sweepTable", tr("Results of the sweep")))
    , export_(new QAction(tr("Export table…"), this)) {
    setObjectName(QStringLiteral("sweepTableView"));
    setAccessibleName(tr("Table"));
    sentences_->setObjectName(QStringLiteral("sweepSentences"));
    sentences_->setWordWrap(true);
    sentences_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    sentences_->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    along_->setObjectName(QStringLiteral("sweepTableAlong"));
    along_->setAccessibleName(tr("What the levels are told in"));
    along_->addItems({tr("by level"), tr("by parameters"), tr("by parameters / samples")});
    along_->setToolTip(
        tr("What threshold and peak are told in: the level, how many weights that makes, or how "
           "many for each training example and output"));
    more_->setObjectName(QStringLiteral("sweepTableExport"));
    more_->setAccessibleName(tr("Export the table"));
    more_->setToolTip(tr("Export the table (Ctrl+E)"));
    more_->setIcon(theme::icon(QStringLiteral("export"), &theme::mutedText));
    more_->setPopupMode(QToolButton::InstantPopup);
    more_->setFocusPolicy(Qt::StrongFocus);
    auto* menu = new QMenu(more_);
    const auto add = [&](const char* name, const QString& words, auto what) {
        menu->addAction(words, this, what)->setObjectName(QString::fromLatin1(name));
    };
    add("sweepTableCsv", tr("Export as CSV…"), [this] { save(QStringLiteral(".csv")); });
    add("sweepTableMarkdown", tr("Export as Markdown…"), [this] { save(QStringLiteral(".md")); });
    add("sweepTableCopy", tr("Copy as Markdown"), [this] {
        if (!made_) return;
        QApplication::clipboard()->setText(text(to_markdown(made_->cells)));
        Q_EMIT said(tr("Copied"));
    });
    more_->setMenu(menu);
    connect(export_, &QAction::triggered, this, [this] { save(QStringLiteral(".csv")); });

    auto* words = new QScrollArea;
    words->setObjectName(QStringLiteral("sweepSentencesScroll"));
    words->setWidgetResizable(true);
    words->setFocusPolicy(Qt::NoFocus);
    sentences_->setProperty("role", QStringLiteral("plain"));
    words->setWidget(sentences_);
    words_ = words;
    auto* bar = new QHBoxLayout;
    bar->setSpacing(theme::kGrid);
    bar->addWidget(along_);
    bar->addStretch();
    bar->addWidget(more_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme::kGrid, theme::kGrid, theme::kGrid, theme::kGrid);
    column->setSpacing(theme::kGrid / 2);
    column->addLayout(bar);
    column->addWidget(words);
    table_->setModel(cells_);
    column->addWidget(table_, 1);
    connect(along_, &QComboBox::activated, this, &SweepTableView::make);
    connect(table_, &QTableView::activated, this, [this](const QModelIndex& index) { open(index.row()); });
}

void SweepTableView::show(std::shared_ptr<const SweepData> sweep) {
    const bool other = !sameSweep(sweep.get(), sweep_.get());
    sweep_ = std::move(sweep);
    if (other) {
        made_.reset();
        cells_->set({}, {});
        sentences_->clear();
    }
    make();
}

void SweepTableView::make() {
    if (!sweep_ || !making_.begin()) return;
    inBackground(
        this,
        [sweep = sweep_, along = SweepX(along_->currentIndex())] {
            auto made = std::make_shared<Made>();
            made->sweep = sweep;
            made->along = along;
            const auto metrics = told(sweep_metrics(sweep->runs));
            made->table = sweep_table(sweep->record.plan, sweep->runs, metrics, along);
            made->cells = sweep_cells_text(made->table);
            QStringList words;
            for (const auto& sentence : sweep_sentences(made->table)) words << text(sentence);
            made->sentences = words.join(QLatin1Char('\n'));
            return std::shared_ptr<const Made>(std::move(made));
        },
        [this](std::shared_ptr<const Made> made) {
            const bool stale = making_.end();
            const bool wanted = sweep_ && made->sweep->record.id == sweep_->record.id;
            if (wanted) take(std::move(made));
            if (stale || !wanted) make();
        });
}

void SweepTableView::take(std::shared_ptr<const Made> made) {
    const bool fresh = cells_->rowCount() == 0;
    made_ = std::move(made);
    QStringList headings;
    for (const auto& heading : made_->cells.headings) headings << text(heading);
    std::vector<CellsModel::Row> rows;
    for (const auto& cells : made_->cells.rows) {
        CellsModel::Row row{{}, -1, {}};
        for (const auto& cell : cells) row.cells << text(cell);
        rows.push_back(std::move(row));
    }
    cells_->set(headings, std::move(rows));
    if (fresh) table_->resizeColumnsToContents();
    sentences_->setText(made_->sentences);
    const bool said = !made_->sentences.isEmpty();
    words_->setVisible(said);
    fitSentences();
    table_->setAccessibleDescription(made_->sentences);
}

void SweepTableView::resizeEvent(QResizeEvent* event) {
    SweepView::resizeEvent(event);
    fitSentences();
}

/// As high as they are, up to where they scroll.
void SweepTableView::fitSentences() {
    const int wide = std::max(theme::kGrid * 20, width() - theme::kGrid * 5);
    words_->setFixedHeight(std::min(kMostSentences, sentences_->heightForWidth(wide) + theme::kGrid));
}

/// The runs of that combination, all seeds.
void SweepTableView::open(int row) {
    if (!made_ || row < 0 || std::size_t(row) >= made_->table.rows.size()) return;
    const auto& levels = made_->table.rows[std::size_t(row)].levels;
    std::vector<RunId> runs;
    for (const auto& [cell, run] : made_->sweep->runs)
        if (cell < made_->sweep->grid.size() && made_->sweep->grid[cell].levels == levels)
            runs.push_back(run.id);
    if (!runs.empty()) Q_EMIT openRuns(runs);
}

void SweepTableView::save(const QString& ending) {
    if (!made_) return;
    const QDir folder(QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation));
    QString file = ask_for_file_(
        this, folder.filePath(text(made_->sweep->record.name).replace(QLatin1Char('/'), QLatin1Char('-')) +
                              ending));
    if (file.isEmpty()) return;
    if (QFileInfo(file).suffix().isEmpty()) file += ending;
    inBackground(
        this,
        [made = made_, file] {
            const auto words = formatOf(file) == TextFormat::csv
                                   ? QByteArray::fromStdString(to_csv(made->table))
                                   : made->sentences.toUtf8() + "\n\n" + asText(made->cells, formatOf(file));
            return saveFile(words, file);
        },
        [this, file](const Result<void>& saved) {
            if (saved)
                Q_EMIT said(tr("Exported to %1").arg(file));
            else
                Q_EMIT complained(text(saved.error().message));
        });
}

} // namespace descent::ui

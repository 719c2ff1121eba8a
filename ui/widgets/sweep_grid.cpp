#include "ui/widgets/sweep_grid.h"

#include "core/base/format.h"
#include "ui/models/cells_model.h"
#include "ui/state/background.h"
#include "ui/state/save_file.h"
#include "ui/theme.h"
#include "ui/widgets/compare_pane.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/export_panel.h"
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
#include <QStackedWidget>
#include <QStandardPaths>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include <utility>

namespace descent::ui {

namespace {

constexpr int kMostTableRows = 20'000;

QString text(const std::string& s) {
    return QString::fromStdString(s);
}

/// What the picture says, in one sentence.
QString sentence(const SweepGrid& grid) {
    std::int64_t all = 0, over = 0, running = 0;
    for (const auto& cell : grid.cells) all += cell.cells, over += cell.over, running += cell.running;
    const auto count = [](std::int64_t n) { return text(format_count(n)); };
    const auto columns = grid.columns.size() == 1 ? SweepGridView::tr("%1 column of %2")
                                                  : SweepGridView::tr("%1 columns of %2");
    const auto rows =
        grid.rows.size() == 1 ? SweepGridView::tr("%1 row of %2") : SweepGridView::tr("%1 rows of %2");
    QString out = SweepGridView::tr("%1, %2: %3 of %4 runs are over")
                      .arg(columns.arg(grid.columns.size()).arg(grid.column_axis),
                           rows.arg(grid.rows.size()).arg(grid.row_axis), count(over), count(all));
    if (running > 0) out += SweepGridView::tr(", %1 training").arg(count(running));
    if (grid.low <= grid.high)
        out +=
            SweepGridView::tr("; %1 from %2 to %3")
                .arg(text(grid.metric), text(format_number(grid.low, 3)), text(format_number(grid.high, 3)));
    return out;
}

} // namespace

SweepGridView::SweepGridView(QWidget* parent)
    : SweepView(parent)
    , ask_for_file_([](QWidget* over, const QString& suggestion) {
        return QFileDialog::getSaveFileName(over, tr("Export"), suggestion);
    })
    , stack_(new QStackedWidget)
    , picture_(new SweepGridPicture)
    , cells_(new CellsModel(this))
    , table_(makePaneTable("sweepGridTable", tr("Grid of the sweep as a table"))) {
    setObjectName(QStringLiteral("sweepGrid"));
    setAccessibleName(tr("Grid"));
    table_->setModel(cells_);
    stack_->addWidget(picture_);
    stack_->addWidget(table_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme::kGrid, theme::kGrid, theme::kGrid, theme::kGrid);
    column->setSpacing(theme::kGrid / 2);
    column->addWidget(makeBar());
    column->addWidget(stack_, 1);
    connect(picture_, &SweepGridPicture::currentChanged, this, &SweepGridView::sayCurrent);
    connect(picture_, &SweepGridPicture::opened, this, [this](int row, int at) {
        if (const auto& runs = grid_->at(row, at).runs; !runs.empty()) Q_EMIT openRuns(runs);
    });
    connect(table_, &QTableView::activated, this, [this](const QModelIndex& index) {
        if (!grid_ || std::size_t(index.row()) >= grid_->cells.size()) return;
        if (const auto& runs = grid_->cells[std::size_t(index.row())].runs; !runs.empty())
            Q_EMIT openRuns(runs);
    });
}

QWidget* SweepGridView::makeBar() {
    auto* bar = new QWidget;
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme::kGrid);
    colour_ = new QComboBox;
    colour_->setObjectName(QStringLiteral("sweepGridColour"));
    colour_->setAccessibleName(tr("What colours the cells"));
    colour_->setToolTip(tr("What colours the cells: a result, or what has become of them"));
    colour_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    colour_->addItem(tr("by state"));
    readout_ = new ElidedLabel;
    readout_->setObjectName(QStringLiteral("sweepGridReadout"));
    readout_->setProperty("role", QStringLiteral("muted"));
    readout_->setFont(theme::numberFont());
    table_button_ = new QToolButton;
    table_button_->setObjectName(QStringLiteral("sweepGridAsTable"));
    table_button_->setAccessibleName(tr("Show the grid as a table"));
    table_button_->setToolTip(tr("The same as a table"));
    table_button_->setText(tr("Table"));
    table_button_->setCheckable(true);
    table_button_->setFocusPolicy(Qt::StrongFocus);
    more_ = new QToolButton;
    more_->setObjectName(QStringLiteral("sweepGridExport"));
    more_->setAccessibleName(tr("Export the grid"));
    more_->setToolTip(tr("Export the grid (Ctrl+E)"));
    more_->setIcon(theme::icon(QStringLiteral("export"), &theme::mutedText));
    more_->setPopupMode(QToolButton::InstantPopup);
    more_->setFocusPolicy(Qt::StrongFocus);
    auto* menu = new QMenu(more_);
    menu->addAction(tr("Export figure…"), this, &SweepGridView::exportFigure)
        ->setObjectName(QStringLiteral("sweepGridExportFigure"));
    menu->addAction(tr("Export as CSV…"), this, &SweepGridView::exportTable)
        ->setObjectName(QStringLiteral("sweepGridExportCsv"));
    menu->addAction(tr("Copy as Markdown"), this,
                    [this] {
                        if (!grid_) return;
                        QApplication::clipboard()->setText(
                            QString::fromUtf8(asText(gridTable(*grid_), TextFormat::markdown)));
                        Q_EMIT said(tr("Copied"));
                    })
        ->setObjectName(QStringLiteral("sweepGridCopy"));
    more_->setMenu(menu);
    export_ = new QAction(tr("Export grid…"), this);
    row->addWidget(colour_);
    row->addWidget(readout_, 1);
    row->addWidget(table_button_);
    row->addWidget(more_);
    connect(colour_, &QComboBox::activated, this, &SweepGridView::colourChosen);
    connect(table_button_, &QToolButton::toggled, this, [this](bool table) {
        if (table) fillTable();
        stack_->setCurrentIndex(table ? 1 : 0);
    });
    connect(export_, &QAction::triggered, this, [this] {
        if (stack_->currentIndex() == 1)
            exportTable();
        else
            exportFigure();
    });
    return bar;
}

void SweepGridView::show(std::shared_ptr<const SweepData> sweep) {
    const bool other = !sameSweep(sweep.get(), sweep_.get());
    sweep_ = std::move(sweep);
    if (other) {
        metric_.clear();
        colour_->setCurrentIndex(colour_->count() - 1); // by state, until there is a result
        picture_->setByState(true);
        grid_.reset();
        picture_->setGrid({});
        cells_->set({}, {});
        readout_->clear();
    }
    make();
}

void SweepGridView::make() {
    if (!sweep_ || !making_.begin()) return;
    inBackground(
        this,
        [sweep = sweep_, metric = metric_] {
            return std::pair(sweep, std::make_shared<const SweepGrid>(makeSweepGrid(*sweep, metric)));
        },
        [this](std::pair<std::shared_ptr<const SweepData>, SweepGridPtr> made) {
            const bool stale = making_.end();
            const bool wanted = sweep_ && made.first->record.id == sweep_->record.id;
            if (wanted) take(std::move(made.second));
            if (stale || !wanted) make();
        });
}

void SweepGridView::take(SweepGridPtr grid) {
    const auto valued = [](const SweepGridPtr& of) { return of && of->low <= of->high; };
    const bool first_result = !valued(grid_) && valued(grid);
    grid_ = std::move(grid);
    QStringList words;
    for (const auto& metric : grid_->metrics) words << text(metric);
    words << tr("by state");
    QStringList offered;
    for (int i = 0; i < colour_->count(); ++i) offered << colour_->itemText(i);
    const bool by_state = picture_->byState() && !(first_result && metric_.empty());
    if (words != offered) {
        colour_->clear();
        colour_->addItems(words);
    }
    picture_->setByState(by_state);
    colour_->setCurrentIndex(by_state ? colour_->count() - 1
                                      : std::max(0, colour_->findText(text(grid_->metric))));
    picture_->setGrid(grid_);
    picture_->setAccessibleDescription(sentence(*grid_));
    if (table_button_->isChecked()) fillTable();
    sayCurrent();
}

void SweepGridView::fillTable() {
    if (!grid_) return;
    const TextTable all = gridTable(*grid_);
    QStringList headings;
    for (const auto& heading : all.headings) headings << text(heading);
    std::vector<CellsModel::Row> rows;
    for (const auto& cells : all.rows) {
        if (int(rows.size()) == kMostTableRows) break;
        CellsModel::Row row{{}, -1, {}};
        for (const auto& cell : cells) row.cells << text(cell);
        rows.push_back(std::move(row));
    }
    const bool fresh = cells_->rowCount() == 0;
    cells_->set(headings, std::move(rows));
    if (fresh) table_->resizeColumnsToContents();
}

void SweepGridView::colourChosen() {
    const bool by_state = colour_->currentIndex() == colour_->count() - 1;
    picture_->setByState(by_state);
    if (by_state) return;
    metric_ = colour_->currentText().toStdString();
    make();
}

void SweepGridView::sayCurrent() {
    const auto at = picture_->current();
    if (!grid_) return;
    readout_->setText(
        at ? grid_->text(at->first, at->second).replace(QLatin1Char('\n'), QStringLiteral(" · "))
           : sentence(*grid_));
}

void SweepGridView::exportFigure() {
    if (!grid_ || !sweep_) return;
    auto* panel = ExportPanel::open(picture_->figure(text(sweep_->record.name)), this);
    panel->setFileChooser([this](QWidget* over, const QString& suggested, const QString&) {
        return ask_for_file_(over, suggested);
    });
    connect(panel, &ExportPanel::said, this, &SweepGridView::said);
    connect(panel, &ExportPanel::complained, this, &SweepGridView::complained);
}

void SweepGridView::exportTable() {
    if (!grid_ || !sweep_) return;
    const QDir folder(QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation));
    QString file = ask_for_file_(
        this, folder.filePath(text(sweep_->record.name).replace(QLatin1Char('/'), QLatin1Char('-')) +
                              QStringLiteral("-grid.csv")));
    if (file.isEmpty()) return;
    if (QFileInfo(file).suffix().isEmpty()) file += QStringLiteral(".csv");
    inBackground(
        this, [grid = grid_, file] { return saveFile(asText(gridTable(*grid), formatOf(file)), file); },
        [this, file](const Result<void>& saved) {
            if (saved)
                Q_EMIT said(tr("Exported to %1").arg(file));
            else
                Q_EMIT complained(text(saved.error().message));
        });
}

} // namespace descent::ui

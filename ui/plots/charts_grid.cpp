#include "ui/plots/charts_grid.h"

#include "ui/plots/plot_export.h"
#include "ui/state/background.h"
#include "ui/state/detection.h"
#include "ui/state/watched_run.h"
#include "ui/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QFileInfo>
#include <QGridLayout>
#include <QImage>
#include <QKeyEvent>

#include <algorithm>
#include <set>
#include <utility>

namespace descent::ui {

namespace {
constexpr int kRowHeight = theme::kGrid * 21; ///< at least, where there are so many that they scroll
constexpr int kRowsAtOnce = 2;
constexpr int kColumnWidth = 230; ///< a card's, from which on three columns are better than two
} // namespace

ChartsGrid::ChartsGrid(const std::vector<PlotDef>& plots, const WatchedRun& run, Detection& detection,
                       QWidget* parent)
    : QWidget(parent)
    , run_(run)
    , detection_(detection)
    , grid_(new QGridLayout(this)) {
    setObjectName(QStringLiteral("charts"));
    chooser_ = [](QWidget* dialog_parent, const QString& suggested, const QString& filter) {
        return QFileDialog::getSaveFileName(dialog_parent, tr("Export"), suggested, filter);
    };
    grid_->setContentsMargins(0, 0, 0, 0);
    grid_->setSpacing(theme::kGrid);
    for (const auto& plot : plots) {
        auto* card = new PlotCard(plot, run_, detection_, this);
        cards_.push_back(card);
        connect(card, &PlotCard::enlargeClicked, this,
                [this, card] { enlarge(enlarged_ == card ? nullptr : card); });
        connect(card, &PlotCard::tableRequested, this,
                [this, card] { Q_EMIT tableRequested(card->plot().id); });
        connect(card, &PlotCard::exportRequested, this,
                [this, card](PlotExport what) { exportPlot(*card, what); });
        connect(card, &PlotCard::hovered, this, [this](std::optional<double> x) {
            for (auto* other : cards_) other->setCursor(x);
        });
    }
    arrange();
}

namespace {

struct Place {
    PlotCard* card;
    int row, column, rows;
};

/// A tall one at the left over two rows, the others row by row around it.
std::vector<Place> places(std::vector<PlotCard*> cards, int columns) {
    std::ranges::stable_partition(cards, [](const PlotCard* card) { return card->plot().tall; });
    std::vector<Place> all;
    std::set<std::pair<int, int>> taken;
    int row = 0, column = 0;
    for (auto* card : cards) {
        while (taken.contains({row, column}))
            if (++column == columns) {
                column = 0;
                ++row;
            }
        const int rows = card->plot().tall ? 2 : 1;
        for (int r = 0; r < rows; ++r) taken.insert({row + r, column});
        all.push_back({card, row, column, rows});
    }
    return all;
}

/// Pixels of width below which something would be cut off.
int widthFor(const std::vector<PlotCard*>& cards, int columns) {
    std::vector<int> widest(std::size_t(columns), 0);
    for (const auto& place : places(cards, columns))
        widest[std::size_t(place.column)] =
            std::max(widest[std::size_t(place.column)], place.card->minimumSizeHint().width());
    int sum = theme::kGrid * (columns - 1);
    for (const int each : widest) sum += each;
    return sum;
}

} // namespace

int ChartsGrid::columnsFor(const std::vector<PlotCard*>& cards) const {
    if (cards.size() > 4 && width() >= std::max(3 * kColumnWidth, widthFor(cards, 3))) return 3;
    return width() >= widthFor(cards, 2) ? 2 : 1;
}

/// Places the cards that have something to show.
void ChartsGrid::arrange() {
    std::vector<PlotCard*> wanted;
    for (auto* card : cards_)
        if (card->wanted()) wanted.push_back(card);
    const int columns = columnsFor(wanted);
    if (wanted == arranged_ && columns == columns_) return;
    if (enlarged_ && std::ranges::find(wanted, enlarged_) == wanted.end()) {
        enlarged_->setEnlarged(false);
        enlarged_ = nullptr;
    }
    arranged_ = wanted;
    columns_ = columns;
    for (auto* card : cards_) grid_->removeWidget(card);
    rows_ = 0;
    for (const auto& [card, row, column, rows] : places(wanted, columns)) {
        grid_->addWidget(card, row, column, rows, 1);
        rows_ = std::max(rows_, row + rows);
    }
    share();
}

/// Shows what is in the grid, or the enlarged card alone. An empty row or column must not keep its share.
void ChartsGrid::share() {
    for (int i = 0; i < grid_->rowCount(); ++i) {
        grid_->setRowStretch(i, 0);
        grid_->setRowMinimumHeight(i, 0);
    }
    for (int i = 0; i < grid_->columnCount(); ++i) grid_->setColumnStretch(i, 0);
    for (auto* card : cards_) {
        const bool there = std::ranges::find(arranged_, card) != arranged_.end();
        const bool seen = there && (!enlarged_ || card == enlarged_);
        card->setVisible(seen);
        if (!seen) continue;
        int row = 0, column = 0, rows = 0, columns = 0;
        grid_->getItemPosition(grid_->indexOf(card), &row, &column, &rows, &columns);
        for (int r = row; r < row + rows; ++r) {
            grid_->setRowStretch(r, 1);
            if (!enlarged_ && rows_ > kRowsAtOnce) grid_->setRowMinimumHeight(r, kRowHeight);
        }
        grid_->setColumnStretch(column, card->plot().tall && columns_ == 3 ? 5 : 4);
    }
    grid_->setSpacing(enlarged_ ? 0 : theme::kGrid);
}

void ChartsGrid::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    if (!arranged_.empty() && columnsFor(arranged_) != columns_) arrange();
}

void ChartsGrid::reset() {
    for (auto* card : cards_) card->reset();
}

void ChartsGrid::sync() {
    detection_.sync();
    if (run_.record()) arrange(); // while a run is being read, what was shown keeps its place
    for (auto* card : arranged_)
        if (!enlarged_ || card == enlarged_) card->sync();
}

void ChartsGrid::setAxis(XAxis axis) {
    for (auto* card : cards_) card->setAxis(axis);
}

void ChartsGrid::enlarge(PlotCard* card) {
    enlarged_ = card;
    for (auto* each : cards_) each->setEnlarged(each == card);
    share();
    sync();
}

double ChartsGrid::costMs() const {
    double sum = 0;
    for (const auto* card : cards_)
        if (card->isVisible()) sum += card->costMs();
    return sum;
}

PlotCard* ChartsGrid::card(const QString& id) const {
    const auto it = std::ranges::find_if(cards_, [&](const auto* c) { return c->plot().id == id; });
    return it == cards_.end() ? nullptr : *it;
}

void ChartsGrid::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape && enlarged_) return enlarge(nullptr);
    QWidget::keyPressEvent(event);
}

void ChartsGrid::exportPlot(PlotCard& card, PlotExport what) {
    if (what == PlotExport::copy) {
        QApplication::clipboard()->setImage(plotImage(card, 2));
        Q_EMIT said(tr("Copied"));
        return;
    }
    const auto [ending, filter] = [&]() -> std::pair<QString, QString> {
        switch (what) {
        case PlotExport::png:
            return {QStringLiteral(".png"), tr("PNG picture (*.png)")};
        case PlotExport::svg:
            return {QStringLiteral(".svg"), tr("SVG drawing (*.svg)")};
        case PlotExport::pdf:
            return {QStringLiteral(".pdf"), tr("PDF page (*.pdf)")};
        default:
            return {QStringLiteral(".csv"), tr("CSV table (*.csv)")};
        }
    }();
    const QString run = run_.record() ? QString::fromStdString(run_.record()->name) : QStringLiteral("run");
    QString file = chooser_(this, QStringLiteral("%1-%2%3").arg(run, card.plot().id, ending), filter);
    if (file.isEmpty()) return;
    if (QFileInfo(file).suffix().isEmpty()) file += ending;
    if (what != PlotExport::csv) return report(exportImage(card, file), file);
    const Matrix* matrix = card.plot().matrix.empty() ? nullptr : run_.matrix(card.plot().matrix);
    if (!card.plot().matrix.empty() && !matrix) {
        Q_EMIT complained(tr("Nothing measured yet, so nothing to export"));
        return;
    }
    const auto done = [this, file](Result<void> result) { report(result, file); };
    if (card.plot().table)
        inBackground(
            this, [table = card.plot().table(run_, detection_), file] { return writeCsv(table, file); },
            done);
    else if (matrix)
        inBackground(
            this, [m = *matrix, classes = run_.classes(), file] { return writeCsv(m, classes, file); }, done);
    else
        inBackground(
            this, [data = plotData(card.plot(), run_), file] { return writeCsv(data, file); }, done);
}

void ChartsGrid::report(const Result<void>& result, const QString& file) {
    if (result)
        Q_EMIT said(tr("Exported to %1").arg(file));
    else
        Q_EMIT complained(QString::fromStdString(result.error().message));
}

} // namespace descent::ui

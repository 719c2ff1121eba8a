#include "ui/plots/charts_grid.h"

#include "ui/state/background.h"
#include "ui/state/detection.h"
#include "ui/state/watched_run.h"
#include "ui/theme.h"
#include "ui/widgets/export_panel.h"

#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QFileInfo>
#include <QGridLayout>
#include <QImage>
#include <QKeyEvent>
#include <QPainter>

#include <algorithm>
#include <set>

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
        connect(card, &PlotCard::xRangeChosen, this, &ChartsGrid::setXRange);
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
    // A run that is read anew, because another process trains it, keeps what was zoomed to.
    const std::string run = run_.id() ? run_.id()->uuid : std::string();
    if (run != zoomed_run_) setXRange(std::nullopt);
    zoomed_run_ = run;
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

void ChartsGrid::setLogX(bool log) {
    for (auto* card : cards_) card->setLogX(log);
}

void ChartsGrid::setXRange(std::optional<std::pair<double, double>> range) {
    for (auto* card : cards_) card->setXRange(range);
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
    if (!card.plot().matrix.empty() && !run_.matrix(card.plot().matrix)) {
        Q_EMIT complained(tr("Nothing measured yet, so nothing to export"));
        return;
    }
    switch (what) {
    case PlotExport::copy:
        return copyImage(card);
    case PlotExport::figure:
        return exportFigure(card);
    case PlotExport::csv:
        return exportNumbers(card);
    }
}

void ChartsGrid::copyImage(PlotCard& card) {
    FigureFormat format;
    const double mm = 25.4 / card.logicalDpiX();
    format.size_mm = QSizeF(card.size().expandedTo({320, 200})) * mm;
    format.light = false; // as it is seen
    QImage image(card.size().expandedTo({320, 200}) * 2, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(2);
    QPainter painter(&image);
    paintFigure(card.figure(), format, painter, QRectF(QPointF(0, 0), image.deviceIndependentSize()));
    painter.end();
    QApplication::clipboard()->setImage(image);
    Q_EMIT said(tr("Copied"));
}

void ChartsGrid::exportFigure(PlotCard& card) {
    auto* panel = ExportPanel::open(card.figure(), this);
    panel->setFileChooser(chooser_);
    connect(panel, &ExportPanel::said, this, &ChartsGrid::said);
    connect(panel, &ExportPanel::complained, this, &ChartsGrid::complained);
}

bool ChartsGrid::exportFocused() {
    for (auto* card : arranged_)
        if (card->isAncestorOf(QApplication::focusWidget())) {
            exportPlot(*card, PlotExport::figure);
            return true;
        }
    return false;
}

void ChartsGrid::exportNumbers(PlotCard& card) {
    const QString run = run_.record() ? QString::fromStdString(run_.record()->name) : QStringLiteral("run");
    QString file =
        chooser_(this, QStringLiteral("%1-%2.csv").arg(run, card.plot().id), tr("CSV table (*.csv)"));
    if (file.isEmpty()) return;
    if (QFileInfo(file).suffix().isEmpty()) file += QStringLiteral(".csv");
    const FigureSource source = card.figure();
    inBackground(
        this, [write = source.full_csv ? source.full_csv : source.plotted_csv, file] { return write(file); },
        [this, file](Result<void> result) { report(result, file); });
}

void ChartsGrid::report(const Result<void>& result, const QString& file) {
    if (result)
        Q_EMIT said(tr("Exported to %1").arg(file));
    else
        Q_EMIT complained(QString::fromStdString(result.error().message));
}

} // namespace descent::ui

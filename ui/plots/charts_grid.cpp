#include "ui/plots/charts_grid.h"

#include "ui/plots/plot_export.h"
#include "ui/state/background.h"
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
#include <tuple>

namespace descent::ui {

ChartsGrid::ChartsGrid(const std::vector<PlotDef>& plots, const WatchedRun& run, QWidget* parent)
    : QWidget(parent)
    , run_(run)
    , grid_(new QGridLayout(this)) {
    setObjectName(QStringLiteral("charts"));
    chooser_ = [](QWidget* dialog_parent, const QString& suggested, const QString& filter) {
        return QFileDialog::getSaveFileName(dialog_parent, tr("Export"), suggested, filter);
    };
    grid_->setContentsMargins(0, 0, 0, 0);
    grid_->setSpacing(theme::kGrid);
    for (int i = 0; i < int(plots.size()); ++i) {
        auto* card = new PlotCard(plots[std::size_t(i)], run_);
        cards_.push_back(card);
        grid_->addWidget(card, i / 2, i % 2);
        grid_->setRowStretch(i / 2, 1);
        grid_->setColumnStretch(i % 2, 1);
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
}

void ChartsGrid::reset() {
    for (auto* card : cards_) card->reset();
}

void ChartsGrid::sync() {
    for (auto* card : cards_)
        if (!enlarged_ || card == enlarged_) card->sync();
}

void ChartsGrid::setAxis(XAxis axis) {
    for (auto* card : cards_) card->setAxis(axis);
}

void ChartsGrid::enlarge(PlotCard* card) {
    enlarged_ = card;
    for (int i = 0; i < int(cards_.size()); ++i) {
        auto* each = cards_[std::size_t(i)];
        each->setVisible(!card || each == card);
        each->setEnlarged(each == card);
        // An empty row or column must not keep its share.
        grid_->setRowStretch(i / 2, 0);
        grid_->setColumnStretch(i % 2, 0);
    }
    for (int i = 0; i < int(cards_.size()); ++i) {
        if (card && cards_[std::size_t(i)] != card) continue;
        grid_->setRowStretch(i / 2, 1);
        grid_->setColumnStretch(i % 2, 1);
    }
    grid_->setSpacing(card ? 0 : theme::kGrid);
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
    if (matrix)
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

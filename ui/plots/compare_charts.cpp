#include "ui/plots/compare_charts.h"

#include "ui/plots/report_lines.h"
#include "ui/theme.h"

#include <QApplication>
#include <QGridLayout>
#include <QKeyEvent>

#include <algorithm>

namespace descent::ui {

namespace {
constexpr int kColumnWidth = theme::kGrid * 36; ///< a chart's, from which on two are better than one
constexpr int kRowHeight = theme::kGrid * 22;
} // namespace

CurveTask taskOf(const std::string& metric, const ComparedGroups& groups, const ComparedRuns& runs,
                 const CompareLayout& layout) {
    CurveTask task;
    for (const auto& run : groups.runs) {
        const auto along =
            SeriesAxis::make(layout.axis, double(run.provenance.train_examples), double(run.planned.count));
        auto series = runs.series(run.id, metric);
        auto fetch = series ? runs.fetch(run.id, metric) : PointFetch{};
        auto buckets = series ? runs.fetchBuckets(run.id, metric) : BucketFetch{};
        task.runs.push_back({std::move(series), along, std::move(fetch), std::move(buckets)});
    }
    task.groups = groups.groups;
    task.folded = groups.folded;
    task.smoothing = layout.smoothing;
    task.centre = layout.centre;
    task.spread = layout.spread;
    return task;
}

CompareCharts::CompareCharts(QWidget* parent) : QWidget(parent), grid_(new QGridLayout(this)) {
    setObjectName(QStringLiteral("compareCharts"));
    grid_->setContentsMargins(0, 0, 0, 0);
    grid_->setSpacing(theme::kGrid);
}

CompareCard* CompareCharts::make(const std::string& metric) {
    auto* card = new CompareCard(metric, this);
    const QString name = QString::fromStdString(metric);
    connect(card, &CompareCard::enlargeClicked, this,
            [this, card] { enlarge(enlarged_ == card ? nullptr : card); });
    connect(card, &CompareCard::logYWanted, this, [this, name](bool log) { Q_EMIT logYWanted(name, log); });
    connect(card, &CompareCard::hideClicked, this, [this, name] { Q_EMIT hideWanted(name); });
    connect(card, &CompareCard::tableRequested, this, [this, name] { Q_EMIT tableRequested(name); });
    connect(card, &CompareCard::curvesChanged, this, [this, name] { Q_EMIT curvesChanged(name); });
    connect(card, &CompareCard::exportRequested, this,
            [this, card](CompareCard::Export what) { Q_EMIT exportRequested(card, what); });
    connect(card, &CompareCard::hovered, this, [this, card](std::optional<double> x) {
        for (auto* each : cards_) each->setCursor(x, each == card);
    });
    connect(card, &CompareCard::xRangeChosen, this, &CompareCharts::setXRange);
    connect(card, &CompareCard::picked, this, &CompareCharts::picked);
    connect(card, &CompareCard::chosen, this, &CompareCharts::chosen);
    card->setXRange(range_);
    card->setPicked(picked_);
    return card;
}

void CompareCharts::setMetrics(const std::vector<std::string>& metrics) {
    if (std::ranges::equal(metrics, cards_, {}, {}, &CompareCard::metric)) return;
    std::vector<CompareCard*> kept;
    for (const auto& metric : metrics) {
        auto* known = card(metric);
        kept.push_back(known ? known : make(metric));
    }
    for (auto* old : cards_)
        if (std::ranges::find(kept, old) == kept.end()) {
            if (old == enlarged_) enlarged_ = nullptr;
            old->hide();
            old->deleteLater();
        }
    cards_ = std::move(kept);
    arrange();
}

CompareCard* CompareCharts::card(const std::string& metric) const {
    const auto it = std::ranges::find(cards_, metric, &CompareCard::metric);
    return it == cards_.end() ? nullptr : *it;
}

CompareCard* CompareCharts::focused() const {
    for (auto* card : cards_)
        if (card->isAncestorOf(QApplication::focusWidget())) return card;
    if (enlarged_) return enlarged_;
    return cards_.empty() ? nullptr : cards_.front();
}

void CompareCharts::show(const ComparedGroups& groups, const ComparedRuns& runs, const CompareLayout& layout,
                         const std::string& only) {
    CompareCard::Frame frame{layout.axis, layout.log_x, false, false, {}, {}};
    for (const auto& run : groups.runs) {
        frame.runs << QString::fromStdString(run.id.uuid);
        frame.growing = frame.growing || !is_over(run.state);
    }
    for (auto* card : cards_) {
        if (!only.empty() && card->metric() != only) continue;
        frame.log_y = layout.log_metrics.contains(QString::fromStdString(card->metric()));
        frame.lines = reportLines(groups.runs, card->metric());
        card->show(taskOf(card->metric(), groups, runs, layout), frame);
    }
}

void CompareCharts::setPicked(const QString& id) {
    picked_ = id;
    for (auto* card : cards_) card->setPicked(id);
}

void CompareCharts::setXRange(std::optional<std::pair<double, double>> range) {
    if (range_ == range) return;
    range_ = range;
    for (auto* card : cards_) card->setXRange(range);
}

int CompareCharts::columnsFor(std::size_t cards) const {
    const int most = std::clamp(width() / kColumnWidth, 1, 3);
    if (cards == 4 && most == 3) return 2; // two rows of two rather than three and one
    return std::min(most, std::max(1, int(cards)));
}

void CompareCharts::arrange() {
    columns_ = columnsFor(cards_.size());
    for (int i = 0; i < grid_->rowCount(); ++i) {
        grid_->setRowStretch(i, 0);
        grid_->setRowMinimumHeight(i, 0);
    }
    for (int i = 0; i < grid_->columnCount(); ++i) grid_->setColumnStretch(i, 0);
    for (auto* card : cards_) grid_->removeWidget(card);
    int place = 0;
    for (auto* card : cards_) {
        const bool seen = !enlarged_ || card == enlarged_;
        card->setVisible(seen);
        if (!seen) continue;
        const int row = place / columns_, column = place % columns_;
        grid_->addWidget(card, row, column);
        grid_->setRowStretch(row, 1);
        grid_->setRowMinimumHeight(row, enlarged_ ? 0 : kRowHeight);
        grid_->setColumnStretch(column, 1);
        ++place;
    }
}

void CompareCharts::enlarge(CompareCard* card) {
    enlarged_ = card;
    for (auto* each : cards_) each->setEnlarged(each == card);
    arrange();
}

void CompareCharts::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    if (columnsFor(cards_.size()) != columns_) arrange();
}

void CompareCharts::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape && enlarged_) return enlarge(nullptr);
    QWidget::keyPressEvent(event);
}

} // namespace descent::ui

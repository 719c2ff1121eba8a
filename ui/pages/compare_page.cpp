#include "ui/pages/compare_page.h"

#include "core/base/format.h"
#include "core/engine/engine.h"
#include "ui/models/cells_model.h"
#include "ui/plots/curve_layer.h"
#include "ui/plots/legend_strip.h"
#include "ui/plots/run_axis.h"
#include "ui/state/engine_host.h"
#include "ui/state/ladder_runs.h"
#include "ui/state/store_host.h"
#include "ui/state/training.h"
#include "ui/theme.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/notice_bar.h"

#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QFrame>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QSaveFile>
#include <QSignalBlocker>
#include <QSplitter>
#include <QStackedWidget>
#include <QStandardPaths>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <set>

namespace descent::ui {

namespace {

enum Axis { share, epochs, updates, seconds };

QString text(const std::string& utf8) {
    return QString::fromStdString(utf8);
}
QString number(double v) {
    return text(format_number(v, 3));
}

QString metricWord(const std::string& metric) {
    if (metric == "validation/accuracy") return ComparePage::tr("Validation accuracy");
    if (metric == "validation/loss") return ComparePage::tr("Validation loss");
    if (metric == "validation/auroc") return ComparePage::tr("Validation AUROC");
    return ComparePage::tr("Training loss");
}

} // namespace

ComparePage::ComparePage(StoreHost& store, EngineHost& engine, Training& training, QWidget* parent)
    : QWidget(parent)
    , engine_(engine)
    , training_(training)
    , ladder_(new LadderRuns(store, this))
    , ask_for_file_([](QWidget* dialog_parent, const QString& suggestion) {
        return QFileDialog::getSaveFileName(dialog_parent, tr("Export CSV"), suggestion,
                                            tr("CSV files (*.csv)"));
    })
    , stack_(new QStackedWidget)
    , empty_(new EmptyState)
    , notice_(new NoticeBar) {
    setObjectName(QStringLiteral("comparePage"));
    setAccessibleName(tr("Compare"));
    setAttribute(Qt::WA_StyledBackground);
    setFocusPolicy(Qt::ClickFocus);
    empty_->setObjectName(QStringLiteral("compareEmpty"));
    empty_->set(tr("Nothing to compare yet"),
                tr("The optimizer ladder trains a task with each regime from mini-batch SGD down to plain "
                   "full-batch descent and up again. Its runs are compared here."),
                tr("Optimizer ladder…"));
    connect(empty_, &EmptyState::acted, this, &ComparePage::ladderWanted);
    auto* there = new QWidget;
    auto* split = new QSplitter(Qt::Vertical);
    split->setHandleWidth(theme::kGrid);
    split->setChildrenCollapsible(false);
    split->addWidget(makeChart());
    split->addWidget(makeTable());
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 2);
    auto* inside = new QVBoxLayout(there);
    inside->setContentsMargins(0, 0, 0, 0);
    inside->setSpacing(theme::kGrid);
    inside->addWidget(makeHead());
    inside->addWidget(split, 1);
    stack_->addWidget(empty_);
    stack_->addWidget(there);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme::kGrid * 2, theme::kGrid * 2, theme::kGrid * 2, theme::kGrid * 2);
    column->setSpacing(theme::kGrid);
    column->addWidget(stack_, 1);
    column->addWidget(notice_);
    connect(ladder_, &LadderRuns::changed, this, &ComparePage::take);
    connect(&engine_, &EngineHost::ready, this, &ComparePage::take);
    connect(&training_, &Training::started, this, [this] {
        if (isVisible()) take();
    });
}

QWidget* ComparePage::makeHead() {
    auto* head = new QWidget;
    auto* title = new QLabel(tr("Optimizer ladder"));
    title->setProperty("role", QStringLiteral("title"));
    which_ = new QComboBox;
    which_->setObjectName(QStringLiteral("compareLadder"));
    which_->setAccessibleName(tr("Which ladder"));
    which_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    facts_ = new QLabel;
    facts_->setObjectName(QStringLiteral("compareFacts"));
    facts_->setProperty("role", QStringLiteral("muted"));
    auto* another = new QPushButton(tr("New ladder…"));
    another->setObjectName(QStringLiteral("compareNew"));
    another->setAccessibleName(tr("New ladder"));
    export_ = new QPushButton(tr("Export CSV…"));
    export_->setObjectName(QStringLiteral("compareExport"));
    export_->setAccessibleName(tr("Export the table as CSV"));
    export_->setIcon(theme::icon(QStringLiteral("export")));
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme::kGrid);
    row->addWidget(title);
    row->addWidget(which_);
    row->addWidget(facts_, 1);
    row->addWidget(another);
    row->addWidget(export_);
    connect(which_, &QComboBox::currentIndexChanged, this,
            [this] { ladder_->look(which_->currentData().toString().toStdString()); });
    connect(another, &QPushButton::clicked, this, &ComparePage::ladderWanted);
    connect(export_, &QPushButton::clicked, this, &ComparePage::exportTable);
    return head;
}

QWidget* ComparePage::makeChart() {
    auto* card = new QFrame;
    card->setProperty("role", QStringLiteral("card"));
    metric_ = new QComboBox;
    metric_->setObjectName(QStringLiteral("compareMetric"));
    metric_->setAccessibleName(tr("What is drawn"));
    metric_->setProperty("role", QStringLiteral("flat"));
    metric_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    axis_ = new QComboBox;
    axis_->setObjectName(QStringLiteral("compareAxis"));
    axis_->setAccessibleName(tr("Draw against"));
    axis_->setToolTip(tr("Rungs differ in length: as shares of each run they lie over each other"));
    axis_->setProperty("role", QStringLiteral("flat"));
    axis_->addItems({tr("by share of the run"), tr("by epoch"), tr("by update"), tr("by second")});
    view_ = makeLineChart(scene_, card);
    view_->setObjectName(QStringLiteral("compareChart"));
    legend_ = new LegendStrip;
    legend_->setObjectName(QStringLiteral("compareLegend"));
    auto* head = new QHBoxLayout;
    head->addWidget(metric_);
    head->addStretch();
    head->addWidget(axis_);
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(theme::kGrid * 2, theme::kGrid, theme::kGrid, theme::kGrid);
    column->setSpacing(theme::kGrid / 2);
    column->addLayout(head);
    column->addWidget(legend_);
    column->addWidget(view_, 1);
    connect(metric_, &QComboBox::currentIndexChanged, this, &ComparePage::draw);
    connect(axis_, &QComboBox::currentIndexChanged, this, &ComparePage::draw);
    connect(view_, &PlotView::hovered, this, [this](std::optional<double> x) {
        cursor_ = x;
        view_->setCursor(x);
        updateLegend();
    });
    return card;
}

QWidget* ComparePage::makeTable() {
    auto* card = new QFrame;
    card->setProperty("role", QStringLiteral("card"));
    cells_ = new CellsModel(this);
    table_ = new QTableView;
    table_->setObjectName(QStringLiteral("compareTable"));
    table_->setAccessibleName(tr("Rungs of the ladder"));
    table_->setModel(cells_);
    table_->setShowGrid(false);
    table_->setFont(theme::numberFont());
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setTabKeyNavigation(false);
    table_->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setDefaultSectionSize(26);
    table_->horizontalHeader()->setHighlightSections(false);
    table_->setIconSize({10, 10});
    reading_ = new QLabel;
    reading_->setObjectName(QStringLiteral("compareReading"));
    reading_->setProperty("role", QStringLiteral("hint"));
    reading_->setWordWrap(true);
    reading_->setContentsMargins(theme::kGrid, 0, theme::kGrid, theme::kGrid / 2);
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(1, 1, 1, 1);
    column->addWidget(table_, 1);
    column->addWidget(reading_);
    return card;
}

void ComparePage::showLadder(const QString& group, int runs) {
    expected_of_ = group;
    expected_ = runs;
    ladder_->look(group.toStdString());
}

void ComparePage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    ladder_->setActive(true);
}

void ComparePage::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    ladder_->setActive(false);
}

void ComparePage::take() {
    const bool any = !ladder_->ladders().empty() || !expected_of_.isEmpty();
    stack_->setCurrentIndex(any ? 1 : 0);
    if (!any) return;
    listLadders();
    std::int64_t over = 0;
    for (const auto& run : ladder_->runs()) over += is_over(run.state);
    const bool expected = text(ladder_->group()) == expected_of_;
    const std::int64_t all = std::max<std::int64_t>(std::ssize(ladder_->runs()), expected ? expected_ : 0);
    QString facts = over == all
                        ? tr("%1 runs").arg(text(format_count(all)))
                        : tr("%1 of %2 runs are over").arg(text(format_count(over)), text(format_count(all)));
    if (!ladder_->table().optimizer.empty())
        facts += QStringLiteral(" · ") + text(ladder_->table().optimizer);
    facts_->setText(facts);
    export_->setEnabled(!ladder_->runs().empty());
    std::set<std::string> there;
    for (const auto& metric : LadderRuns::metrics())
        for (const auto& mean : ladder_->means(metric))
            if (!mean.points.empty()) there.insert(metric);
    QStringList wanted, listed;
    for (const auto& metric : LadderRuns::metrics())
        if (there.contains(metric)) wanted << text(metric);
    for (int i = 0; i < metric_->count(); ++i) listed << metric_->itemData(i).toString();
    if (wanted != listed) {
        const QSignalBlocker quiet(metric_);
        const QString chosen = metric_->currentData().toString();
        metric_->clear();
        for (const auto& metric : wanted) metric_->addItem(metricWord(metric.toStdString()), metric);
        metric_->setCurrentIndex(std::max(0, metric_->findData(chosen)));
    }
    draw();
    fillTable();
}

void ComparePage::listLadders() {
    QStringList wanted, listed;
    for (const auto& ladder : ladder_->ladders()) wanted << text(ladder.group);
    for (int i = 0; i < which_->count(); ++i) listed << which_->itemData(i).toString();
    const QSignalBlocker quiet(which_);
    if (wanted != listed) {
        which_->clear();
        for (const auto& ladder : ladder_->ladders())
            which_->addItem(
                tr("%1 · %2 · %3")
                    .arg(text(ladder.task), text(ladder.model), text(format_time(ladder.created_ms))),
                text(ladder.group));
    }
    which_->setCurrentIndex(which_->findData(text(ladder_->group())));
    which_->setVisible(which_->count() > 0);
}

void ComparePage::draw() {
    const std::string metric = metric_->currentData().toString().toStdString();
    const int axis = axis_->currentIndex();
    scene_.curves.clear();
    scene_.axis = axis == updates ? XAxis::update : axis == seconds ? XAxis::seconds : XAxis::epoch;
    scene_.x_word = axis == share ? tr("of the run") : QString();
    scene_.x_range.reset();
    if (axis == share) scene_.x_range = {0, 1};
    scene_.share = metric.ends_with("accuracy") || metric.ends_with("auroc");
    scene_.reached = 0;
    QStringList said;
    int colour = 0;
    for (const auto& mean : ladder_->means(metric)) {
        PlotCurve curve{text(mean.regime), colour, colour, false, {}};
        ++colour;
        for (const auto& point : mean.points)
            curve.points.push_back(
                {axis == share ? double(point.update.count) / double(std::max<std::int64_t>(1, mean.planned))
                               : xOf(point, scene_.axis),
                 point.value});
        if (!curve.points.empty()) said << tr("%1 %2").arg(curve.label, number(curve.points.back().y));
        scene_.curves.push_back(std::move(curve));
    }
    const QString words =
        said.isEmpty()
            ? tr("Nothing measured yet")
            : tr("%1, mean over seeds: %2").arg(metricWord(metric), said.join(QStringLiteral(", ")));
    view_->setAccessibleName(metricWord(metric));
    view_->setAccessibleDescription(words);
    view_->redraw();
    updateLegend();
}

void ComparePage::updateLegend() {
    std::vector<LegendStrip::Item> items;
    for (const auto& curve : scene_.curves) {
        if (curve.points.empty()) continue;
        const PlotPoint* point = cursor_ ? pointAt(curve.points, *cursor_) : &curve.points.back();
        items.push_back({curve.label, number(point->y), curve.colour, curve.dash, false});
    }
    legend_->setItems(std::move(items));
}

void ComparePage::fillTable() {
    const auto& table = ladder_->table();
    if (table.measures.empty()) return cells_->set({}, {});
    const auto cells = ladder_cells(table);
    // What the rungs are compared by comes first, and how they differ in it.
    const std::size_t columns = cells.headings.size(), headline = 3 + table.headline;
    std::vector<std::size_t> order{0, 1, headline};
    const bool compared = table.rungs.size() > 1;
    if (compared) order.push_back(columns - 1);
    for (std::size_t c = 2; c < columns; ++c)
        if (std::ranges::count(order, c) == 0) order.push_back(c);
    QStringList headings;
    for (const auto c : order) headings << text(cells.headings[c]);
    std::vector<CellsModel::Row> rows;
    for (std::size_t i = 0; i < cells.rows.size(); ++i) {
        CellsModel::Row row;
        for (const auto c : order) row.cells << text(cells.rows[i][c]);
        row.colour = int(i);
        if (engine_.engine())
            if (const auto* entry = engine_.engine()->catalog().find(Group::regime, table.rungs[i].regime))
                row.tool_tip = text(entry->title + ": " + entry->summary);
        rows.push_back(std::move(row));
    }
    cells_->set(headings, std::move(rows), compared ? QList<int>{0, 3} : QList<int>{0});
    table_->resizeColumnsToContents();
    reading_->setText(text(ladder_legend(table)));
}

void ComparePage::exportTable() {
    const QDir folder(QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation));
    const QString file =
        ask_for_file_(this, folder.filePath(QStringLiteral("ladder-%1.csv").arg(text(ladder_->group()))));
    if (file.isEmpty()) return;
    QSaveFile out(file);
    const std::string csv = to_csv(ladder_->table());
    if (out.open(QIODevice::WriteOnly) && out.write(csv.data(), qint64(csv.size())) == qint64(csv.size()) &&
        out.commit())
        notice_->say(tr("Exported to %1").arg(file));
    else
        notice_->complain(tr("%1 cannot be written: %2").arg(file, out.errorString()));
}

} // namespace descent::ui

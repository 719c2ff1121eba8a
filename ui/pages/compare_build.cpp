// How the Compare page is put together: its parts, its actions, and what one part says to another.

#include "ui/pages/compare_page.h"
#include "ui/plots/compare_charts.h"
#include "ui/state/training.h"
#include "ui/theme.h"
#include "ui/widgets/compare_bar.h"
#include "ui/widgets/compare_config.h"
#include "ui/widgets/compare_ladder.h"
#include "ui/widgets/compare_metrics.h"
#include "ui/widgets/compare_pictures.h"
#include "ui/widgets/compare_twin.h"
#include "ui/widgets/compare_why.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/run_selector.h"

#include <QAction>
#include <QFrame>
#include <QLabel>
#include <QMenu>
#include <QScrollArea>
#include <QSplitter>
#include <QTabWidget>
#include <QToolButton>
#include <QVBoxLayout>

namespace descent::ui {

namespace {

QFrame* card(QWidget* content) {
    auto* frame = new QFrame;
    frame->setProperty("role", QStringLiteral("card"));
    auto* layout = new QVBoxLayout(frame);
    layout->setContentsMargins(1, 1, 1, 1);
    layout->addWidget(content);
    return frame;
}

} // namespace

void ComparePage::makeEmptiness() {
    empty_->setObjectName(QStringLiteral("compareEmpty"));
    empty_->set(
        tr("Nothing to compare yet"),
        tr("Choose two or more runs on the Runs page and press Compare: their curves are laid over each "
           "other, seeds folded to means with bands, and differences told with their intervals. Or "
           "let an optimizer ladder train a task with each regime from mini-batch SGD down to plain "
           "full-batch descent and up again."),
        tr("Choose runs"), tr("Optimizer ladder…"));
    connect(empty_, &EmptyState::acted, this, &ComparePage::chooseRuns);
    connect(empty_, &EmptyState::actedOtherwise, this, &ComparePage::ladderWanted);
}

QWidget* ComparePage::makeBody() {
    auto* scroll = new QScrollArea;
    scroll->setObjectName(QStringLiteral("compareScroll"));
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    charts_->setProperty("role", QStringLiteral("plain"));
    scroll->setWidget(charts_);
    tabs_->setObjectName(QStringLiteral("compareTabs"));
    tabs_->setAccessibleName(tr("Tables"));
    table_export_->setObjectName(QStringLiteral("compareExport"));
    table_export_->setAccessibleName(tr("Export this table"));
    table_export_->setToolTip(tr("Export this table (Ctrl+E)"));
    table_export_->setIcon(theme::icon(QStringLiteral("export"), &theme::mutedText));
    table_export_->setPopupMode(QToolButton::InstantPopup);
    table_export_->setFocusPolicy(Qt::StrongFocus);
    tabs_->setCornerWidget(table_export_);
    addPane(ladder_, tr("Ladder"));
    addPane(new CompareMetrics(store_), tr("Metrics"));
    addPane(new CompareConfig, tr("Configuration"));
    addPane(new CompareWhy(store_), tr("Why"));
    addPane(new CompareScatter, tr("Scatter"));
    addPane(new CompareParallel, tr("Parallel"));
    addPane(detection_, tr("FA-FR"));
    addPane(twin_, tr("Data"));
    tabs_->setTabVisible(0, false);

    auto* right = new QSplitter(Qt::Vertical);
    right->setObjectName(QStringLiteral("compareRows"));
    right->setHandleWidth(theme::kGrid);
    right->setChildrenCollapsible(false);
    right->addWidget(scroll);
    right->addWidget(card(tabs_));
    right->setStretchFactor(0, 3);
    right->setStretchFactor(1, 2);
    right->setSizes({theme::kGrid * 60, theme::kGrid * 36});
    scroll->setMinimumHeight(theme::kGrid * 20);
    right->widget(1)->setMinimumHeight(theme::kGrid * 18);
    auto* across = new QSplitter(Qt::Horizontal);
    across->setObjectName(QStringLiteral("compareColumns"));
    across->setHandleWidth(theme::kGrid);
    across->addWidget(card(selector_));
    across->addWidget(right);
    across->setStretchFactor(1, 1);
    across->setCollapsible(1, false);
    across->widget(0)->setMinimumWidth(theme::kGrid * 20);
    across->setSizes({theme::kGrid * 27, theme::kGrid * 100});
    problem_->setObjectName(QStringLiteral("compareProblem"));
    problem_->setProperty("role", QStringLiteral("error"));
    problem_->setWordWrap(true);
    problem_->hide();
    auto* body = new QWidget;
    auto* column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid);
    column->addWidget(bar_);
    column->addWidget(problem_);
    column->addWidget(across, 1);
    return body;
}

void ComparePage::addPane(ComparePane* pane, const QString& title) {
    tabs_->addTab(pane, title);
    connect(pane, &ComparePane::picked, this, &ComparePage::pick);
    connect(pane, &ComparePane::layoutWanted, this, &ComparePage::apply);
    if (auto* picture = qobject_cast<PicturePane*>(pane))
        connect(picture, &PicturePane::chosen, selector_,
                [this](const QString& id) { selector_->selectRun({id.toStdString()}); });
    if (compared_) pane->setCompared(compared_);
}

void ComparePage::makeActions() {
    auto* menu = new QMenu(table_export_);
    const auto add = [&](const char* name, const QString& text, TableFormat format) {
        auto* action = menu->addAction(text, this, [this, format] { exportTable(format); });
        action->setObjectName(QString::fromLatin1(name));
    };
    add("compareExportCsv", tr("Export as CSV…"), TableFormat::csv);
    add("compareExportMarkdown", tr("Export as Markdown…"), TableFormat::markdown);
    add("compareExportLatex", tr("Export as LaTeX…"), TableFormat::latex);
    figure_export_ =
        menu->addAction(tr("Export figure…"), this, [this] { exportFigure(pane()->figure(), *pane()); });
    figure_export_->setObjectName(QStringLiteral("compareExportFigure"));
    connect(menu, &QMenu::aboutToShow, this,
            [this] { figure_export_->setVisible(pane() && pane()->figure().has_value()); });
    add("compareCopyTable", tr("Copy as Markdown"), TableFormat::copy);
    table_export_->setMenu(menu);
    export_ = new QAction(tr("&Export chart or table…"), this);
    export_->setObjectName(QStringLiteral("actionExportCompared"));
    export_->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_E));
    export_->setEnabled(false);
    connect(export_, &QAction::triggered, this, [this] {
        if (tabs_->isAncestorOf(focusWidget())) {
            if (auto figure = pane()->figure())
                exportFigure(std::move(figure), *pane());
            else
                exportTable(TableFormat::csv);
        } else if (auto* chart = charts_->focused())
            exportChart(*chart, CompareCard::Export::figure);
    });
    filter_ = new QAction(tr("Add runs to the &comparison…"), this);
    filter_->setObjectName(QStringLiteral("actionAddCompared"));
    filter_->setShortcut(QKeySequence::Find);
    filter_->setEnabled(false);
    connect(filter_, &QAction::triggered, selector_, &RunSelector::pickRuns);
}

void ComparePage::connectParts() {
    connect(runs_, &ComparedRuns::runsChanged, this, &ComparePage::takeRuns);
    connect(runs_, &ComparedRuns::seriesChanged, this, [this](const QString& metric) {
        if (compared_) charts_->show(compared_->groups, *runs_, layout_, metric.toStdString());
    });
    connect(&training_, &Training::started, this, [this] {
        if (isVisible()) takeRuns();
    });
    connect(bar_, &CompareBar::layoutChanged, this, &ComparePage::apply);
    connect(bar_, &CompareBar::layoutChosen, this, &ComparePage::setComparedLayout);
    connect(selector_, &RunSelector::shownChanged, this, [this] {
        auto layout = layout_;
        layout.hidden = selector_->hidden();
        apply(std::move(layout));
    });
    connect(selector_, &RunSelector::added, this, [this](const auto& runs) { changeRuns(runs, {}); });
    connect(selector_, &RunSelector::removed, this, [this](const auto& runs) { changeRuns({}, runs); });
    connect(selector_, &RunSelector::ladderChosen, this,
            [this](const QString& group) { showLadder(group, 0); });
    connect(selector_, &RunSelector::newLadderWanted, this, &ComparePage::ladderWanted);
    connect(selector_, &RunSelector::openRun, this, &ComparePage::openRun);
    connect(selector_, &RunSelector::picked, this, &ComparePage::pick);
    connect(selector_, &RunSelector::referenceWanted, this, [this](const QString& id) {
        const auto* group = compared_ ? compared_->groups.find(id) : nullptr;
        if (!group) return;
        auto layout = layout_;
        layout.reference = group->label;
        apply(std::move(layout));
    });
    connect(charts_, &CompareCharts::picked, this, &ComparePage::pick);
    connect(charts_, &CompareCharts::chosen, selector_, &RunSelector::select);
    connect(charts_, &CompareCharts::curvesChanged, twin_, &CompareTwin::chartChanged);
    connect(charts_, &CompareCharts::logYWanted, this, [this](const QString& metric, bool log) {
        auto layout = layout_;
        layout.log_metrics.removeAll(metric);
        if (log) layout.log_metrics << metric;
        apply(std::move(layout));
    });
    connect(charts_, &CompareCharts::hideWanted, this, [this](const QString& metric) {
        auto layout = layout_;
        layout.metrics.clear();
        for (const auto& each : chartMetrics())
            if (QString::fromStdString(each) != metric) layout.metrics << QString::fromStdString(each);
        apply(std::move(layout));
    });
    connect(charts_, &CompareCharts::tableRequested, this, [this](const QString& metric) {
        tabs_->setCurrentWidget(twin_);
        twin_->choose(metric);
    });
    connect(charts_, &CompareCharts::exportRequested, this,
            [this](CompareCard* chart, CompareCard::Export what) { exportChart(*chart, what); });
    connect(tabs_, &QTabWidget::currentChanged, this, [this] {
        layout_.tab = tabs_->currentWidget()->objectName();
        keep_.start();
    });
}

} // namespace descent::ui

#include "ui/pages/compare_page.h"

#include "ui/plots/compare_charts.h"
#include "ui/state/engine_host.h"
#include "ui/state/store_host.h"
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
#include "ui/widgets/exchange_job.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/run_selector.h"

#include <QAction>
#include <QFileDialog>
#include <QLabel>
#include <QStackedWidget>
#include <QTabWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace descent::ui {

namespace {

constexpr int kKeepMs = 500;

/// The charts that are shown where the person has not chosen: how well, how low, how steadily.
std::vector<std::string> usualMetrics(const std::vector<ComparedRuns::Metric>& metrics) {
    std::vector<std::string> chosen;
    const auto add = [&](const std::string& name) {
        const bool there = std::ranges::any_of(metrics, [&](const auto& m) { return m.info.name == name; });
        if (there && std::ranges::find(chosen, name) == chosen.end()) chosen.push_back(name);
    };
    add(headline(metrics));
    for (const char* name : {"validation/loss", "train/loss", "gradient/norm"}) add(name);
    return chosen;
}

std::vector<RunId> idsOf(const QStringList& uuids) {
    std::vector<RunId> ids;
    for (const auto& uuid : uuids) ids.push_back({uuid.toStdString()});
    return ids;
}

/// How far the runs reach on an axis.
double extentOf(const std::vector<RunRecord>& runs, XAxis axis) {
    double extent = 0;
    for (const auto& run : runs)
        extent = std::max(extent, axis == XAxis::update    ? double(run.updates.count)
                                  : axis == XAxis::seconds ? run.seconds
                                  : axis == XAxis::share   ? 1.0
                                  : axis == XAxis::epoch
                                      ? run.epoch.passes
                                      : run.epoch.passes * double(run.provenance.train_examples));
    return extent;
}

} // namespace

ComparePage::ComparePage(StoreHost& store, EngineHost& engine, Training& training, QWidget* parent)
    : QWidget(parent)
    , store_(store)
    , training_(training)
    , runs_(new ComparedRuns(store, this))
    , ask_for_file_([](QWidget* dialog_parent, const QString& suggestion) {
        return QFileDialog::getSaveFileName(dialog_parent, tr("Export"), suggestion);
    })
    , stack_(new QStackedWidget)
    , empty_(new EmptyState)
    , bar_(new CompareBar)
    , problem_(new QLabel)
    , selector_(new RunSelector(store))
    , charts_(new CompareCharts)
    , tabs_(new QTabWidget)
    , ladder_(new CompareLadder(engine))
    , detection_(new CompareDetection(store))
    , twin_(new CompareTwin([this](const std::string& metric) {
        const auto* drawn = charts_->card(metric);
        return drawn ? drawn->table() : PlotTable{};
    }))
    , table_export_(new QToolButton)
    , notice_(new NoticeBar)
    , samples_(new ExchangeJob(store, *notice_, this)) {
    setObjectName(QStringLiteral("comparePage"));
    setAccessibleName(tr("Compare"));
    setAttribute(Qt::WA_StyledBackground);
    setFocusPolicy(Qt::ClickFocus);
    makeEmptiness();
    stack_->addWidget(empty_);
    stack_->addWidget(makeBody());
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme::kGrid * 2, theme::kGrid * 2, theme::kGrid * 2, theme::kGrid * 2);
    column->setSpacing(theme::kGrid);
    column->addWidget(stack_, 1);
    column->addWidget(notice_);
    makeActions();
    connectParts();
    keep_.setSingleShot(true);
    keep_.setInterval(kKeepMs);
    connect(&keep_, &QTimer::timeout, this, [this] { layouts::keepLast(layout_); });
    if (const auto last = layouts::last()) setComparedLayout(*last);
}

ComparePage::~ComparePage() {
    if (keep_.isActive()) layouts::keepLast(layout_);
}

void ComparePage::showRuns(const std::vector<RunId>& runs) {
    auto layout = layout_;
    layout.ladder.clear();
    layout.runs.clear();
    layout.hidden.clear();
    for (const auto& run : runs) layout.runs << QString::fromStdString(run.uuid);
    setComparedLayout(layout);
}

void ComparePage::showLadder(const QString& group, int runs) {
    expected_of_ = group;
    expected_ = runs;
    auto layout = layout_;
    layout.runs.clear();
    layout.hidden.clear();
    layout.ladder = group;
    layout.group_by = QStringLiteral("regime");
    layout.axis = XAxis::share; // rungs differ in length
    layout.tab = ladder_->objectName();
    setComparedLayout(layout);
}

void ComparePage::setComparedLayout(const CompareLayout& layout) {
    tabs_->setTabVisible(tabs_->indexOf(ladder_), !layout.ladder.isEmpty());
    for (int i = 0; i < tabs_->count(); ++i)
        if (tabs_->widget(i)->objectName() == layout.tab && tabs_->isTabVisible(i)) tabs_->setCurrentIndex(i);
    if (layout.axis != layout_.axis) charts_->setXRange(std::nullopt);
    layout_ = layout;
    keep_.start();
    if (layout.ladder.isEmpty())
        runs_->choose(idsOf(layout.runs));
    else
        runs_->chooseLadder(layout.ladder.toStdString());
    takeRuns();
}

/// The same runs, seen in another way.
void ComparePage::apply(CompareLayout layout) {
    if (layout.axis != layout_.axis) charts_->setXRange(std::nullopt);
    layout.tab = layout_.tab;
    layout_ = std::move(layout);
    keep_.start();
    show();
}

void ComparePage::changeRuns(const std::vector<RunId>& added, const std::vector<RunId>& removed) {
    auto ids = runs_->chosen();
    for (const auto& run : added)
        if (std::ranges::find(ids, run) == ids.end()) ids.push_back(run);
    std::erase_if(ids, [&](const RunId& run) { return std::ranges::find(removed, run) != removed.end(); });
    auto layout = layout_;
    layout.ladder.clear();
    layout.runs.clear();
    for (const auto& run : ids) layout.runs << QString::fromStdString(run.uuid);
    setComparedLayout(layout);
}

void ComparePage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    export_->setEnabled(true);
    filter_->setEnabled(true);
    runs_->setActive(true);
}

void ComparePage::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    export_->setEnabled(false);
    filter_->setEnabled(false);
    runs_->setActive(false);
}

void ComparePage::takeRuns() {
    const bool expected = !layout_.ladder.isEmpty() && layout_.ladder == expected_of_;
    const bool any = expected || (runs_->loaded() ? !runs_->runs().empty() : !runs_->empty());
    stack_->setCurrentIndex(any ? 1 : 0);
    selector_->setLadders(runs_->ladders(), runs_->ladder());
    ladder_->setExpected(expected ? expected_ : 0);
    const auto differing = differing_fields(runs_->runs());
    auto others = fields_of(runs_->runs());
    std::erase_if(others, [&](const auto& f) { return std::ranges::find(differing, f) != differing.end(); });
    bar_->setChoices(differing, others, runs_->metrics());
    show();
}

std::vector<std::string> ComparePage::chartMetrics() const {
    std::vector<std::string> chosen;
    for (const auto& metric : layout_.metrics)
        if (runs_->metric(metric.toStdString())) chosen.push_back(metric.toStdString());
    return chosen.empty() ? usualMetrics(runs_->metrics()) : chosen;
}

/// From the runs and the layout to everything that is seen.
void ComparePage::show() {
    std::vector<RunRecord> shown;
    for (const auto& run : runs_->runs())
        if (!layout_.hidden.contains(QString::fromStdString(run.id.uuid))) shown.push_back(run);
    double extent = extentOf(shown, layout_.axis);
    if (extent == 0 && extentOf(shown, XAxis::update) > 0) { // an imported table may know of updates only
        layout_.axis = XAxis::update;
        extent = extentOf(shown, layout_.axis);
    }
    auto compared = std::make_shared<Compared>();
    compared->groups = compareBy(std::move(shown), layout_.group_by, runs_->parents());
    compared->layout = layout_;
    compared->metrics = runs_->metrics();
    compared->charts = chartMetrics();
    compared_ = compared;
    problem_->setText(compared->groups.problem);
    problem_->setVisible(!compared->groups.problem.isEmpty());
    bar_->setExtent(extent);
    bar_->setLayout(layout_, compared->charts);
    fillSelector();
    tabs_->setTabVisible(tabs_->indexOf(detection_), hasDetection(compared->metrics));
    runs_->setMetrics(compared->charts);
    charts_->setMetrics(compared->charts);
    charts_->show(compared->groups, *runs_, layout_);
    for (int i = 0; i < tabs_->count(); ++i)
        if (auto* each = qobject_cast<ComparePane*>(tabs_->widget(i))) each->setCompared(compared_);
}

void ComparePage::fillSelector() {
    std::vector<ComparedRunsModel::Row> rows;
    const auto differences = differencesOf(runs_->runs(), runs_->parents());
    for (std::size_t i = 0; i < runs_->runs().size(); ++i) {
        const auto& run = runs_->runs()[i];
        const QString uuid = QString::fromStdString(run.id.uuid);
        const auto* group = compared_->groups.groupOf(run.id);
        rows.push_back({run.id, group ? group->id : uuid, QString::fromStdString(run.name), differences[i],
                        group ? group->colour : colourOf(run), group ? group->dash : 0,
                        !layout_.hidden.contains(uuid)});
    }
    selector_->setRows(std::move(rows));
}

void ComparePage::pick(const QString& id) {
    // A mark of the scatter is one run; its curve may be a group's.
    const auto* group =
        compared_ && !compared_->groups.find(id) ? compared_->groups.groupOf({id.toStdString()}) : nullptr;
    const QString curve = group ? group->id : id;
    charts_->setPicked(curve);
    selector_->setPicked(curve);
    auto* shown = pane();
    if (shown && sender() != shown) shown->setPicked(qobject_cast<PicturePane*>(shown) ? id : curve);
}

ComparePane* ComparePage::pane() const {
    return qobject_cast<ComparePane*>(tabs_->currentWidget());
}

} // namespace descent::ui

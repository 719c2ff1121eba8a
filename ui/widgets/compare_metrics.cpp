#include "ui/widgets/compare_metrics.h"

#include "core/analysis/ladder.h"
#include "core/base/format.h"
#include "ui/models/cells_model.h"
#include "ui/state/store_host.h"
#include "ui/theme.h"

#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <limits>

namespace descent::ui {

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr qsizetype kVerdict = 280; ///< letters: some two lines; of a hundred runs the table says more
constexpr std::size_t kBeside = 4;  ///< other metrics shown

std::string number(double v, int digits = 4) {
    return std::isnan(v) ? "" : format_number(v, digits);
}

/// What a run's summary says; none where the metric's value at an update is asked for.
double summaryValue(const RunRecord& run, const MetricPick& pick) {
    const auto it = run.summary.find(pick.metric);
    if (it == run.summary.end()) return kNan;
    return pick.at == MetricPick::At::best ? it->second.best : it->second.last;
}

std::string spread(const Moments& value) {
    return value.count == 1 ? number(value.mean) : spread_text(value);
}

std::string differenceText(const Difference& gap) {
    if (std::isnan(gap.mean)) return "";
    const std::string sign = gap.mean > 0 ? "+" : "";
    if (!std::isfinite(gap.half_width)) return sign + number(gap.mean, 3);
    return sign + number(gap.mean, 3) + " ± " + number(gap.half_width, 2);
}

} // namespace

std::string headline(const std::vector<ComparedRuns::Metric>& metrics) {
    int most = 0; // runs that have one: what few of them measured is not what they are compared by
    for (const auto& metric : metrics) most = std::max(most, metric.runs);
    for (const char* wanted : {"validation/auroc", "validation/accuracy", "validation/loss", "train/loss"})
        for (const auto& metric : metrics)
            if (metric.info.name == wanted && metric.runs == most) return wanted;
    const auto it = std::ranges::find(metrics, most, &ComparedRuns::Metric::runs);
    return it == metrics.end() ? std::string() : it->info.name;
}

struct CompareMetrics::Answer {
    ComparedPtr of;
    std::optional<Comparison> comparison;
    std::vector<std::string> verdicts; ///< a row each
    std::string conclusion, problem;
    std::vector<std::string> beside;                 ///< metrics
    std::vector<std::vector<Moments>> beside_values; ///< by row, then metric
};

CompareMetrics::CompareMetrics(StoreHost& store, QWidget* parent)
    : ComparePane(parent)
    , store_(store)
    , metric_(new QComboBox)
    , at_(new QComboBox)
    , update_(new QSpinBox)
    , reference_(new QComboBox)
    , cells_(new CellsModel(this))
    , table_(makePaneTable("compareMetrics", tr("Metrics of the groups")))
    , verdict_(new QLabel) {
    setObjectName(QStringLiteral("comparePaneMetrics"));
    const auto combo = [](QComboBox* box, const char* name, const QString& accessible) {
        box->setObjectName(QString::fromLatin1(name));
        box->setAccessibleName(accessible);
        box->setToolTip(accessible);
        box->setProperty("role", QStringLiteral("flat"));
        box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    };
    combo(metric_, "compareMetric", tr("Metric that is compared"));
    combo(at_, "compareAt", tr("Which of its values"));
    combo(reference_, "compareReferenceBox", tr("What the others are compared with"));
    metric_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    metric_->setMinimumContentsLength(20);
    at_->addItems({tr("last value"), tr("best value"), tr("at update")});
    update_->setObjectName(QStringLiteral("compareAtUpdate"));
    update_->setAccessibleName(tr("Update"));
    update_->setRange(0, std::numeric_limits<int>::max());
    update_->setKeyboardTracking(false);
    update_->setGroupSeparatorShown(true);
    verdict_->setObjectName(QStringLiteral("compareVerdict"));
    verdict_->setProperty("role", QStringLiteral("hint"));
    verdict_->setWordWrap(true);
    verdict_->setContentsMargins(theme::kGrid, 0, theme::kGrid, theme::kGrid / 2);
    table_->setModel(cells_);
    table_->setMouseTracking(true);
    table_->setContextMenuPolicy(Qt::CustomContextMenu);
    table_->viewport()->installEventFilter(this);
    auto* against = new QLabel(tr("against"));
    against->setProperty("role", QStringLiteral("muted"));
    auto* row = new QHBoxLayout;
    row->setContentsMargins(theme::kGrid / 2, theme::kGrid / 2, theme::kGrid, 0);
    row->setSpacing(theme::kGrid / 2);
    for (QWidget* each :
         {static_cast<QWidget*>(metric_), static_cast<QWidget*>(at_), static_cast<QWidget*>(update_),
          static_cast<QWidget*>(against), static_cast<QWidget*>(reference_)})
        row->addWidget(each);
    row->addStretch();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid / 2);
    column->addLayout(row);
    column->addWidget(table_, 1);
    column->addWidget(verdict_);
    connect(metric_, &QComboBox::activated, this, &CompareMetrics::want);
    connect(at_, &QComboBox::activated, this, &CompareMetrics::want);
    connect(update_, &QSpinBox::valueChanged, this, &CompareMetrics::want);
    connect(reference_, &QComboBox::activated, this, [this] { setReference(reference_->currentText()); });
    connect(table_, &QTableView::entered, this, [this](const QModelIndex& index) {
        if (std::size_t(index.row()) < ids_.size()) Q_EMIT picked(ids_[std::size_t(index.row())]);
    });
    connect(table_, &QWidget::customContextMenuRequested, this, &CompareMetrics::contextMenu);
}

MetricPick CompareMetrics::pick() const {
    const auto& layout = compared()->layout;
    const std::string usual = headline(compared()->metrics);
    if (auto given = metric_pick(layout.pick.toStdString()); given && !layout.pick.isEmpty())
        if (std::ranges::any_of(compared()->metrics,
                                [&](const auto& m) { return m.info.name == given->metric; }))
            return *given;
    MetricPick pick;
    pick.metric = usual;
    return pick;
}

void CompareMetrics::fillControls() {
    const QSignalBlocker a(metric_), b(at_), c(update_), d(reference_);
    const auto now = pick();
    metric_->clear();
    for (const auto& metric : compared()->metrics)
        metric_->addItem(metricTitle(metric.info.name), QString::fromStdString(metric.info.name));
    metric_->setCurrentIndex(metric_->findData(QString::fromStdString(now.metric)));
    at_->setCurrentIndex(int(now.at));
    update_->setVisible(now.at == MetricPick::At::update);
    if (now.at == MetricPick::At::update)
        update_->setValue(int(std::min<std::int64_t>(now.update.count, update_->maximum())));
    reference_->clear();
    for (const auto& group : compared()->groups.groups) reference_->addItem(group.label);
    reference_->setCurrentIndex(std::max(0, reference_->findText(compared()->layout.reference)));
}

void CompareMetrics::want() {
    if (!compared()) return;
    MetricPick pick;
    pick.metric = metric_->currentData().toString().toStdString();
    pick.at = MetricPick::At(at_->currentIndex());
    if (pick.at == MetricPick::At::update) {
        std::int64_t furthest = 1;
        for (const auto& run : compared()->groups.runs) furthest = std::max(furthest, run.updates.count);
        if (!update_->isVisible()) {
            const QSignalBlocker quiet(update_);
            update_->setValue(int(std::min<std::int64_t>(furthest, update_->maximum())));
        }
        pick.update = {update_->value()};
    }
    auto layout = compared()->layout;
    layout.pick = QString::fromStdString(to_string(pick));
    Q_EMIT layoutWanted(layout);
}

void CompareMetrics::setReference(const QString& label) {
    auto layout = compared()->layout;
    layout.reference = label;
    Q_EMIT layoutWanted(layout);
}

void CompareMetrics::refresh() {
    fillControls();
    read();
}

void CompareMetrics::read() {
    const int asked = ++generation_;
    const auto of = compared();
    if (of->groups.groups.empty() || of->metrics.empty()) return take({of, {}, {}, {}, {}, {}, {}});
    const auto now = pick();
    Direction direction = Direction::none;
    for (const auto& metric : of->metrics)
        if (metric.info.name == now.metric) direction = metric.info.direction;
    const auto reference = std::size_t(std::max(0, reference_->currentIndex()));
    store_.read<std::shared_ptr<Answer>>(
        this,
        [of, now, direction, reference](const StoreReader& reader) {
            auto answer = std::make_shared<Answer>();
            answer->of = of;
            const auto& runs = of->groups.runs;
            const auto valuesOf = [&](const std::string& metric) {
                std::vector<double> values;
                for (const auto& run : runs) {
                    if (now.at != MetricPick::At::update) {
                        MetricPick same = now;
                        same.metric = metric;
                        values.push_back(summaryValue(run, same));
                    } else {
                        const auto at = reader.value_at(run.id, metric, now.update);
                        values.push_back(at ? at->value : kNan);
                    }
                }
                return values;
            };
            const auto groups = of->groups.plain();
            const auto compared = guarded([&] {
                answer->comparison =
                    compare_groups(runs, groups, now, valuesOf(now.metric), direction, reference);
                for (std::size_t i = 0; i < answer->comparison->rows.size(); ++i)
                    answer->verdicts.push_back(i == reference ? "" : verdict(*answer->comparison, i));
                answer->conclusion = conclusion(*answer->comparison);
            });
            if (!compared) answer->problem = compared.error().message;
            for (const auto& metric : of->charts) {
                if (metric == now.metric || answer->beside.size() == kBeside) continue;
                answer->beside.push_back(metric);
                const auto values = valuesOf(metric);
                answer->beside_values.resize(groups.size());
                for (std::size_t g = 0; g < groups.size(); ++g) {
                    std::vector<double> finite;
                    for (const std::size_t i : groups[g].runs)
                        if (std::isfinite(values[i])) finite.push_back(values[i]);
                    answer->beside_values[g].push_back(moments(finite));
                }
            }
            return answer;
        },
        [this, asked](std::shared_ptr<Answer> answer) {
            if (asked == generation_) take(std::move(*answer));
        });
}

void CompareMetrics::take(Answer answer) {
    comparison_ = std::move(answer.comparison);
    ids_.clear();
    shown_ = {};
    std::vector<CellsModel::Row> rows;
    if (comparison_) {
        const bool folded = answer.of->groups.folded;
        const auto& groups = answer.of->groups.groups;
        const std::string word = metricTitle(comparison_->pick.metric).toStdString();
        const std::string reference = groups[comparison_->reference].label.toStdString();
        shown_.headings = {folded ? "Group" : "Run"};
        if (folded) shown_.headings.push_back("Runs");
        shown_.headings.push_back(word);
        if (folded) shown_.headings.push_back("95% of the mean");
        shown_.headings.push_back("Against " + reference);
        if (folded)
            for (const char* heading : {"p", "Effect g", "Needed"}) shown_.headings.push_back(heading);
        for (const auto& metric : answer.beside) shown_.headings.push_back(metricTitle(metric).toStdString());
        for (std::size_t i = 0; i < comparison_->rows.size(); ++i) {
            const auto& row = comparison_->rows[i];
            std::vector<std::string> cells{row.label};
            if (folded)
                cells.push_back(std::to_string(row.moments.count) +
                                (row.missing > 0 ? " of " + std::to_string(row.runs.size()) : ""));
            cells.push_back(row.moments.count == 0 ? "" : spread(row.moments));
            if (folded)
                cells.push_back(std::isfinite(row.interval.low)
                                    ? number(row.interval.low) + " to " + number(row.interval.high)
                                    : "");
            cells.push_back(row.against ? differenceText(row.against->gap) : "");
            if (folded) {
                cells.push_back(row.against ? number(row.against->p, 2) : "");
                cells.push_back(row.against ? number(row.against->effect, 2) : "");
                cells.push_back(row.against && row.against->needed > 0 ? format_count(row.against->needed)
                                                                       : "");
            }
            if (i < answer.beside_values.size())
                for (const auto& value : answer.beside_values[i])
                    cells.push_back(value.count == 0 ? "" : spread(value));
            CellsModel::Row shown;
            for (const auto& cell : cells) shown.cells << QString::fromStdString(cell);
            shown.colour = groups[i].colour;
            shown.tool_tip = QString::fromStdString(
                answer.verdicts[i].empty() ? row.label : row.label + ": " + answer.verdicts[i]);
            rows.push_back(std::move(shown));
            shown_.rows.push_back(std::move(cells));
            ids_.push_back(groups[i].id);
        }
        shown_.right.assign(shown_.headings.size(), true);
        shown_.right.front() = false;
    }
    QStringList headings;
    for (const auto& heading : shown_.headings) headings << QString::fromStdString(heading);
    cells_->set(headings, std::move(rows));
    table_->resizeColumnsToContents();
    const QString whole = QString::fromStdString(answer.problem.empty() ? answer.conclusion : answer.problem);
    verdict_->setText(whole.size() > kVerdict ? whole.left(kVerdict) + QStringLiteral("…") : whole);
    verdict_->setToolTip(whole.size() > kVerdict ? whole : QString());
    verdict_->setVisible(!verdict_->text().isEmpty());
}

TextTable CompareMetrics::table() const {
    return shown_;
}

void CompareMetrics::setPicked(const QString& id) {
    const auto it = std::ranges::find(ids_, id);
    if (it == ids_.end())
        table_->clearSelection();
    else
        table_->selectRow(int(it - ids_.begin()));
}

void CompareMetrics::contextMenu(QPoint at) {
    const QModelIndex index = table_->indexAt(at);
    if (!index.isValid() || !compared()) return;
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const QString label = index.siblingAtColumn(0).data().toString();
    menu->addAction(tr("Compare the others with %1").arg(label), this, [this, label] { setReference(label); })
        ->setObjectName(QStringLiteral("compareSetReference"));
    menu->popup(table_->viewport()->mapToGlobal(at));
}

bool CompareMetrics::eventFilter(QObject* watched, QEvent* event) {
    if (watched == table_->viewport() && event->type() == QEvent::Leave) Q_EMIT picked({});
    return ComparePane::eventFilter(watched, event);
}

} // namespace descent::ui

#include "ui/widgets/compare_pictures.h"

#include "core/analysis/class_scores.h"
#include "ui/plots/detection_overlay.h"
#include "ui/plots/parallel_view.h"
#include "ui/plots/scatter_view.h"
#include "ui/state/detection.h"
#include "ui/state/store_host.h"
#include "ui/theme.h"
#include "ui/widgets/compare_metrics.h"
#include "ui/widgets/menu_button.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

namespace descent::ui {

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kUsualAxes = 5; ///< of parallel coordinates, beside the metric
constexpr const char* kDetectionCurve = "validation/fa-fr";
constexpr const char* kScores = "validation/scores";

/// A field or a metric of runs as one axis: numbers, or words by their order of appearance.
struct Along {
    RunsAxis axis;
    std::vector<double> values;
};

bool isMetric(const Compared& compared, const MetricPick& pick) {
    return std::ranges::any_of(compared.metrics, [&](const auto& m) { return m.info.name == pick.metric; });
}

Along along(const Compared& compared, const std::string& choice) {
    Along made;
    made.axis.title = QString::fromStdString(choice);
    const auto& runs = compared.groups.runs;
    if (const auto pick = metric_pick(choice); pick && isMetric(compared, *pick)) {
        for (const auto& run : runs) {
            const auto it = run.summary.find(pick->metric);
            made.values.push_back(it == run.summary.end()            ? kNan
                                  : pick->at == MetricPick::At::best ? it->second.best
                                                                     : it->second.last);
        }
        return made;
    }
    std::vector<std::optional<FieldValue>> values;
    for (const auto& run : runs) values.push_back(field_of(run, choice, compared.groups.parents));
    const bool numbers = std::ranges::all_of(values, [](const auto& v) { return !v || v->number; });
    std::map<QString, double> place;
    for (const auto& value : values) {
        if (!value) {
            made.values.push_back(kNan);
        } else if (numbers) {
            made.values.push_back(*value->number);
        } else {
            const QString word = QString::fromStdString(value->text);
            const auto [it, added] = place.emplace(word, double(place.size()));
            if (added) made.axis.words.push_back(word);
            made.values.push_back(it->second);
        }
    }
    return made;
}

/// Values that span more than a decade and a half are seen better on a log axis.
bool wide(const Along& of) {
    double low = std::numeric_limits<double>::infinity(), high = 0;
    for (const double v : of.values) {
        if (!std::isfinite(v)) continue;
        if (v <= 0) return false;
        low = std::min(low, v);
        high = std::max(high, v);
    }
    return of.axis.words.empty() && high > 30 * low;
}

/// What can be chosen: fields in which the runs differ, metrics, the other fields.
std::vector<std::string> choices(const Compared& compared) {
    auto all = differing_fields(compared.groups.runs);
    std::set<std::string> known(all.begin(), all.end());
    for (const auto& metric : compared.metrics) {
        all.push_back(metric.info.name);
        if (metric.info.direction != Direction::none) all.push_back("best:" + metric.info.name);
    }
    for (const auto& field : fields_of(compared.groups.runs))
        if (!known.contains(field)) all.push_back(field);
    return all;
}

std::string firstField(const Compared& compared) {
    const auto fields = differing_fields(compared.groups.runs);
    for (const auto& field : fields)
        if (field != "seed") return field;
    return "seed";
}

void fill(QComboBox& box, const std::vector<std::string>& all, const std::string& chosen) {
    const QSignalBlocker quiet(box);
    box.clear();
    for (const auto& each : all) box.addItem(QString::fromStdString(each));
    box.setCurrentIndex(std::max(0, box.findText(QString::fromStdString(chosen))));
}

} // namespace

bool hasDetection(const std::vector<ComparedRuns::Metric>& metrics) {
    return std::ranges::any_of(metrics, [](const auto& m) {
        return m.info.name == "validation/auc-fa-fr" || m.info.name == "validation/macro-auroc";
    });
}

PicturePane::PicturePane(RunsPlot* plot, const char* name, QWidget* parent)
    : ComparePane(parent)
    , plot_(plot)
    , controls_(new QHBoxLayout)
    , legend_(new LegendStrip) {
    setObjectName(QString::fromLatin1(name));
    plot_->setObjectName(QString::fromLatin1(name) + QStringLiteral("View"));
    plot_->setMinimumHeight(theme::kGrid * 12);
    controls_->setContentsMargins(0, 0, 0, 0);
    controls_->setSpacing(theme::kGrid / 2);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme::kGrid, theme::kGrid / 2, theme::kGrid, theme::kGrid);
    column->setSpacing(theme::kGrid / 2);
    column->addLayout(controls_);
    legend_->setContentsMargins(theme::kGrid, 0, theme::kGrid, 0);
    column->addWidget(legend_);
    column->addWidget(plot_, 1);
    connect(plot_, &PlotView::picked, this, &ComparePane::picked);
    connect(plot_, &PlotView::chosen, this, &PicturePane::chosen);
    connect(plot_, &RunsPlot::wordsChanged, this, [this] {
        auto items = plot_->legend();
        legend_->setVisible(!items.empty() && items.size() <= 8);
        legend_->setItems(std::move(items));
    });
}

QString PicturePane::fileName() const {
    return plot_->name()
        .replace(QLatin1Char('/'), QLatin1Char('-'))
        .replace(QLatin1Char(':'), QLatin1Char(' '));
}

CompareScatter::CompareScatter(QWidget* parent) : CompareScatter(new ScatterView, parent) {}

CompareScatter::CompareScatter(ScatterView* view, QWidget* parent)
    : PicturePane(view, "comparePaneScatter", parent)
    , view_(view)
    , x_(new QComboBox)
    , y_(new QComboBox)
    , log_x_(new QToolButton)
    , log_y_(new QToolButton) {
    const auto prepare = [this](QComboBox* box, QToolButton* log, const char* name,
                                const QString& accessible) {
        box->setObjectName(QStringLiteral("compareScatter") + QLatin1String(name));
        box->setAccessibleName(accessible);
        box->setToolTip(accessible);
        box->setProperty("role", QStringLiteral("flat"));
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumContentsLength(18);
        log->setObjectName(box->objectName() + QStringLiteral("Log"));
        log->setText(tr("log"));
        log->setAccessibleName(accessible + QStringLiteral(": ") + tr("logarithmic"));
        log->setToolTip(tr("Logarithmic axis"));
        log->setCheckable(true);
        log->setFocusPolicy(Qt::StrongFocus);
        log->setProperty("role", QStringLiteral("segment"));
        connect(box, &QComboBox::activated, this, [this] { changed(true); });
        connect(log, &QToolButton::clicked, this, [this] { changed(false); });
    };
    prepare(y_, log_y_, "Y", tr("The y axis"));
    prepare(x_, log_x_, "X", tr("The x axis"));
    auto* over = new QLabel(tr("over"));
    over->setProperty("role", QStringLiteral("muted"));
    for (QWidget* each : std::initializer_list<QWidget*>{y_, log_y_, over, x_, log_x_})
        controls().addWidget(each);
    controls().addStretch();
}

void CompareScatter::changed(bool axis) {
    if (!compared()) return;
    auto layout = compared()->layout;
    const auto x = x_->currentText(), y = y_->currentText();
    const bool other_x = axis && x != layout.scatter_x, other_y = axis && y != layout.scatter_y;
    layout.scatter_x = x;
    layout.scatter_y = y;
    layout.scatter_log_x = other_x ? wide(along(*compared(), x.toStdString())) : log_x_->isChecked();
    layout.scatter_log_y = other_y ? wide(along(*compared(), y.toStdString())) : log_y_->isChecked();
    Q_EMIT layoutWanted(layout);
}

void CompareScatter::refresh() {
    const auto& layout = compared()->layout;
    const auto all = choices(*compared());
    fill(*x_, all, layout.scatter_x.isEmpty() ? firstField(*compared()) : layout.scatter_x.toStdString());
    fill(*y_, all,
         layout.scatter_y.isEmpty() ? headline(compared()->metrics) : layout.scatter_y.toStdString());
    auto x = along(*compared(), x_->currentText().toStdString());
    auto y = along(*compared(), y_->currentText().toStdString());
    x.axis.log = layout.scatter_x.isEmpty() ? wide(x) : layout.scatter_log_x;
    y.axis.log = layout.scatter_y.isEmpty() ? wide(y) : layout.scatter_log_y;
    log_x_->setChecked(x.axis.log);
    log_y_->setChecked(y.axis.log);
    ScatterData marks{x.axis, y.axis, {}};
    const auto& groups = compared()->groups;
    for (const auto& group : groups.groups)
        for (const std::size_t i : group.runs) {
            const auto& run = groups.runs[i];
            marks.points.push_back({QString::fromStdString(run.id.uuid), QString::fromStdString(run.name),
                                    groups.folded ? group.label : QString(), group.colour, group.dash,
                                    x.values[i], y.values[i]});
        }
    view_->setData(std::move(marks));
}

CompareParallel::CompareParallel(QWidget* parent) : CompareParallel(new ParallelView, parent) {}

CompareParallel::CompareParallel(ParallelView* view, QWidget* parent)
    : PicturePane(view, "comparePaneParallel", parent)
    , view_(view)
    , axes_(new MenuButton("compareParallelAxes", tr("Which axes are shown"))) {
    axes_->setText(tr("Axes"));
    axes_->setToolTip(tr("Which axes are shown; drag a title to move one, drag along one to keep a range"));
    connect(axes_->menu(), &QMenu::aboutToShow, this, &CompareParallel::fillMenu);
    controls().addWidget(axes_);
    controls().addStretch();
}

void CompareParallel::fillMenu() {
    auto* menu = axes_->menu();
    menu->clear();
    if (!compared()) return;
    QStringList now;
    for (const auto& axis : shown_) now << QString::fromStdString(axis);
    QMenu* metrics = nullptr;
    for (const auto& each : choices(*compared())) {
        const QString key = QString::fromStdString(each);
        const auto pick = metric_pick(each);
        const bool metric = pick && isMetric(*compared(), *pick);
        if (metric && !metrics) metrics = menu->addMenu(tr("Metrics"));
        auto* action = (metric ? metrics : menu)->addAction(key, this, [this, now, key] {
            auto layout = compared()->layout;
            layout.parallel = now;
            if (!layout.parallel.removeOne(key)) layout.parallel << key;
            Q_EMIT layoutWanted(layout);
        });
        action->setObjectName(QStringLiteral("compareParallel-") + key);
        action->setCheckable(true);
        action->setChecked(now.contains(key));
    }
}

void CompareParallel::refresh() {
    shown_.clear();
    for (const auto& axis : compared()->layout.parallel) shown_.push_back(axis.toStdString());
    if (shown_.empty()) {
        for (const auto& field : differing_fields(compared()->groups.runs))
            if (shown_.size() < kUsualAxes) shown_.push_back(field);
        if (const auto metric = headline(compared()->metrics); !metric.empty()) shown_.push_back(metric);
    }
    ParallelData lines;
    std::vector<std::vector<double>> values;
    for (const auto& axis : shown_) {
        auto made = along(*compared(), axis);
        made.axis.log = wide(made);
        lines.axes.push_back(std::move(made.axis));
        values.push_back(std::move(made.values));
    }
    const auto& groups = compared()->groups;
    for (const auto& group : groups.groups)
        for (const std::size_t i : group.runs) {
            const auto& run = groups.runs[i];
            ParallelLine line{QString::fromStdString(run.id.uuid),
                              QString::fromStdString(run.name),
                              groups.folded ? group.label : QString(),
                              group.colour,
                              group.dash,
                              {}};
            for (const auto& axis : values) line.values.push_back(axis[i]);
            lines.lines.push_back(std::move(line));
        }
    view_->setData(std::move(lines));
}

CompareDetection::CompareDetection(StoreHost& store, QWidget* parent)
    : CompareDetection(store, new DetectionOverlay, parent) {}

CompareDetection::CompareDetection(StoreHost& store, DetectionOverlay* view, QWidget* parent)
    : PicturePane(view, "comparePaneDetection", parent)
    , store_(store)
    , view_(view)
    , class_(new QComboBox) {
    class_->setObjectName(QStringLiteral("compareRocClass"));
    class_->setAccessibleName(tr("Which class against the rest"));
    class_->setProperty("role", QStringLiteral("flat"));
    class_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    controls().addWidget(view_->makeControls());
    controls().addWidget(class_);
    controls().addStretch();
    class_->hide();
    connect(class_, &QComboBox::currentIndexChanged, this, &CompareDetection::show);
}

/// The classes of the runs that have scores of them.
void CompareDetection::offerClasses() {
    QStringList names;
    for (const auto& run : compared()->groups.runs) {
        const auto it = read_.find(run.id);
        if (it == read_.end() || !it->second.second || it->second.second->name != kScores) continue;
        for (const auto& name : run.provenance.classes)
            if (const QString word = QString::fromStdString(name); !names.contains(word)) names << word;
    }
    const QString chosen = class_->currentText();
    const QSignalBlocker quiet(class_);
    class_->clear();
    class_->addItem(tr("all classes pooled"));
    class_->addItems(names);
    class_->setCurrentIndex(std::max(0, class_->findText(chosen)));
    class_->setVisible(!names.isEmpty());
}

namespace {

/// What a run's matrix says, of the class where it has scores of several; empty for one that it does not
/// know.
DetectionCurve curveOf(const Matrix& matrix, const RunRecord& run, const std::optional<std::string>& of) {
    if (matrix.name != kScores) return detectionCurve(matrix);
    const auto scores = ClassScores::from_matrix(matrix.rows, matrix.columns, matrix.values);
    if (!of) return scores.size() > 0 ? pooled_classes(scores) : DetectionCurve();
    const auto at = std::ranges::find(run.provenance.classes, *of) - run.provenance.classes.begin();
    return at < scores.classes ? one_versus_rest(scores, at) : DetectionCurve();
}

} // namespace

void CompareDetection::show() {
    if (!compared()) return;
    std::optional<std::string> of;
    if (class_->currentIndex() > 0) of = class_->currentText().toStdString();
    std::vector<DetectionLine> lines;
    const bool folded = compared()->groups.folded;
    for (const auto& group : compared()->groups.groups) {
        int nth = 0; // runs of a group share its colour, and are told apart by their dashes
        for (const std::size_t i : group.runs) {
            const auto& run = compared()->groups.runs[i];
            const int dash = folded ? nth++ : group.dash;
            const auto it = read_.find(run.id);
            if (it == read_.end() || !it->second.second) continue;
            lines.push_back({QString::fromStdString(run.id.uuid), QString::fromStdString(run.name),
                             group.colour, dash, curveOf(*it->second.second, run, of),
                             run.provenance.validation_examples});
        }
    }
    view_->setLines(std::move(lines));
}

void CompareDetection::refresh() {
    std::vector<std::pair<RunId, Update>> wanted;
    for (const auto& run : compared()->groups.runs)
        if (const auto it = read_.find(run.id); it == read_.end() || it->second.first != run.updates)
            wanted.emplace_back(run.id, run.updates);
    using Answer = std::map<RunId, std::pair<Update, std::shared_ptr<const Matrix>>>;
    store_.read<Answer>(
        this,
        [wanted = std::move(wanted)](const StoreReader& reader) {
            Answer answer;
            for (const auto& [run, updates] : wanted) {
                auto matrix = reader.matrix(run, kDetectionCurve);
                if (!matrix) matrix = reader.matrix(run, kScores);
                answer[run] = {updates,
                               matrix ? std::make_shared<const Matrix>(std::move(*matrix)) : nullptr};
            }
            return answer;
        },
        [this, asked = ++generation_](Answer answer) {
            for (auto& [run, matrix] : answer) read_[run] = std::move(matrix);
            if (asked != generation_) return;
            offerClasses();
            show();
        });
}

} // namespace descent::ui

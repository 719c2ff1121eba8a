#include "ui/plots/sweep_train_view.h"

#include "core/analysis/double_descent.h"
#include "core/base/format.h"
#include "ui/plots/scene_figure.h"
#include "ui/plots/sweep_curves.h"
#include "ui/plots/sweep_series.h"
#include "ui/state/background.h"
#include "ui/theme.h"
#include "ui/widgets/menu_button.h"

#include <QComboBox>
#include <QMenu>
#include <QSignalBlocker>
#include <QToolButton>

#include <algorithm>
#include <cmath>

namespace descent::ui {

namespace {

constexpr std::size_t kAtFirst = 6; ///< levels drawn until others are chosen

QString number(double v) {
    return QString::fromStdString(format_number(v, 3));
}

} // namespace

SweepTrainView::SweepTrainView(StoreHost& store, QWidget* parent)
    : SweepPanel("sweepTrain", parent)
    , series_(new SweepSeries(store, this))
    , view_(makeLineChart(scene_, this))
    , choice_{makeChoice("Metric", tr("What is drawn"), 16),
              makeChoice("Others", tr("At which level of the other axes"), 16)}
    , level_menu_(new MenuButton("sweepTrainLevels", tr("Which levels are drawn"))) {
    scene_.axis = XAxis::update;
    scene_.log_x = true;
    view_->setObjectName(QStringLiteral("sweepTrainChart"));
    level_menu_->setText(tr("Levels"));
    addChoice(level_menu_);
    addChoice(makeScale("Scale", tr("The y axis"), false, [this](bool log) {
        log_y_ = log;
        draw();
    }));
    log_x_ = addLogUpdates();
    connect(log_x_, &QToolButton::toggled, this, &SweepTrainView::draw);
    setPicture(view_);
    connect(choice_.metric(), &QComboBox::activated, this, [this](int i) {
        choice_.takeMetric(i);
        ask();
    });
    connect(choice_.others(), &QComboBox::activated, this, [this](int i) {
        choice_.takeOthers(i);
        draw();
    });
    connect(series_, &SweepSeries::changed, this, &SweepTrainView::draw);
    connect(view_, &PlotView::chosen, this, &SweepTrainView::openChosen);
}

SweepTrainView::~SweepTrainView() = default;

bool SweepTrainView::suits(const SweepPlan& plan) const {
    return takesTime(plan);
}

void SweepTrainView::show(std::shared_ptr<const SweepData> sweep) {
    const bool another = !sameSweep(sweep.get(), sweep_.get());
    const bool grown = another || sweep->record.plan != sweep_->record.plan;
    sweep_ = std::move(sweep);
    if (another) {
        peak_.clear();
        sought_.clear();
        scene_.curves.clear();
        view_->redraw();
        pictureChanged({}, {});
    }
    choice_.offer(sweep_.get(), another);
    if (grown) fillLevels();
    ask();
}

/// At first some, evenly spread from the first to the last.
void SweepTrainView::fillLevels() {
    auto* menu = level_menu_->menu();
    menu->clear();
    levels_ = {0};
    level_menu_->hide();
    if (!sweep_ || !choice_.slice() || alone()) return;
    levels_.clear();
    const auto& levels = sweep_->record.plan.axes[choice_.slice()->along].levels;
    const std::size_t most = std::min(kAtFirst, levels.size());
    for (std::size_t i = 0; i < most; ++i)
        levels_.insert(most < 2 ? 0 : i * (levels.size() - 1) / (most - 1));
    for (std::size_t level = 0; level < levels.size(); ++level) {
        auto* action = menu->addAction(QString::fromStdString(levels[level].label));
        action->setObjectName(level_menu_->objectName() + QLatin1Char('-') + action->text());
        action->setCheckable(true);
        action->setChecked(levels_.contains(level));
        connect(action, &QAction::toggled, this, [this, level](bool on) {
            if (on)
                levels_.insert(level);
            else
                levels_.erase(level);
            draw();
        });
    }
    level_menu_->setVisible(levels.size() > 1);
}

bool SweepTrainView::alone() const {
    const auto& axes = sweep_->record.plan.axes;
    return axes.empty() || axes[choice_.slice()->along].levels.size() < 2;
}

std::vector<std::string> SweepTrainView::drawnWords() const {
    std::vector<std::string> words{choice_.word()};
    const auto slash = choice_.word().find('/');
    if (!alone() || slash == std::string::npos) return words;
    for (const char* side : {"test", "validation", "train"}) {
        const std::string other = side + choice_.word().substr(slash);
        if (other != choice_.word() && std::ranges::find(choice_.words(), other) != choice_.words().end())
            words.push_back(other);
    }
    return words;
}

void SweepTrainView::ask() {
    if (!sweep_ || choice_.word().empty()) return draw();
    std::vector<std::string> metrics{storedMetric(sweep_->runs, "train/error").metric};
    for (const auto& word : drawnWords()) {
        auto metric = storedMetric(sweep_->runs, word).metric;
        if (std::ranges::find(metrics, metric) == metrics.end()) metrics.push_back(std::move(metric));
    }
    series_->ask(sweep_, std::move(metrics));
    draw();
}

void SweepTrainView::draw() {
    if (!sweep_ || !choice_.slice() || choice_.word().empty()) return;
    const auto& plan = sweep_->record.plan;
    scene_.curves.clear();
    scene_.events.clear();
    scene_.log_x = log_x_->isChecked();
    scene_.log_y = log_y_;
    limitY(scene_, choice_.word());
    QStringList said;
    for (const auto& word : drawnWords())
        for (auto& course : levelCourses(*sweep_, series_->courses(), *choice_.slice(), word, Centre::median,
                                         Spread::quantiles)) {
            if (!levels_.contains(course.level) || course.points.empty()) continue;
            const int drawn = int(scene_.curves.size());
            PlotCurve curve;
            curve.label =
                alone() ? QString::fromStdString(word)
                        : QStringLiteral("%1 %2").arg(
                              QString::fromStdString(plan.axes[choice_.slice()->along].name), course.label);
            curve.colour = drawn;
            curve.dash = drawn / theme::kColours + drawn % 3;
            curve.id = course.runs.join(QLatin1Char(' '));
            for (const auto& p : course.points) curve.points.push_back({p.x, p.centre});
            curve.band = std::move(course.points);
            const auto& points = curve.points;
            const auto lowest = std::ranges::min_element(points, {}, &PlotPoint::y);
            if (said.size() < int(kAtFirst))
                said << tr("%1: lowest %2 at update %3, last %4")
                            .arg(curve.label, number(lowest->y), number(lowest->x), number(points.back().y));
            scene_.curves.push_back(std::move(curve));
        }
    findPeak();
    view_->redraw();
    view_->setAccessibleName(figure().title);
    view_->setAccessibleDescription(said.join(QStringLiteral("; ")));
    QStringList sentences;
    if (scene_.curves.empty())
        sentences << (series_->busy() ? tr("Reading…") : tr("Nothing measured yet"));
    else
        sentences << tr("Median of the seeds, band 25% to 75%.");
    if (!peak_.isEmpty()) sentences.back() += QLatin1Char(' ') + peak_;
    pictureChanged(legendOf(scene_), sentences);
}

/// Of what is alone, once all of it is read: off the GUI thread, and only where the courses are new.
void SweepTrainView::findPeak() {
    const bool wanted = alone() && !series_->busy() && !choice_.word().starts_with("train/") &&
                        choice_.word().find("accuracy") == std::string::npos;
    if (!wanted) {
        peak_.clear();
        return;
    }
    const StoredMetric stored = storedMetric(sweep_->runs, choice_.word());
    std::vector<std::vector<PlotPoint>> courses;
    for (const auto& run : sweep_->runs)
        if (const auto* points = series_->courses().points(run.run.id, stored.metric)) {
            courses.push_back(*points);
            for (auto& p : courses.back()) p.y = stored.of(p.y);
        }
    const auto same = [](const PlotPoint& a, const PlotPoint& b) { return a.x == b.x && a.y == b.y; };
    const bool known = std::ranges::equal(
        courses, sought_, [&](const auto& a, const auto& b) { return std::ranges::equal(a, b, same); });
    if (known || seeking_) return; // else asked again when this is found
    peak_.clear();
    seeking_ = true;
    sought_ = courses;
    inBackground(
        this,
        [courses = std::move(courses)] {
            std::vector<std::vector<LevelPoint>> all;
            for (const auto& course : courses) {
                auto& points = all.emplace_back();
                for (const auto& p : course) points.push_back({p.x, p.y});
            }
            return descent_peak(all);
        },
        [this](const std::optional<DescentPeak>& peak) {
            seeking_ = false;
            peak_ =
                !peak ? tr("No peak that stands out from both sides.")
                      : tr("%1 descends twice: %2 at update %3, a peak of %4 at update %5, %6 at update %7.")
                            .arg(QString::fromStdString(choice_.word()), number(peak->before),
                                 number(peak->before_x), number(peak->value), number(peak->x),
                                 number(peak->after), number(peak->after_x));
            draw();
        });
}

FigureSource SweepTrainView::figure() const {
    QStringList runs;
    for (const auto& curve : scene_.curves) runs << curve.id.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    QString title = tr("%1 over training").arg(QString::fromStdString(choice_.word()));
    if (const QString others = choice_.slice() ? sliceText(sweep_->record.plan, *choice_.slice()) : QString();
        !others.isEmpty())
        title += QStringLiteral(", %1").arg(others);
    return sceneFigure(title, scene_, runs);
}

PlotTable SweepTrainView::table() const {
    PlotTable table{{QStringLiteral("curve"), QStringLiteral("update"), QStringLiteral("value"),
                     QStringLiteral("low"), QStringLiteral("high"), QStringLiteral("seeds")},
                    {}};
    for (const auto& curve : scene_.curves)
        for (const auto& p : curve.band)
            table.rows.push_back({curve.label, {p.x, p.centre, p.low, p.high, double(p.count)}});
    return table;
}

} // namespace descent::ui

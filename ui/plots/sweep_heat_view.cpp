#include "ui/plots/sweep_heat_view.h"

#include "core/base/format.h"
#include "ui/plots/sweep_curves.h"
#include "ui/plots/sweep_series.h"

#include <QComboBox>
#include <QSignalBlocker>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace descent::ui {

SweepHeatData sweepHeat(const SweepData& sweep, const SweepCourses& read, const SweepSlice& slice,
                        const std::string& word) {
    const SweepPlan& plan = sweep.record.plan;
    SweepHeatData data;
    data.axis = QString::fromStdString(plan.axes[slice.along].name);
    data.value = QString::fromStdString(word);
    data.threshold = SweepHeatView::tr("train error ≤ %1")
                         .arg(QString::fromStdString(format_number(plan.threshold_error)));
    data.title = SweepHeatView::tr("%1 over training and %2").arg(data.value, data.axis);
    if (const QString others = sliceText(plan, slice); !others.isEmpty())
        data.title += QStringLiteral(", %1").arg(others);
    const auto courses = levelCourses(sweep, read, slice, word, Centre::median, Spread::none);
    std::set<double> columns;
    for (const auto& course : courses)
        for (const auto& p : course.points) columns.insert(p.x);
    data.columns.assign(columns.begin(), columns.end());
    std::size_t reached = 0, there = 0;
    for (const auto& course : courses) {
        SweepHeatRow row{course.label, course.runs,
                         std::vector<double>(data.columns.size(), std::numeric_limits<double>::quiet_NaN()),
                         course.reached};
        for (const auto& p : course.points)
            row.values[std::size_t(std::ranges::lower_bound(data.columns, p.x) - data.columns.begin())] =
                p.centre;
        reached += row.reached.has_value();
        there += !course.points.empty();
        data.rows.push_back(std::move(row));
    }
    if (there > 0)
        data.sentences << SweepHeatView::tr("Median of the seeds. At the line the networks interpolate: "
                                            "%1, in %2 of %3 levels.")
                              .arg(data.threshold)
                              .arg(reached)
                              .arg(there);
    return data;
}

SweepHeatView::SweepHeatView(StoreHost& store, QWidget* parent)
    : SweepPanel("sweepHeat", parent)
    , series_(new SweepSeries(store, this))
    , map_(new SweepHeatMap)
    , choice_{makeChoice("Metric", tr("What the colours are"), 16),
              makeChoice("Others", tr("At which level of the other axes"), 16)} {
    map_->setObjectName(QStringLiteral("sweepHeatMap"));
    setPicture(map_);
    connect(choice_.metric(), &QComboBox::activated, this, [this](int i) {
        choice_.takeMetric(i);
        ask();
    });
    connect(choice_.others(), &QComboBox::activated, this, [this](int i) {
        choice_.takeOthers(i);
        draw();
    });
    connect(series_, &SweepSeries::changed, this, &SweepHeatView::draw);
    connect(map_, &PlotView::chosen, this, &SweepHeatView::openChosen);
}

SweepHeatView::~SweepHeatView() = default;

bool SweepHeatView::suits(const SweepPlan& plan) const {
    const auto along = courseAxis(plan);
    return takesTime(plan) && along && plan.axes[*along].levels.size() > 1;
}

void SweepHeatView::show(std::shared_ptr<const SweepData> sweep) {
    const bool another = !sameSweep(sweep.get(), sweep_.get());
    sweep_ = std::move(sweep);
    if (another) {
        map_->setData({});
        pictureChanged({}, {});
    }
    choice_.offer(sweep_.get(), another);
    ask();
}

void SweepHeatView::ask() {
    if (!sweep_ || choice_.word().empty()) return draw();
    std::vector<std::string> metrics{storedMetric(sweep_->runs, choice_.word()).metric};
    const auto error = storedMetric(sweep_->runs, "train/error").metric;
    if (error != metrics.front()) metrics.push_back(error);
    series_->ask(sweep_, std::move(metrics));
    draw(); // what is there already
}

void SweepHeatView::draw() {
    if (!sweep_ || !choice_.slice() || choice_.word().empty()) return;
    SweepHeatData made = sweepHeat(*sweep_, series_->courses(), *choice_.slice(), choice_.word());
    if (series_->busy()) made.empty = tr("Reading…");
    const QStringList sentences = made.sentences;
    map_->setData(std::move(made));
    pictureChanged(map_->legend(), sentences);
}

} // namespace descent::ui

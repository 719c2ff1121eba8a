#include "app/studio/export_sweep.h"

#include "app/studio/export_options.h"
#include "core/base/param.h"
#include "ui/plots/sweep_curves.h"
#include "ui/plots/sweep_heat_view.h"
#include "ui/plots/sweep_lottery.h"
#include "ui/plots/sweep_series.h"

#include <algorithm>
#include <map>

namespace descent::studio {

namespace {

using ui::SweepData;

/// "'nois' is none of error, loss".
[[noreturn]] void refuse(const char* option, const std::string& word, const std::vector<std::string>& known) {
    std::string all;
    for (const auto& each : known) all += (all.empty() ? "" : ", ") + each;
    const auto near = nearest(word, known);
    throw InputError(std::string(option) + ": '" + word + "' is none of " + all +
                     (near ? "; did you mean '" + *near + "'?" : ""));
}

ui::SweepAxisChoice axisOf(const ExportOptions& options, const SweepData& sweep) {
    const auto choices = axisChoices(sweep);
    if (choices.empty())
        throw InputError("the sweep '" + sweep.record.name + "' varies nothing that has numbers");
    if (options.sweep_axis.empty()) return choices.front();
    std::vector<std::string> names;
    for (const auto& choice : choices) {
        names.push_back(choice.x == SweepX::parameters ? "weights"
                        : choice.x == SweepX::parameters_per_example
                            ? "weights-per-example"
                            : sweep.record.plan.axes[choice.along].name);
        if (names.back() == options.sweep_axis) return choice;
    }
    refuse("--axis", options.sweep_axis, names);
}

std::shared_ptr<const ui::SweepMoment> momentOf(const ExportOptions& options, const SweepData& sweep,
                                                const ui::MetricFamily& family, const StoreReader& store) {
    if (!options.at) return nullptr;
    auto moment = std::make_shared<ui::SweepMoment>();
    moment->at = *options.at;
    for (const auto& word : wordsFor(family)) {
        const auto metric = ui::storedMetric(sweep.runs, word).metric;
        for (const auto& run : sweep.runs)
            if (const auto point = store.value_at(run.run.id, metric, *options.at))
                moment->values[metric][run.run.id.uuid] = point->value;
    }
    return moment;
}

ui::FigureSource curve(const ExportOptions& options, std::shared_ptr<const SweepData> sweep,
                       const StoreReader& store) {
    const auto families = ui::metricFamilies(sweep->runs);
    ui::SweepCurvesTask task;
    task.sweep = sweep;
    task.axis = axisOf(options, *sweep);
    task.family = options.metric.empty() && !families.empty() ? families.front().name : options.metric;
    const auto family = std::ranges::find(families, task.family, &ui::MetricFamily::name);
    if (family == families.end()) {
        std::vector<std::string> names;
        for (const auto& each : families) names.push_back(each.name);
        if (names.empty()) throw InputError("no run of the sweep '" + sweep->record.name + "' has finished");
        refuse("--metric", task.family, names);
    }
    task.centre = options.centre_said ? options.centre : Centre::median;
    task.spread = options.spread.value_or(Spread::bootstrap);
    task.log_y = options.log_y;
    task.moment = momentOf(options, *sweep, *family, store);
    auto data = sweepCurves(task);
    if (data.curves.empty())
        throw InputError("no run of the sweep '" + sweep->record.name + "' has measured '" + task.family +
                         (options.at ? "' by then" : "'"));
    ui::SweepChart chart;
    chart.setData(std::move(data));
    return chart.figure();
}

ui::FigureSource drawn_lottery(const ExportOptions& options, const SweepData& sweep) {
    const auto words = ui::lotteryMetrics(sweep);
    if (!options.metric.empty() && std::ranges::find(words, options.metric) == words.end())
        refuse("--metric", options.metric, words);
    auto data = ui::lotteryChart(sweep, options.metric);
    if (data.curves.empty()) throw InputError("no run of the sweep '" + sweep.record.name + "' has finished");
    ui::SweepChart chart;
    chart.setData(std::move(data));
    return chart.figure();
}

ui::FigureSource heat(const ExportOptions& options, const SweepData& sweep, const StoreReader& store) {
    const auto words = ui::courseWords(sweep.runs);
    if (words.empty())
        throw InputError("no run of the sweep '" + sweep.record.name + "' has measured anything");
    const std::string word = options.metric.empty() ? words.front() : options.metric;
    if (std::ranges::find(words, word) == words.end()) refuse("--metric", word, words);
    const auto slices = ui::slicesOf(sweep.record.plan);
    if (slices.empty()) throw InputError("the sweep '" + sweep.record.name + "' varies nothing");
    ui::SweepCourses courses;
    for (const auto& wanted : courses.missing(sweep, {ui::storedMetric(sweep.runs, word).metric,
                                                      ui::storedMetric(sweep.runs, "train/error").metric}))
        courses.put(wanted, ui::SweepCourses::read(store, wanted, courses.moments()));
    auto data = ui::sweepHeat(sweep, courses, slices.front(), word);
    if (data.columns.empty())
        throw InputError("no run of the sweep '" + sweep.record.name + "' has measured '" + word + "'");
    ui::SweepHeatMap map;
    map.setData(std::move(data));
    return map.figure();
}

} // namespace

ui::FigureSource sweep_figure(const ExportOptions& options, const StoreReader& store) {
    auto sweep = std::make_shared<SweepData>();
    sweep->record = unwrap(store.sweep(options.sweep));
    sweep->grid = sweep_grid(sweep->record.plan);
    sweep->runs = store.sweep_runs(sweep->record.id);
    if (!options.heat && options.sweep_axis.empty() && lottery_axis(sweep->record.plan))
        return drawn_lottery(options, *sweep);
    return options.heat ? heat(options, *sweep, store) : curve(options, sweep, store);
}

} // namespace descent::studio

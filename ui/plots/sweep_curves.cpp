#include "ui/plots/sweep_curves.h"

#include "core/analysis/double_descent.h"
#include "core/base/format.h"
#include "ui/plots/sweep_theory.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace descent::ui {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::array<const char*, 3> kSides{"test", "validation", "train"};

QString tr(const char* text) {
    return QCoreApplication::translate("Sweep", text);
}
QString number(double v) {
    return QString::fromStdString(format_number(v, 3));
}

/// "error" of "test/error"; none of a metric of no side.
std::optional<std::pair<std::string, std::string>> split(const std::string& word) {
    for (const char* side : kSides) {
        const std::string start = std::string(side) + "/";
        if (word.starts_with(start)) return std::pair(std::string(side), word.substr(start.size()));
    }
    return std::nullopt;
}

/// How much a family is what one looks at first.
int rank(const std::string& family) {
    constexpr std::array<const char*, 3> first{"error", "loss", "accuracy"};
    return int(std::ranges::find(first, family) - first.begin());
}

/// One curve in the making: the runs of each level of the axis.
struct Group {
    std::vector<std::size_t> levels; ///< with 0 for the axis
    std::vector<std::vector<const CellRun*>> runs;
    std::vector<std::int64_t> cells;
};

std::vector<Group> groupsOf(const SweepData& sweep, std::size_t along) {
    std::vector<Group> groups;
    std::map<std::vector<std::size_t>, std::size_t> place;
    const auto groupOf = [&](std::vector<std::size_t> levels) -> Group& {
        levels[along] = 0;
        const auto [it, added] = place.emplace(levels, groups.size());
        if (added) {
            const std::size_t count = sweep.record.plan.axes[along].levels.size();
            groups.push_back(
                {levels, std::vector<std::vector<const CellRun*>>(count), std::vector<std::int64_t>(count)});
        }
        return groups[it->second];
    };
    for (const auto& cell : sweep.grid) ++groupOf(cell.levels).cells[cell.levels[along]];
    for (const auto& run : sweep.runs) {
        const auto& levels = sweep.grid[run.cell].levels;
        groupOf(levels).runs[levels[along]].push_back(&run);
    }
    return groups;
}

/// Values of the task's runs, now or at its moment.
class Values {
public:
    explicit Values(const SweepCurvesTask& task) : task_(task) {}

    std::optional<double> of(const CellRun& run, const std::string& word) const {
        if (!task_.moment) return sweep_metric_value(run.run, word);
        const auto& stored = source(word);
        const auto column = task_.moment->values.find(stored.metric);
        if (column == task_.moment->values.end()) return std::nullopt;
        const auto it = column->second.find(run.run.id.uuid);
        return it == column->second.end() ? std::nullopt : std::optional(stored.of(it->second));
    }
    std::size_t known(const std::string& word) const {
        return std::size_t(std::ranges::count_if(task_.sweep->runs,
                                                 [&](const auto& run) { return of(run, word).has_value(); }));
    }

private:
    const StoredMetric& source(const std::string& word) const {
        const auto it = sources_.find(word);
        if (it != sources_.end()) return it->second;
        return sources_.emplace(word, storedMetric(task_.sweep->runs, word)).first->second;
    }
    const SweepCurvesTask& task_;
    mutable std::map<std::string, StoredMetric> sources_;
};

/// The sides to draw: what was not trained on (test, else validation), then training.
std::vector<std::string> wordsOf(const SweepCurvesTask& task, const MetricFamily& family,
                                 const Values& values) {
    if (family.sides.empty()) return {family.name};
    std::vector<std::string> words;
    const auto has = [&](const char* side) { return std::ranges::count(family.sides, side) > 0; };
    const std::string test = "test/" + family.name, validation = "validation/" + family.name;
    // The test set may have been looked at only at the end.
    const bool from_test =
        has("test") && (!task.moment || !has("validation") || values.known(test) >= values.known(validation));
    if (from_test)
        words.push_back(test);
    else if (has("validation"))
        words.push_back(validation);
    if (has("train")) words.push_back("train/" + family.name);
    return words;
}

using Course = std::vector<LevelPoint>;

/// A course over the axis for each seed.
std::vector<Course> coursesOf(const SweepCurvesTask& task, const Group& group, const Values& values,
                              const std::vector<double>& numbers, const std::string& word) {
    std::map<std::uint64_t, Course> by_seed;
    for (std::size_t level = 0; level < numbers.size(); ++level)
        for (const auto* run : group.runs[level]) {
            const double x = sweep_x(run->run, numbers[level], task.axis.x);
            const auto value = values.of(*run, word);
            if (value && std::isfinite(x)) by_seed[task.sweep->grid[run->cell].seed].push_back({x, *value});
        }
    std::vector<Course> courses;
    for (auto& [seed, course] : by_seed) {
        std::ranges::stable_sort(course, {}, &LevelPoint::x);
        courses.push_back(std::move(course));
    }
    return courses;
}

SweepCurve curveOf(const SweepCurvesTask& task, const Group& group, const Values& values,
                   const std::vector<double>& numbers, const std::string& word) {
    SweepCurve curve;
    for (std::size_t level = 0; level < numbers.size(); ++level) {
        std::vector<double> replicates;
        SweepPoint point;
        double x = kNaN;
        for (const auto* run : group.runs[level]) {
            const auto value = values.of(*run, word);
            if (!value) continue;
            if (std::isnan(x)) x = sweep_x(run->run, numbers[level], task.axis.x);
            point.runs << QString::fromStdString(run->run.id.uuid);
            if (std::isfinite(*value)) replicates.push_back(*value);
        }
        if (point.runs.isEmpty() || !std::isfinite(x)) continue;
        const BandPoint band = foldValues(x, replicates, task.centre, task.spread);
        auto levels = group.levels;
        levels[task.axis.along] = level;
        point.x = x;
        point.value = band.centre;
        point.low = band.low;
        point.high = band.high;
        point.count = std::int64_t(replicates.size());
        point.seeds = group.cells[level];
        point.where = levelsText(task.sweep->record.plan, levels);
        curve.points.push_back(std::move(point));
    }
    std::ranges::stable_sort(curve.points, {}, &SweepPoint::x);
    return curve;
}

/// "test", "noise 0.2 · train"; a metric of no side by its group, or its name.
QString labelOf(const std::string& word, const QString& group) {
    const auto parts = split(word);
    const QString side = QString::fromStdString(parts ? parts->first : word);
    if (group.isEmpty()) return side;
    return parts ? QStringLiteral("%1 · %2").arg(group, side) : group;
}

void markThreshold(SweepChartData& data, const InterpolationThreshold& threshold, double error,
                   const QString& group, int colour) {
    if (std::isnan(threshold.median)) return;
    const QString what = tr("interpolation threshold %1").arg(number(threshold.median));
    data.places.push_back({threshold.median, threshold.interval.low, threshold.interval.high, error,
                           group.isEmpty() ? what : QStringLiteral("%1: %2").arg(group, what), colour});
}

void markPeak(SweepChartData& data, const DescentPeak& peak, const SweepCurve& curve, const QString& group) {
    // On the curve that is drawn, be it of means or medians.
    const auto at = std::ranges::find(curve.points, peak.x, &SweepPoint::x);
    const double value = at == curve.points.end() ? peak.value : at->value;
    const QString what = tr("peak %1 at %2").arg(number(value), number(peak.x));
    data.peaks.push_back({peak.x, value, peak.where.low, peak.where.high,
                          group.isEmpty() ? what : QStringLiteral("%1: %2").arg(group, what), curve.colour});
}

struct Extent {
    double low = std::numeric_limits<double>::infinity(), high = 0;
    void take(double value) {
        if (!std::isfinite(value)) return;
        low = std::min(low, value);
        high = std::max(high, value);
    }
};

void forValues(const SweepChartData& data, const std::set<std::size_t>& which, const auto& take) {
    for (const std::size_t c : which)
        for (const auto& p : data.curves[c].points)
            if (std::isfinite(p.value)) take(p.value);
}

/// 0: the axis is fitted to all that is above 0.
double floorOf(const SweepChartData& data, const std::set<std::size_t>& fitted) {
    constexpr double kShown = 1e-6, kRounding = 1e-12; ///< of the largest
    double high = 0;
    forValues(data, fitted, [&](double v) { high = std::max(high, v); });
    double floor = high * kShown;
    forValues(data, fitted, [&](double v) {
        if (v > high * kRounding) floor = std::min(floor, v);
    });
    return floor;
}

bool wantsLog(const SweepChartData& data, const std::set<std::size_t>& fitted, double floor,
              bool counts_weights) {
    constexpr double kFarApart = 30;
    Extent all, seen;
    std::set<std::size_t> measured;
    for (std::size_t c = 0; c < data.curves.size(); ++c)
        if (data.curves[c].marker >= 0) measured.insert(c);
    forValues(data, measured, [&](double v) {
        if (v > 0 && v < floor) v = floor; // at the edge
        all.take(v);
    });
    forValues(data, fitted, [&](double v) { seen.take(v); });
    const auto apart = [](const Extent& of) { return of.low > 0 && of.high > kFarApart * of.low; };
    return (counts_weights && all.low > 0 && all.high > 0) || apart(all) || apart(seen);
}

/// "train below 8.5e-05 is drawn at the lower edge (▽)"; "" where nothing is.
QString edgeText(const SweepChartData& data) {
    QStringList labels;
    bool above0 = false;
    for (const auto& curve : data.curves) {
        if (curve.marker < 0) continue;
        bool any = false;
        for (const auto& p : curve.points)
            if (atEdge(data, p.value)) any = true, above0 = above0 || p.value > 0;
        if (any) labels << curve.label;
    }
    if (labels.isEmpty()) return {};
    const QString which = labels.join(QStringLiteral(", "));
    return above0 ? tr("%1 below %2: drawn at the lower edge (▽), with its value in the table.")
                        .arg(which, number(data.floor))
                  : tr("%1 of 0 or less: drawn at the lower edge (▽) of the logarithmic axis.").arg(which);
}

} // namespace

std::vector<MetricFamily> metricFamilies(const std::vector<CellRun>& runs) {
    std::vector<MetricFamily> families;
    for (const auto& word : sweep_metrics(runs)) {
        const auto parts = split(word);
        const std::string name = parts ? parts->second : word;
        auto it = std::ranges::find_if(
            families, [&](const auto& f) { return f.name == name && f.sides.empty() == !parts; });
        if (it == families.end()) it = families.insert(families.end(), {name, {}});
        if (parts) it->sides.push_back(parts->first);
    }
    std::ranges::stable_sort(families, {}, [](const MetricFamily& f) { return rank(f.name); });
    return families;
}

std::vector<std::string> wordsFor(const MetricFamily& family) {
    std::vector<std::string> words{"train/error"};
    for (const auto& side : family.sides) words.push_back(side + "/" + family.name);
    if (family.sides.empty()) words.push_back(family.name);
    return words;
}

StoredMetric storedMetric(const std::vector<CellRun>& runs, const std::string& word) {
    const auto parts = split(word);
    if (!parts || parts->second != "error") return {word, false};
    const std::string accuracy = parts->first + "/accuracy";
    const bool known =
        std::ranges::any_of(runs, [&](const CellRun& run) { return run.run.summary.contains(accuracy); });
    return known ? StoredMetric{accuracy, true} : StoredMetric{parts->first + "/loss", false};
}

std::vector<SweepAxisChoice> axisChoices(const SweepData& sweep) {
    std::vector<SweepAxisChoice> all;
    const auto& axes = sweep.record.plan.axes;
    const auto first = numeric_axis(sweep.record.plan);
    if (!first) return all;
    all.push_back({*first});
    for (std::size_t i = 0; i < axes.size(); ++i)
        if (i != *first && axes[i].levels.size() > 1 && axes[i].numbers()) all.push_back({i});
    // The number of weights tells something only where it is not everywhere the same.
    std::set<std::int64_t> sizes;
    std::set<double> ratios;
    for (const auto& run : sweep.runs) {
        if (run.run.provenance.parameters > 0) sizes.insert(run.run.provenance.parameters);
        if (const double r = sweep_x(run.run, 0, SweepX::parameters_per_example); std::isfinite(r))
            ratios.insert(r);
    }
    if (sizes.size() > 1) all.push_back({*first, SweepX::parameters});
    if (ratios.size() > 1) all.push_back({*first, SweepX::parameters_per_example});
    return all;
}

QString axisTitle(const SweepPlan& plan, const SweepAxisChoice& axis) {
    switch (axis.x) {
    case SweepX::parameters:
        return tr("number of weights");
    case SweepX::parameters_per_example:
        return tr("weights / (examples × outputs)");
    case SweepX::level:
        break;
    }
    return QString::fromStdString(plan.axes[axis.along].name);
}

QString levelsText(const SweepPlan& plan, const std::vector<std::size_t>& levels,
                   std::optional<std::size_t> without) {
    QStringList said;
    for (std::size_t axis = 0; axis < plan.axes.size(); ++axis) {
        if (axis == without || plan.axes[axis].levels.size() < 2) continue;
        said << QString::fromStdString(plan.axes[axis].name + " " +
                                       plan.axes[axis].levels[levels[axis]].label);
    }
    return said.join(QStringLiteral(", "));
}

BandPoint foldValues(double x, const std::vector<double>& values, Centre centre, Spread spread) {
    std::vector<std::vector<PlotPoint>> replicates;
    for (const double value : values)
        if (std::isfinite(value)) replicates.push_back({{x, value}});
    const auto folded = fold_replicates(replicates, centre, spread);
    return folded.empty() ? BandPoint{x, kNaN, kNaN, kNaN, 0} : folded.front();
}

QString foldText(Centre centre, Spread spread) {
    const QString middle = centre == Centre::mean ? tr("mean of the seeds") : tr("median of the seeds");
    switch (spread) {
    case Spread::none:
        break;
    case Spread::deviation:
        return middle + tr(" ± SD");
    case Spread::error:
        return middle + tr(" ± SE");
    case Spread::bootstrap:
        return middle + tr(", 95% bootstrap interval");
    case Spread::range:
        return middle + tr(", lowest to highest");
    case Spread::quantiles:
        return middle + tr(", 25% to 75%");
    }
    return middle;
}

SweepChartData sweepCurves(const SweepCurvesTask& task) {
    const SweepPlan& plan = task.sweep->record.plan;
    const std::size_t along = task.axis.along;
    const auto numbers = plan.axes[along].numbers();
    SweepChartData data;
    const auto families = metricFamilies(task.sweep->runs);
    const auto family = std::ranges::find(families, task.family, &MetricFamily::name);
    QString what = QString::fromStdString(task.family);
    if (!what.isEmpty()) what[0] = what[0].toUpper();
    data.x = {axisTitle(plan, task.axis), plan.axes[along].log || task.axis.x != SweepX::level};
    data.y.title = QString::fromStdString(task.family);
    data.title = tr("%1 over %2").arg(what, data.x.title);
    data.fold = foldText(task.centre, task.spread);
    if (task.moment)
        data.title += tr(" at update %1").arg(QString::fromStdString(format_count(task.moment->at.count)));
    if (!numbers || family == families.end()) return data;

    const Values values(task);
    const auto words = wordsOf(task, *family, values);
    SweepTable table; // only for its sentences, so that the command line says the same
    table.x_name = data.x.title.toStdString();
    table.threshold_error = plan.threshold_error;
    std::set<std::size_t> fitted; ///< curves that a logarithmic axis is fitted to
    int colour = 0;
    for (const auto& group : groupsOf(*task.sweep, along)) {
        const QString name = levelsText(plan, group.levels, along);
        bool any = false;
        SweepTable::Curve found{.label = name.toStdString(), .levels = group.levels};
        for (std::size_t w = 0; w < words.size(); ++w) {
            SweepCurve curve = curveOf(task, group, values, *numbers, words[w]);
            const bool train = words[w].starts_with("train/");
            curve.label = labelOf(words[w], name);
            curve.colour = name.isEmpty() ? int(w) : colour;
            curve.dash = train ? 1 : 0;
            curve.marker = name.isEmpty() ? int(w) : colour + int(w) * 3;
            if (curve.points.empty()) continue;
            any = true;
            if (!train || words.size() == 1) fitted.insert(data.curves.size());
            // A peak of what is good at its highest is no peak.
            if (w == 0 && !train && task.family != "accuracy") {
                found.peak_metric = words[w];
                found.peak = descent_peak(coursesOf(task, group, values, *numbers, words[w]));
                if (found.peak) markPeak(data, *found.peak, curve, name);
            }
            data.curves.push_back(std::move(curve));
        }
        if (!any) continue;
        const auto training = coursesOf(task, group, values, *numbers, "train/error");
        if (!training.empty()) {
            found.threshold = interpolation_threshold(training, plan.threshold_error);
            markThreshold(data, *found.threshold, plan.threshold_error, name, colour);
        }
        for (auto& line : theoryOf(task, group.levels, words.front())) {
            line.label = name.isEmpty() ? line.label : QStringLiteral("%1 · %2").arg(name, line.label);
            line.colour = name.isEmpty() ? line.colour : colour;
            data.curves.push_back(std::move(line));
        }
        table.curves.push_back(std::move(found));
        ++colour;
    }
    const double floor = floorOf(data, fitted);
    data.y.log = task.log_y.value_or(wantsLog(data, fitted, floor, task.axis.x != SweepX::level));
    data.floor = task.whole ? 0 : floor;
    for (const auto& sentence : sweep_sentences(table)) data.sentences << QString::fromStdString(sentence);
    if (const QString edge = edgeText(data); !edge.isEmpty()) data.sentences.prepend(edge);
    return data;
}

} // namespace descent::ui

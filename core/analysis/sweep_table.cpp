#include "core/analysis/sweep_table.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <utility>

namespace descent {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// "test" of "test/error".
std::optional<std::string> side_of_error(std::string_view word) {
    for (const char* side : {"test", "validation", "train"})
        if (word == std::string(side) + "/error") return side;
    return std::nullopt;
}

std::optional<double> last_of(const RunRecord& run, const std::string& metric) {
    const auto found = run.summary.find(metric);
    if (found == run.summary.end()) return std::nullopt;
    return found->second.last;
}

/// Which numbers the task's one network gives for an example.
double outputs_of(const RunRecord& run) {
    const auto classes = run.provenance.classes.size();
    const auto& task = run.spec.task.id;
    const bool one_output = classes < 2 || (classes == 2 && (task == "symmetry" || task == "teacher"));
    return one_output ? 1 : static_cast<double>(classes);
}

/// The grid by its strides: seeds vary slowest, then the first axis.
class Positions {
public:
    explicit Positions(const SweepPlan& plan) : strides_(plan.axes.size(), 1) {
        for (std::size_t axis = plan.axes.size(); axis-- > 0;) {
            strides_[axis] = rows_;
            sizes_.insert(sizes_.begin(), plan.axes[axis].levels.size());
            rows_ *= plan.axes[axis].levels.size();
        }
    }
    std::size_t rows() const { return rows_; }
    std::size_t row(const std::vector<std::size_t>& levels) const {
        std::size_t at = 0;
        for (std::size_t axis = 0; axis < strides_.size(); ++axis) at += levels[axis] * strides_[axis];
        return at;
    }
    std::vector<std::size_t> levels(std::size_t row) const {
        std::vector<std::size_t> all;
        for (std::size_t axis = 0; axis < strides_.size(); ++axis)
            all.push_back(row / strides_[axis] % sizes_[axis]);
        return all;
    }

private:
    std::vector<std::size_t> strides_, sizes_;
    std::size_t rows_ = 1;
};

/// The runs by [seed][row], null where there is none.
using Cells = std::vector<std::vector<const RunRecord*>>;

Cells cells_of(const SweepPlan& plan, const std::vector<CellRun>& runs, std::size_t rows) {
    Cells cells(plan.seeds.size(), std::vector<const RunRecord*>(rows));
    for (const auto& [cell, run] : runs)
        if (rows > 0 && cell / rows < cells.size()) cells[cell / rows][cell % rows] = &run;
    return cells;
}

std::vector<double> numbers_of(const SweepPlan& plan, std::size_t axis) {
    return plan.axes[axis].numbers().value_or(std::vector<double>(plan.axes[axis].levels.size(), kNaN));
}

std::vector<std::vector<LevelPoint>> courses_of(const SweepPlan& plan, const Cells& cells,
                                                const Positions& positions, std::string_view metric,
                                                std::size_t along, std::vector<std::size_t> levels,
                                                SweepX x) {
    const auto numbers = numbers_of(plan, along);
    std::vector<std::vector<LevelPoint>> courses;
    for (const auto& runs : cells) {
        auto& course = courses.emplace_back();
        for (std::size_t level = 0; level < numbers.size(); ++level) {
            levels[along] = level;
            const auto* run = runs[positions.row(levels)];
            if (!run) continue;
            const double at = sweep_x(*run, numbers[level], x);
            if (const auto value = sweep_metric_value(*run, metric); value && std::isfinite(at))
                course.push_back({at, *value});
        }
        std::ranges::stable_sort(course, {}, &LevelPoint::x);
    }
    return courses;
}

/// Median, interval and moments of each row. All rows are folded at once, as if along an axis, so that their
/// bootstrap draws are drawn once.
std::vector<SweepRow::Value> fold(const Cells& cells, std::size_t rows, std::string_view metric) {
    std::vector<std::vector<PlotPoint>> replicates;
    std::vector<std::vector<double>> finite(rows);
    for (const auto& runs : cells) {
        auto& points = replicates.emplace_back();
        for (std::size_t row = 0; row < rows; ++row) {
            const auto* run = runs[row];
            const double value = run ? sweep_metric_value(*run, metric).value_or(kNaN) : kNaN;
            points.push_back({static_cast<double>(row), value});
            if (std::isfinite(value)) finite[row].push_back(value);
        }
    }
    const auto band =
        fold_replicates(replicates, Centre::median, Spread::bootstrap, std::max<std::size_t>(rows, 2));
    std::vector<SweepRow::Value> values;
    for (std::size_t row = 0; row < rows; ++row) {
        const auto m = moments(finite[row]);
        const BandPoint point = row < band.size() ? band[row] : BandPoint{0, kNaN, kNaN, kNaN, 0};
        values.push_back({m.mean, point.centre, m.deviation, {point.low, point.high}, m.count});
    }
    return values;
}

/// A word that a test error's peak can be seen in.
std::string peak_metric_of(const std::vector<std::string>& metrics) {
    for (const char* side : {"test/", "validation/"})
        for (const auto& metric : metrics)
            if (metric.starts_with(side) &&
                (metric.find("error") != std::string::npos || metric.find("loss") != std::string::npos))
                return metric;
    return "";
}

std::string label_of(const SweepPlan& plan, const std::vector<std::size_t>& levels, std::size_t along) {
    std::string label;
    for (std::size_t axis = 0; axis < plan.axes.size(); ++axis) {
        if (axis == along || plan.axes[axis].levels.size() < 2) continue;
        if (!label.empty()) label += ", ";
        label += plan.axes[axis].name + " " + plan.axes[axis].levels[levels[axis]].label;
    }
    return label;
}

std::string x_name_of(const SweepPlan& plan, std::size_t along, SweepX x) {
    switch (x) {
    case SweepX::parameters:
        return "weights";
    case SweepX::parameters_per_example:
        return "weights/(examples × outputs)";
    case SweepX::level:
        break;
    }
    return plan.axes[along].name;
}

std::vector<SweepTable::Curve> curves_of(const SweepPlan& plan, const Cells& cells,
                                         const Positions& positions, std::size_t along,
                                         const std::string& peak_metric, SweepX x) {
    std::vector<SweepTable::Curve> curves;
    for (std::size_t row = 0; row < positions.rows(); ++row) {
        const auto levels = positions.levels(row);
        if (levels[along] != 0) continue; // one curve for each combination of the others
        SweepTable::Curve curve{
            .label = label_of(plan, levels, along), .levels = levels, .peak_metric = peak_metric};
        const auto train = courses_of(plan, cells, positions, "train/error", along, levels, x);
        if (std::ranges::any_of(train, [](const auto& course) { return !course.empty(); }))
            curve.threshold = interpolation_threshold(train, plan.threshold_error);
        if (!peak_metric.empty())
            curve.peak = descent_peak(courses_of(plan, cells, positions, peak_metric, along, levels, x));
        curves.push_back(std::move(curve));
    }
    return curves;
}

} // namespace

std::optional<double> sweep_metric_value(const RunRecord& run, std::string_view word) {
    if (run.state == RunState::diverged) return kNaN;
    if (run.state != RunState::finished) return std::nullopt;
    if (const auto side = side_of_error(word)) {
        if (const auto accuracy = last_of(run, *side + "/accuracy")) return 1 - *accuracy;
        // Only a regression has no right answers to count.
        return run.provenance.classes.empty() ? last_of(run, *side + "/loss") : std::nullopt;
    }
    constexpr std::string_view best = "best ";
    if (!word.starts_with(best)) return last_of(run, std::string(word));
    const auto found = run.summary.find(std::string(word.substr(best.size())));
    if (found == run.summary.end()) return std::nullopt;
    return found->second.best;
}

std::vector<std::string> sweep_metrics(const std::vector<CellRun>& runs) {
    std::set<std::string> measured;
    std::vector<std::string> words;
    for (const auto& [cell, run] : runs)
        for (const auto& [metric, summary] : run.summary) measured.insert(metric);
    for (const char* word : {"test/error", "validation/error", "train/error"})
        if (std::ranges::any_of(runs, [&](const CellRun& r) {
                return r.run.state == RunState::finished && sweep_metric_value(r.run, word);
            }))
            words.emplace_back(word);
    words.insert(words.end(), measured.begin(), measured.end());
    return words;
}

double sweep_x(const RunRecord& run, double level, SweepX x) {
    if (x == SweepX::level) return level;
    const auto& had = run.provenance;
    if (had.parameters <= 0) return kNaN;
    const auto parameters = static_cast<double>(had.parameters);
    if (x == SweepX::parameters) return parameters;
    if (had.train_examples <= 0) return kNaN;
    return parameters / (static_cast<double>(had.train_examples) * outputs_of(run));
}

std::optional<std::size_t> numeric_axis(const SweepPlan& plan) {
    std::optional<std::size_t> first;
    for (std::size_t axis = 0; axis < plan.axes.size(); ++axis) {
        if (plan.axes[axis].levels.empty() || !plan.axes[axis].numbers()) continue;
        if (plan.axes[axis].levels.size() > 1) return axis;
        if (!first) first = axis;
    }
    return first;
}

std::vector<std::vector<LevelPoint>> sweep_courses(const SweepPlan& plan, const std::vector<CellRun>& runs,
                                                   std::string_view metric, std::size_t along,
                                                   const std::vector<std::size_t>& levels, SweepX x) {
    const Positions positions(plan);
    return courses_of(plan, cells_of(plan, runs, positions.rows()), positions, metric, along, levels, x);
}

SweepTable sweep_table(const SweepPlan& plan, const std::vector<CellRun>& runs,
                       const std::vector<std::string>& metrics, SweepX x) {
    const Positions positions(plan);
    const auto cells = cells_of(plan, runs, positions.rows());
    const auto along = numeric_axis(plan);

    SweepTable table{.metrics = metrics, .threshold_error = plan.threshold_error};
    for (const auto& axis : plan.axes) {
        table.axes.push_back(axis.name);
        auto& labels = table.labels.emplace_back();
        for (const auto& level : axis.levels) labels.push_back(level.label);
    }
    std::vector<std::vector<SweepRow::Value>> columns;
    for (const auto& metric : metrics) columns.push_back(fold(cells, positions.rows(), metric));
    const auto numbers = along ? numbers_of(plan, *along) : std::vector<double>{};
    for (std::size_t at = 0; at < positions.rows(); ++at) {
        SweepRow row{.levels = positions.levels(at), .x = kNaN, .seeds = std::ssize(plan.seeds)};
        if (along && x == SweepX::level) row.x = numbers[row.levels[*along]];
        for (const auto& seed : cells) {
            const auto* run = seed[at];
            if (!run) continue;
            row.finished += run->state == RunState::finished;
            row.diverged += run->state == RunState::diverged;
            if (along && std::isnan(row.x)) row.x = sweep_x(*run, numbers[row.levels[*along]], x);
        }
        for (const auto& column : columns) row.values.push_back(column[at]);
        table.rows.push_back(std::move(row));
    }
    if (along) {
        table.x_name = x_name_of(plan, *along, x);
        table.curves = curves_of(plan, cells, positions, *along, peak_metric_of(metrics), x);
    }
    return table;
}

} // namespace descent

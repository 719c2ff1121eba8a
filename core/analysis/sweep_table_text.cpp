#include "core/analysis/interval_text.h"
#include "core/analysis/sweep_table.h"
#include "core/base/format.h"
#include "core/store/csv_text.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace descent {

namespace {

/// Of a row: "5", "3 of 5", "4 of 5, 1 diverged".
std::string runs_text(const SweepRow& row) {
    std::string text = format_count(row.finished);
    if (row.finished != row.seeds) text += " of " + format_count(row.seeds);
    if (row.diverged > 0) text += ", " + format_count(row.diverged) + " diverged";
    return text;
}

std::string place_text(double x) {
    return std::isinf(x) ? "beyond the last" : format_number(x);
}

std::string interval_text(const Interval& interval) {
    if (std::isnan(interval.low)) return "";
    return format_number(interval.low, 3) + " to " + format_number(interval.high, 3);
}

/// "95%: 48 to 64; "; "" without.
std::string surely(const Interval& interval) {
    if (std::isnan(interval.low)) return "";
    return "95%: " + place_text(interval.low) + " to " + place_text(interval.high);
}

std::string value_text(const SweepRow::Value& value) {
    if (value.count == 0) return "";
    std::string text = format_number(value.median, 3);
    if (const auto around = interval_text(value.interval); !around.empty()) text += " [" + around + "]";
    return text;
}

std::string threshold_text(const SweepTable& table, const InterpolationThreshold& threshold) {
    const std::string goal = "train error " + format_number(table.threshold_error) + " or less";
    const std::string of = format_count(threshold.reached) + " of " + counted(threshold.seeds, "seed");
    if (std::isnan(threshold.median)) return goal + " in fewer than half of the seeds (" + of + ")";
    const auto sure = surely(threshold.interval);
    return goal + " from " + table.x_name + " " + format_number(threshold.median) + " on (median" +
           (sure.empty() ? "" : ", " + sure) + "; " + of + ")";
}

std::string peak_text(const SweepTable& table, const SweepTable::Curve& curve) {
    if (!curve.peak) return curve.peak_metric + " has no peak that stands out from both sides";
    const auto& peak = *curve.peak;
    const auto sure = surely(peak.where);
    return curve.peak_metric + " descends twice: " + format_number(peak.before, 3) + " at " + table.x_name +
           " " + format_number(peak.before_x) + ", a peak of " + format_number(peak.value, 3) + " at " +
           format_number(peak.x) + (sure.empty() ? "" : " (" + sure + ")") + ", " +
           format_number(peak.after, 3) + " at " + format_number(peak.after_x);
}

nlohmann::ordered_json number(double value) {
    if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
    return std::isnan(value) ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(value);
}

nlohmann::ordered_json json_of(const Interval& interval) {
    return {number(interval.low), number(interval.high)};
}

nlohmann::ordered_json json_of(const SweepTable::Curve& curve) {
    nlohmann::ordered_json json{{"label", curve.label}, {"threshold", nullptr}, {"peak", nullptr}};
    if (const auto& t = curve.threshold)
        json["threshold"] = {{"x", number(t->median)},
                             {"interval", json_of(t->interval)},
                             {"seeds", t->seeds},
                             {"reached", t->reached}};
    if (const auto& p = curve.peak)
        json["peak"] = {{"metric", curve.peak_metric},
                        {"x", number(p->x)},
                        {"value", number(p->value)},
                        {"where", json_of(p->where)},
                        {"before", {{"x", number(p->before_x)}, {"value", number(p->before)}}},
                        {"after", {{"x", number(p->after_x)}, {"value", number(p->after)}}}};
    return json;
}

} // namespace

TextTable sweep_cells_text(const SweepTable& table) {
    // The axis itself is a column already.
    const bool with_x =
        !table.x_name.empty() && std::ranges::find(table.axes, table.x_name) == table.axes.end();
    TextTable cells;
    cells.headings = table.axes;
    cells.right.assign(table.axes.size(), false);
    if (with_x) cells.headings.push_back(table.x_name);
    cells.headings.emplace_back("runs");
    for (const auto& metric : table.metrics) cells.headings.push_back(metric);
    cells.right.resize(cells.headings.size(), true);
    for (const auto& row : table.rows) {
        std::vector<std::string> line;
        for (std::size_t axis = 0; axis < row.levels.size(); ++axis)
            line.push_back(table.labels[axis][row.levels[axis]]);
        if (with_x) line.push_back(std::isnan(row.x) ? "" : format_number(row.x));
        line.push_back(runs_text(row));
        for (const auto& value : row.values) line.push_back(value_text(value));
        cells.rows.push_back(std::move(line));
    }
    return cells;
}

std::vector<std::string> sweep_sentences(const SweepTable& table) {
    std::vector<std::string> sentences;
    for (const auto& curve : table.curves) {
        const std::string start = curve.label.empty() ? "" : curve.label + ": ";
        const auto say = [&](std::string text) {
            if (start.empty() && !text.starts_with(curve.peak_metric)) // a metric is called what it is
                text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
            sentences.push_back(start + text + ".");
        };
        if (curve.threshold && curve.threshold->seeds > 0) say(threshold_text(table, *curve.threshold));
        if (!curve.peak_metric.empty()) say(peak_text(table, curve));
    }
    return sentences;
}

std::string to_csv(const SweepTable& table) {
    TextTable cells;
    cells.headings = table.axes;
    for (const char* column : {"x", "seeds", "finished", "diverged", "metric", "n", "mean", "sd", "median",
                               "median_low", "median_high"})
        cells.headings.emplace_back(column);
    const auto text_if = [](bool there, double value) { return there ? csv_number(value) : std::string(); };
    for (const auto& row : table.rows) {
        std::vector<std::string> start;
        for (std::size_t axis = 0; axis < row.levels.size(); ++axis)
            start.push_back(table.labels[axis][row.levels[axis]]);
        start.insert(start.end(), {text_if(!std::isnan(row.x), row.x), csv_number(row.seeds),
                                   csv_number(row.finished), csv_number(row.diverged)});
        for (std::size_t i = 0; i < row.values.size(); ++i) {
            const auto& value = row.values[i];
            auto line = start;
            line.insert(line.end(),
                        {table.metrics[i], csv_number(value.count), text_if(value.count > 0, value.mean),
                         text_if(value.count > 1, value.deviation), text_if(value.count > 0, value.median),
                         text_if(value.count > 1, value.interval.low),
                         text_if(value.count > 1, value.interval.high)});
            cells.rows.push_back(std::move(line));
        }
    }
    return to_csv(cells);
}

nlohmann::ordered_json to_json(const SweepTable& table) {
    auto rows = nlohmann::ordered_json::array(), curves = nlohmann::ordered_json::array();
    for (const auto& row : table.rows) {
        auto levels = nlohmann::ordered_json::object(), values = nlohmann::ordered_json::object();
        for (std::size_t axis = 0; axis < row.levels.size(); ++axis)
            levels[table.axes[axis]] = table.labels[axis][row.levels[axis]];
        for (std::size_t i = 0; i < row.values.size(); ++i) {
            const auto& value = row.values[i];
            values[table.metrics[i]] = {{"n", value.count},
                                        {"mean", number(value.mean)},
                                        {"sd", number(value.deviation)},
                                        {"median", number(value.median)},
                                        {"interval", json_of(value.interval)}};
        }
        rows.push_back({{"levels", std::move(levels)},
                        {"x", number(row.x)},
                        {"seeds", row.seeds},
                        {"finished", row.finished},
                        {"diverged", row.diverged},
                        {"values", std::move(values)}});
    }
    for (const auto& curve : table.curves) curves.push_back(json_of(curve));
    return {{"axes", table.axes},
            {"x", table.x_name},
            {"metrics", table.metrics},
            {"threshold_error", table.threshold_error},
            {"rows", std::move(rows)},
            {"curves", std::move(curves)},
            {"sentences", sweep_sentences(table)}};
}

} // namespace descent

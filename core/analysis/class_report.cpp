#include "core/analysis/class_report.h"

#include "core/analysis/figure_text.h"
#include "core/base/format.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>

namespace descent {

namespace {

std::string in_full_text(double value) {
    if (std::isnan(value)) return "nan";
    char digits[32];
    return {digits, std::to_chars(digits, digits + sizeof digits, value).ptr};
}

std::string share(double value, bool in_full) {
    if (in_full) return in_full_text(value);
    return std::isnan(value) ? "–" : percent(value);
}

std::string area(double value, bool in_full) {
    if (in_full) return in_full_text(value);
    return std::isnan(value) ? "–" : format_number(value);
}

std::string count(std::int64_t n, bool in_full) {
    return in_full ? std::to_string(n) : format_count(n);
}

} // namespace

ClassReport class_report(const ClassScores& of, const std::vector<std::string>& names) {
    const auto confusion = of.confusion();
    ClassReport report;
    for (std::int64_t c = 0; c < of.classes; ++c)
        report.classes.push_back(
            {c < std::ssize(names) ? names[static_cast<std::size_t>(c)] : std::to_string(c),
             confusion.examples(c), confusion.answers(c), confusion.precision(c), confusion.recall(c),
             confusion.f1(c), auroc_with_interval(of, c)});
    report.examples = of.size();
    report.accuracy = confusion.accuracy();
    report.macro = confusion.macro();
    report.weighted = confusion.weighted();
    const auto areas = roc_areas(of);
    report.macro_auroc = areas.macro;
    report.micro_auroc = areas.micro;
    report.bins = reliability(of);
    report.calibration_error = expected_calibration_error(report.bins);
    return report;
}

TextTable to_table(const ClassReport& report, bool in_full) {
    TextTable table;
    if (in_full)
        table.headings = {"class", "examples", "answers",   "precision", "recall",
                          "f1",    "auroc",    "auroc_low", "auroc_high"};
    else
        table.headings = {"class",  "examples", "answers", "precision",
                          "recall", "F1",       "AUROC",   "95% interval"};
    table.right.assign(table.headings.size(), true);
    table.right.front() = false;
    const auto add = [&](const std::string& name, std::int64_t examples, const std::string& answers,
                         const Confusion::Averages& of, const Auroc& roc) {
        std::vector<std::string> row{name,
                                     count(examples, in_full),
                                     answers,
                                     share(of.precision, in_full),
                                     share(of.recall, in_full),
                                     share(of.f1, in_full),
                                     area(roc.area, in_full)};
        if (in_full) {
            row.push_back(in_full_text(roc.low));
            row.push_back(in_full_text(roc.high));
        } else {
            row.push_back(std::isnan(roc.low) ? "" : area(roc.low, false) + " to " + area(roc.high, false));
        }
        table.rows.push_back(std::move(row));
    };
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    for (const auto& c : report.classes)
        add(c.name, c.examples, count(c.answers, in_full), {c.precision, c.recall, c.f1}, c.roc);
    const std::string all = count(report.examples, in_full);
    add("macro average", report.examples, all, report.macro, {report.macro_auroc, nan, nan, nan});
    add("weighted average", report.examples, all, report.weighted, {nan, nan, nan, nan});
    add("micro average", report.examples, all, {report.accuracy, report.accuracy, report.accuracy},
        {report.micro_auroc, nan, nan, nan});
    return table;
}

TextTable reliability_table(const ClassReport& report, bool in_full) {
    TextTable table{{"from", "to", "examples", "confidence", in_full ? "accuracy" : "right"}, {}, {}};
    table.right.assign(table.headings.size(), true);
    const auto bins = static_cast<double>(report.bins.size());
    for (std::size_t b = 0; b < report.bins.size(); ++b) {
        const auto& bin = report.bins[b];
        if (bin.examples == 0) continue;
        const auto edge = static_cast<double>(b);
        table.rows.push_back({share(edge / bins, in_full), share((edge + 1) / bins, in_full),
                              count(bin.examples, in_full), share(bin.confidence, in_full),
                              share(bin.accuracy, in_full)});
    }
    return table;
}

std::vector<WrongAnswer> wrong_answers(const ClassScores& of) {
    std::vector<WrongAnswer> all;
    for (std::int64_t i = 0; i < of.size(); ++i) {
        const auto truth = of.labels[static_cast<std::size_t>(i)], answer = of.answer(i);
        if (truth != answer) all.push_back({i, truth, answer, of.confidence(i), of.surprise(i)});
    }
    // What is not a number ranks first: nothing is more surprising.
    const auto rank = [](const WrongAnswer& w) {
        return std::isnan(w.surprise) ? -std::numeric_limits<double>::infinity() : -w.surprise;
    };
    std::ranges::stable_sort(all, {}, rank);
    return all;
}

} // namespace descent

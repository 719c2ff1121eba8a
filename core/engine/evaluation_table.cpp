#include "core/engine/evaluation_table.h"

#include "core/analysis/figure_text.h"
#include "core/base/format.h"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <utility>
#include <vector>

namespace descent {

namespace {

constexpr std::array kSets{"train", "validation", "test"};

std::pair<std::string, std::string> split(const std::string& metric) {
    const auto slash = metric.find('/');
    return {metric.substr(0, slash), metric.substr(slash + 1)};
}

} // namespace

std::string evaluation_title(const EvaluationReport& report, const RunRecord& run,
                             const CheckpointInfo& checkpoint) {
    return run.name + " at update " + format_count(checkpoint.update.count) +
           (checkpoint.epoch ? ", epoch " + epochs_text(*checkpoint.epoch) : "") + ", on " +
           (report.own_data ? "its data" : "other data: " + report.data_source);
}

std::int64_t examples_in(const EvaluationReport& report, const std::string& set) {
    const auto at = std::ranges::find(kSets, set) - kSets.begin();
    return at < std::ssize(kSets)
               ? report.examples[static_cast<std::size_t>(at)]
               : std::accumulate(report.examples.begin(), report.examples.end(), std::int64_t{0});
}

TextTable evaluation_table(const EvaluationReport& report) {
    std::vector<std::string> names;
    std::map<std::string, std::map<std::string, double>> by_name;
    for (const auto& figure : report.figures) {
        const auto [set, name] = split(figure.name);
        if (std::ranges::find(names, name) == names.end()) names.push_back(name);
        by_name[name][set] = figure.value;
    }
    TextTable table{{"figure"}, {{"examples"}}, {}};
    for (const std::string set : {"train", "validation", "test", "all"}) {
        const bool has =
            std::ranges::any_of(report.figures, [&](const auto& f) { return split(f.name).first == set; });
        if (!has || examples_in(report, set) == 0) continue;
        table.headings.push_back(set);
        table.rows.front().push_back(format_count(examples_in(report, set)));
    }
    table.right.assign(table.headings.size(), true);
    table.right.front() = false;
    for (const auto& name : names) {
        std::vector<std::string> row{name};
        for (std::size_t i = 1; i < table.headings.size(); ++i) {
            const auto found = by_name[name].find(table.headings[i]);
            row.push_back(found == by_name[name].end() ? "" : value_text(name, found->second));
        }
        table.rows.push_back(std::move(row));
    }
    return table;
}

std::optional<std::string> data_parameter(const Catalog& catalog, const std::string& task) {
    for (const char* name : {"test_source", "source"})
        if (catalog.find_param(Group::task, task, name)) return name;
    return std::nullopt;
}

} // namespace descent

#include "app/cli/compare_report.h"

#include "core/analysis/interval_text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace descent::cli {

using nlohmann::ordered_json;

namespace {

ordered_json number(double value) {
    return std::isfinite(value) ? ordered_json(value) : ordered_json(nullptr);
}

/// The different values of a group's runs.
std::string values_text(const ConfigDiff::Row& row, const RunGroup& group) {
    constexpr std::size_t most = 6;
    std::vector<std::string> values;
    for (const auto i : group.runs) {
        const auto& value = row.values[i].empty() ? "—" : row.values[i];
        if (std::ranges::find(values, value) == values.end()) values.push_back(value);
    }
    const bool many = values.size() > most;
    if (many) values.resize(most - 1);
    return joined(values, ", ") + (many ? ", …" : "");
}

TextTable config_table(const CompareReport& report, bool all) {
    TextTable table{{"setting"}, {}, {}};
    for (const auto& group : report.groups) table.headings.push_back(group.label);
    for (const auto& row : report.config.rows) {
        if (row.equal && !all) continue;
        std::vector<std::string> cells{row.field};
        for (const auto& group : report.groups) {
            auto text = values_text(row, group);
            if (row.field == "data" && !all) text = text.substr(0, 12);
            cells.push_back(std::move(text));
        }
        table.rows.push_back(std::move(cells));
    }
    return table;
}

std::string title_of(const Comparison& comparison) {
    const auto& pick = comparison.pick;
    std::string text = pick.metric + (comparison.unit.empty() ? "" : ", " + comparison.unit);
    text += pick.at == MetricPick::At::update ? ", at update " + at_text(pick) : ", " + at_text(pick);
    if (comparison.direction != Direction::none)
        text += comparison.direction == Direction::higher ? " (higher is better)" : " (lower is better)";
    return text;
}

std::string why_text(const CompareReport& report) {
    return describe(*report.why, report.runs[0].name, report.runs[1].name);
}

std::string groups_text(const CompareReport& report) {
    return counted(std::ssize(report.runs), "run") + " in " + counted(std::ssize(report.groups), "group");
}

const char* direction_word(Direction direction) {
    return direction == Direction::higher ? "higher" : direction == Direction::lower ? "lower" : "none";
}

ordered_json to_json(const Contrast& contrast) {
    const auto& gap = contrast.gap;
    return {{"difference", number(gap.mean)},
            {"low", number(gap.mean - gap.half_width)},
            {"high", number(gap.mean + gap.half_width)},
            {"n", gap.count},
            {"paired", gap.paired},
            {"dof", number(gap.dof)},
            {"p", number(contrast.p)},
            {"effect", number(contrast.effect)},
            {"needed", contrast.needed > 0 ? ordered_json(contrast.needed) : ordered_json(nullptr)},
            {"distinct", gap.distinct()}};
}

ordered_json to_json(const CompareReport& report, const Comparison& comparison) {
    auto groups = ordered_json::array();
    for (std::size_t i = 0; i < comparison.rows.size(); ++i) {
        const auto& row = comparison.rows[i];
        auto values = ordered_json::array();
        for (std::size_t k = 0; k < row.runs.size(); ++k)
            values.push_back({{"run", report.runs[row.runs[k]].name},
                              {"seed", row.seeds[k]},
                              {"value", number(row.values[k])}});
        groups.push_back({{"group", row.label},
                          {"n", row.moments.count},
                          {"missing", row.missing},
                          {"mean", number(row.moments.mean)},
                          {"sd", number(row.moments.deviation)},
                          {"low", number(row.interval.low)},
                          {"high", number(row.interval.high)},
                          {"against_reference", row.against ? to_json(*row.against) : ordered_json(nullptr)},
                          {"verdict", verdict(comparison, i)},
                          {"values", std::move(values)}});
    }
    return {{"metric", comparison.pick.metric},
            {"at", at_text(comparison.pick)},
            {"unit", comparison.unit},
            {"better", direction_word(comparison.direction)},
            {"reference", comparison.rows[comparison.reference].label},
            {"groups", std::move(groups)},
            {"conclusion", conclusion(comparison)}};
}

ordered_json to_json(const Divergence& d) {
    ordered_json json = ordered_json::object();
    json["setting"] = d.field ? ordered_json{{"name", *d.field}, {"values", {d.a_value, d.b_value}}}
                              : ordered_json(nullptr);
    json["number"] = d.update ? ordered_json{{"metric", d.metric},
                                             {"update", d.update->count},
                                             {"values", {number(d.a), number(d.b)}}}
                              : ordered_json(nullptr);
    json["numbers_compared"] = d.compared;
    json["layer"] =
        d.layer
            ? ordered_json{{"name", *d.layer}, {"source", d.layer_source}, {"update", d.layer_update.count}}
            : ordered_json(nullptr);
    return json;
}

/// Without the columns that a narrow terminal has no room for, the least telling first.
void print_table(Output& out, const TextTable& cells, std::initializer_list<const char*> spare) {
    Table table(cells);
    for (const char* heading : spare)
        if (table.width() > static_cast<std::size_t>(out.width())) table.drop(heading);
    table.print(out, "  ");
}

} // namespace

void print_report(Output& out, const CompareReport& report, bool all) {
    out << out.bold(groups_text(report)) << "\n";
    if (const auto config = config_table(report, all); !config.rows.empty()) {
        out << "\n" << (all ? "Settings" : "Settings that differ") << "\n";
        print_table(out, config, {});
    } else if (std::ranges::all_of(report.runs,
                                   [](const RunRecord& run) { return settings_known(run.spec); })) {
        out << "\nAll settings are the same.\n";
    } else {
        out << "\nThe settings of imported runs are not known.\n";
    }
    for (const auto& comparison : report.comparisons) {
        out << "\n" << out.bold(title_of(comparison)) << "\n";
        print_table(out, comparison_table(comparison), {"p", "effect", "95% interval", "needed"});
        out << "  " << conclusion(comparison) << "\n";
    }
    if (report.why) out << "\nWhy they differ\n  " << why_text(report) << "\n";
    if (report.groups.size() > 1)
        out << "\n"
            << out.faint("Differences are to " + report.groups[report.comparisons.front().reference].label +
                         ", with 95% t-intervals, paired by seed where the seeds match, else Welch's. "
                         "Effect: Hedges' g. Needed: replicates a group for 80% power if the difference is "
                         "as seen.")
            << "\n";
}

std::string to_markdown(const CompareReport& report, bool all) {
    std::string text;
    if (const auto config = config_table(report, all); !config.rows.empty())
        text += descent::to_markdown(config) + "\n";
    for (const auto& comparison : report.comparisons)
        text += "**" + title_of(comparison) + "**\n\n" + descent::to_markdown(comparison_table(comparison)) +
                "\n" + conclusion(comparison) + "\n\n";
    if (report.why) text += why_text(report) + "\n\n";
    text.pop_back();
    return text;
}

std::string to_latex(const CompareReport& report, bool all) {
    std::string text;
    if (const auto config = config_table(report, all); !config.rows.empty())
        text += descent::to_latex(config) + "\n";
    for (const auto& comparison : report.comparisons)
        text += "% " + title_of(comparison) + "\n" + descent::to_latex(comparison_table(comparison)) + "% " +
                conclusion(comparison) + "\n\n";
    text.pop_back();
    return text;
}

ordered_json to_json(const CompareReport& report, bool all) {
    auto names = ordered_json::array(), groups = ordered_json::array(), config = ordered_json::array(),
         metrics = ordered_json::array();
    for (const auto& run : report.runs) names.push_back({{"run", run.name}, {"id", run.id.uuid}});
    for (const auto& group : report.groups) {
        auto members = ordered_json::array();
        for (const auto i : group.runs) members.push_back(report.runs[i].name);
        groups.push_back({{"group", group.label}, {"runs", std::move(members)}});
    }
    for (const auto& row : report.config.rows) {
        if (row.equal && !all) continue;
        config.push_back({{"setting", row.field}, {"values", row.values}, {"equal", row.equal}});
    }
    for (const auto& comparison : report.comparisons) metrics.push_back(to_json(report, comparison));
    ordered_json json{{"runs", std::move(names)},
                      {"grouped_by", report.grouped_by},
                      {"groups", std::move(groups)},
                      {"settings", std::move(config)},
                      {"metrics", std::move(metrics)}};
    if (report.why) {
        json["why"] = to_json(*report.why);
        json["why"]["words"] = why_text(report);
    }
    return json;
}

} // namespace descent::cli

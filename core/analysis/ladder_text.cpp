#include "core/analysis/ladder.h"
#include "core/base/format.h"
#include "core/store/csv_text.h"

#include <nlohmann/json.hpp>

#include <array>
#include <cmath>

namespace descent {

namespace {

constexpr const char* kMinus = "\u2212";

/// Decimals that show two digits of a spread.
int decimals_for(double spread) {
    return static_cast<int>(std::clamp(1 - std::floor(std::log10(spread)), 0.0, 9.0));
}

std::string fixed(double value, int decimals) {
    if (!std::isfinite(value) || std::abs(value) >= 1e12) return format_number(value);
    std::array<char, 64> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), std::abs(value),
                                   std::chars_format::fixed, decimals)
                         .ptr;
    const std::string digits(text.data(), end);
    const bool zero = digits.find_first_not_of("0.") == std::string::npos;
    return (value < 0 && !zero ? kMinus : "") + digits;
}

std::string with_spread(double value, double spread) {
    // Sums of equal numbers differ in their last bits.
    if (spread <= 1e-12 * std::abs(value)) return format_number(value) + " ± 0";
    if (!std::isfinite(spread)) return format_number(value) + " ± " + format_number(spread);
    const int decimals = decimals_for(spread);
    return fixed(value, decimals) + " ± " + fixed(spread, decimals);
}

std::string runs_text(const LadderRung& rung) {
    std::string text = format_count(rung.finished);
    if (rung.finished != rung.runs) text += " of " + format_count(rung.runs);
    if (rung.diverged > 0) text += ", " + format_count(rung.diverged) + " diverged";
    return text;
}

std::string row_of(const std::vector<std::string>& cells) {
    std::string line = "|";
    for (const auto& cell : cells) line += " " + cell + " |";
    return line + "\n";
}

nlohmann::ordered_json number(double value) {
    return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json(nullptr);
}

nlohmann::ordered_json json_of(const Moments& m) {
    return {{"n", m.count}, {"mean", number(m.mean)}, {"sd", number(m.deviation)}};
}

nlohmann::ordered_json json_of(const Difference& gap) {
    return {{"mean", number(gap.mean)},
            {"low", number(gap.mean - gap.half_width)},
            {"high", number(gap.mean + gap.half_width)},
            {"n", gap.count},
            {"paired", gap.paired},
            {"distinct", gap.distinct()}};
}

} // namespace

std::string gap_text(const Difference& gap, double unit) {
    if (gap.count == 0) return "";
    if (gap.count == 1) return "one seed tells no difference";
    const double mean = gap.mean * unit, half = gap.half_width * unit;
    if (!std::isfinite(half)) return "no difference to tell: not all values are numbers";
    if (gap.distinct()) return (mean < 0 ? "lower by " : "higher by ") + with_spread(std::abs(mean), half);
    if (half == 0) return "the same with " + format_count(gap.count) + " seeds";
    return "not distinguishable with " + format_count(gap.count) + " seeds (" + with_spread(mean, half) + ")";
}

std::string spread_text(const Moments& value, double unit) {
    if (value.count == 0) return "";
    if (value.count == 1) return format_number(value.mean * unit);
    return with_spread(value.mean * unit, value.deviation * unit);
}

LadderCells ladder_cells(const LadderTable& table) {
    LadderCells cells{{"regime", "runs", "updates"}, {}};
    for (const auto& measure : table.measures) cells.headings.push_back(measure.title);
    cells.headings.emplace_back("time");
    const auto& headline = table.measures.at(table.headline);
    const bool compared = table.rungs.size() > 1;
    if (compared) cells.headings.push_back("against " + table.rungs.front().regime);
    for (const auto& rung : table.rungs) {
        std::vector<std::string> row{rung.regime, runs_text(rung)};
        row.push_back(rung.updates.count == 0 ? "" : format_count(std::llround(rung.updates.mean)));
        for (std::size_t i = 0; i < rung.cells.size(); ++i)
            row.push_back(spread_text(rung.cells[i].value, table.measures[i].unit));
        row.push_back(rung.seconds.count == 0 ? "" : format_duration(rung.seconds.mean));
        const auto& gap = rung.cells.at(table.headline).gap;
        if (compared) row.push_back(gap ? gap_text(*gap, headline.unit) : "");
        cells.rows.push_back(std::move(row));
    }
    return cells;
}

std::string ladder_legend(const LadderTable& table) {
    std::string text = "Mean ± SD over the seeds of the finished runs, at the end of training";
    if (table.rungs.size() < 2) return text + ".";
    return text + ". Against " + table.rungs.front().regime + ": the difference of " +
           table.measures.at(table.headline).title +
           ", and its 95% t-interval, each for itself, paired by seed where the seeds match.";
}

std::string to_markdown(const LadderTable& table) {
    const auto cells = ladder_cells(table);
    std::string text = row_of(cells.headings) + "|";
    for (std::size_t i = 0; i < cells.headings.size(); ++i)
        text += i == 0 || (table.rungs.size() > 1 && i + 1 == cells.headings.size()) ? "---|" : "---:|";
    text += "\n";
    for (const auto& row : cells.rows) {
        auto named = row;
        named.front() = "`" + named.front() + "`";
        text += row_of(named);
    }
    return text + "\n" + ladder_legend(table) + "\n";
}

std::string to_csv(const LadderTable& table) {
    std::string text =
        "task,model,optimizer,regime,runs,finished,diverged,updates,seconds,metric,of,n,mean,sd,"
        "gap,gap_low,gap_high,gap_n,paired\n";
    const auto add = [&](auto value) {
        text += ',';
        append_csv_number(text, value);
    };
    const auto add_if = [&](bool there, auto value) {
        if (there) return add(value);
        text += ',';
    };
    for (const auto& rung : table.rungs)
        for (std::size_t i = 0; i < rung.cells.size(); ++i) {
            const auto& [value, gap] = rung.cells[i];
            text += csv_field(table.task) + "," + csv_field(table.model) + "," + csv_field(table.optimizer) +
                    "," + csv_field(rung.regime);
            add(rung.runs);
            add(rung.finished);
            add(rung.diverged);
            add_if(rung.updates.count > 0, rung.updates.mean);
            add_if(rung.seconds.count > 0, rung.seconds.mean);
            text += "," + csv_field(table.measures[i].metric) + (table.measures[i].best ? ",best" : ",last");
            add(value.count);
            add_if(value.count > 0, value.mean);
            add_if(value.count > 1, value.deviation);
            const bool told = gap && gap->count > 0, sure = gap && gap->count > 1;
            add_if(told, told ? gap->mean : 0);
            add_if(sure, sure ? gap->mean - gap->half_width : 0);
            add_if(sure, sure ? gap->mean + gap->half_width : 0);
            add_if(told, told ? gap->count : std::int64_t{0});
            text += told ? gap->paired ? ",true" : ",false" : ",";
            text += "\n";
        }
    return text;
}

nlohmann::ordered_json to_json(const LadderTable& table) {
    auto rungs = nlohmann::ordered_json::array();
    for (const auto& rung : table.rungs) {
        auto measures = nlohmann::ordered_json::array();
        for (std::size_t i = 0; i < rung.cells.size(); ++i) {
            const auto& measure = table.measures[i];
            nlohmann::ordered_json row{{"metric", measure.metric}, {"of", measure.best ? "best" : "last"}};
            row.update(json_of(rung.cells[i].value));
            const auto& gap = rung.cells[i].gap;
            row["gap"] = gap && gap->count > 0 ? json_of(*gap) : nlohmann::ordered_json(nullptr);
            if (gap) row["words"] = gap_text(*gap, measure.unit);
            measures.push_back(std::move(row));
        }
        rungs.push_back({{"regime", rung.regime},
                         {"runs", rung.runs},
                         {"finished", rung.finished},
                         {"diverged", rung.diverged},
                         {"updates", json_of(rung.updates)},
                         {"seconds", json_of(rung.seconds)},
                         {"measures", std::move(measures)}});
    }
    return {{"task", table.task},
            {"model", table.model},
            {"optimizer", table.optimizer},
            {"compared_by", table.measures.at(table.headline).metric},
            {"rungs", std::move(rungs)}};
}

} // namespace descent

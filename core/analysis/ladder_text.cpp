#include "core/analysis/ladder.h"
#include "core/base/format.h"
#include "core/store/csv_text.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace descent {

namespace {

std::string runs_text(const LadderRung& rung) {
    std::string text = format_count(rung.finished);
    if (rung.finished != rung.runs) text += " of " + format_count(rung.runs);
    if (rung.diverged > 0) text += ", " + format_count(rung.diverged) + " diverged";
    return text;
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

TextTable ladder_cells(const LadderTable& table) {
    TextTable cells{{"regime", "runs", "updates"}, {}, {false, true, true}};
    for (const auto& measure : table.measures) cells.headings.push_back(measure.title);
    cells.headings.emplace_back("time");
    cells.right.resize(cells.headings.size(), true);
    const auto& headline = table.measures.at(table.headline);
    const bool compared = table.rungs.size() > 1;
    if (compared) {
        cells.headings.push_back("against " + table.rungs.front().regime);
        cells.right.push_back(false);
    }
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
    auto cells = ladder_cells(table);
    for (auto& row : cells.rows) row.front() = "`" + row.front() + "`";
    return to_markdown(cells) + "\n" + ladder_legend(table) + "\n";
}

std::string to_csv(const LadderTable& table) {
    TextTable cells{{"task", "model", "optimizer", "regime", "runs", "finished", "diverged", "updates",
                     "seconds", "metric", "of", "n", "mean", "sd", "gap", "gap_low", "gap_high", "gap_n",
                     "paired"},
                    {},
                    {}};
    const auto text_if = [](bool there, auto value) { return there ? csv_number(value) : ""; };
    for (const auto& rung : table.rungs)
        for (std::size_t i = 0; i < rung.cells.size(); ++i) {
            const auto& [value, gap] = rung.cells[i];
            const auto& measure = table.measures[i];
            const Difference d = gap.value_or(Difference{});
            const bool told = d.count > 0, sure = d.count > 1;
            cells.rows.push_back({table.task, table.model, table.optimizer, rung.regime,
                                  csv_number(rung.runs), csv_number(rung.finished), csv_number(rung.diverged),
                                  text_if(rung.updates.count > 0, rung.updates.mean),
                                  text_if(rung.seconds.count > 0, rung.seconds.mean), measure.metric,
                                  measure.best ? "best" : "last", csv_number(value.count),
                                  text_if(value.count > 0, value.mean),
                                  text_if(value.count > 1, value.deviation), text_if(told, d.mean),
                                  text_if(sure, d.mean - d.half_width), text_if(sure, d.mean + d.half_width),
                                  text_if(told, d.count), told ? d.paired ? "true" : "false" : ""});
        }
    return to_csv(cells);
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

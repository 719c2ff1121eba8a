#include "core/analysis/interval_text.h"
#include "core/analysis/outcomes.h"
#include "core/base/format.h"
#include "core/store/csv_text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace descent {

namespace {

constexpr std::array kOutcomes{SymmetryOutcome::solved_as_paper, SymmetryOutcome::solved,
                               SymmetryOutcome::plateau,         SymmetryOutcome::half,
                               SymmetryOutcome::other,           SymmetryOutcome::diverged};

/// "66 (27% to 40%)"; "" of nothing.
std::string count_text(const Share& s) {
    if (s.of == 0) return "";
    return format_count(s.hits) + " (" + format_percent(s.interval.low) + " to " +
           format_percent(s.interval.high) + ")";
}

std::string ratio_text(const std::vector<double>& ratio) {
    std::string text;
    for (const double magnitude : ratio) text += (text.empty() ? "" : ":") + format_number(magnitude, 3);
    return text;
}

/// To a hundredth, as mirror errors are told.
std::string error_text(double error) {
    if (std::isnan(error)) return "";
    if (!std::isfinite(error)) return format_number(error);
    const auto hundredths = std::llround(error * 100);
    const auto rest = std::to_string(hundredths % 100);
    return std::to_string(hundredths / 100) + "." + (rest.size() < 2 ? "0" : "") + rest;
}

std::string p_text(std::optional<double> p) {
    if (!p) return "";
    return *p < 0.0001 ? "< 0.0001" : format_number(*p, 2);
}

std::string median_text(const OutcomeRow& row) {
    if (std::isnan(row.median)) return "";
    std::string text = format_count(std::llround(row.median));
    if (std::isfinite(row.median_interval.low))
        text += " [" + format_count(std::llround(row.median_interval.low)) + " to " +
                format_count(std::llround(row.median_interval.high)) + "]";
    return text;
}

nlohmann::ordered_json number(double value) {
    return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json(nullptr);
}
template<class T>
nlohmann::ordered_json optional_json(const std::optional<T>& value) {
    return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
}
nlohmann::ordered_json json_of(const Share& s) {
    return {{"hits", s.hits},
            {"of", s.of},
            {"share", number(s.value)},
            {"interval", {number(s.interval.low), number(s.interval.high)}}};
}

nlohmann::ordered_json json_of(const ReferenceMatch& match) {
    const auto& r = match.reference;
    return {{"source", r.source},
            {"anecdotal", r.anecdotal},
            {"words", r.words},
            {"seeds", r.seeds},
            {"solved_by_1425", optional_json(r.early)},
            {"solved", optional_json(r.solved)},
            {"cap", r.cap},
            {"median", optional_json(r.median)},
            {"p_by_1425", optional_json(match.early_p)},
            {"p_solved", optional_json(match.solved_p)},
            {"median_inside", optional_json(match.median_inside)},
            {"agrees", match.agrees()}};
}

} // namespace

TextTable outcome_cells(const OutcomeTable& table) {
    TextTable cells{
        {"variant", "runs", "by " + format_count(kSymmetryEarly), "by the cap", "cap", "median update"},
        {},
        {false, true, true, true, true, true}};
    // What never happened takes no column.
    std::vector<std::size_t> shown;
    for (std::size_t i = 0; i < kOutcomes.size(); ++i)
        if (std::ranges::any_of(table.rows, [&](const auto& row) { return row.outcomes[i].hits > 0; })) {
            shown.push_back(i);
            cells.headings.emplace_back(to_string(kOutcomes[i]));
        }
    for (const char* heading : {"mirror error", "ratio"}) cells.headings.emplace_back(heading);
    cells.right.resize(cells.headings.size(), true);
    for (const auto& row : table.rows) {
        std::string runs = format_count(row.early.of);
        if (row.early.of != row.seeds) runs += " of " + format_count(row.seeds);
        std::vector<std::string> line{row.variant,
                                      runs,
                                      count_text(row.early),
                                      count_text(row.solved),
                                      row.cap > 0 ? format_count(row.cap) : "",
                                      median_text(row)};
        for (const std::size_t i : shown)
            line.push_back(row.outcomes[i].hits > 0 ? count_text(row.outcomes[i]) : "");
        line.push_back(error_text(row.mirror_error));
        line.push_back(ratio_text(row.ratio));
        cells.rows.push_back(std::move(line));
    }
    return cells;
}

TextTable reference_cells(const OutcomeTable& table) {
    const std::string early = format_count(kSymmetryEarly);
    TextTable cells{
        {"variant", "source", "of", "by " + early, "p", "by their cap", "p", "median", "within", "verdict"},
        {},
        {false, false, true, true, true, true, true, true, false, false}};
    const auto count = [](const auto& value) { return value ? format_count(std::llround(*value)) : ""; };
    for (const auto& row : table.rows)
        for (const auto& match : row.references) {
            const auto& r = match.reference;
            const bool tested = match.early_p || match.solved_p || match.median_inside;
            cells.rows.push_back({row.variant, std::string(r.source) + (r.anecdotal ? " (anecdotal)" : ""),
                                  format_count(r.seeds), count(r.early), p_text(match.early_p),
                                  r.solved ? format_count(*r.solved) + " by " + format_count(r.cap) : "",
                                  p_text(match.solved_p), count(r.median),
                                  match.median_inside ? *match.median_inside ? "yes" : "no" : "",
                                  !tested          ? "not compared"
                                  : match.agrees() ? "agrees"
                                                   : "differs"});
        }
    return cells;
}

std::vector<std::string> outcome_sentences(const OutcomeTable& table) {
    std::vector<std::string> sentences;
    for (const bool anecdotal : {false, true}) {
        std::int64_t tests = 0;
        double least = 1;
        std::string where;
        std::vector<std::string> differing;
        std::int64_t compared = 0;
        for (const auto& row : table.rows)
            for (const auto& match : row.references) {
                if (match.reference.anecdotal != anecdotal) continue;
                bool any = match.median_inside.has_value();
                for (const auto& p : {match.early_p, match.solved_p}) {
                    if (!p) continue;
                    any = true;
                    ++tests;
                    if (*p < least) {
                        least = *p;
                        where = row.variant;
                    }
                }
                compared += any;
                if (any && !match.agrees()) differing.push_back(row.variant);
            }
        if (compared == 0) continue;
        std::string text = anecdotal ? "Beside the report's rates, which are anecdotal: "
                                     : "Beside the replication in PyTorch: ";
        text += format_count(compared - std::ssize(differing)) + " of " + counted(compared, "variant") +
                " not distinguishable";
        if (!differing.empty()) {
            text += "; different at 5%: ";
            for (std::size_t i = 0; i < differing.size(); ++i) text += (i > 0 ? ", " : "") + differing[i];
        }
        if (tests > 1)
            text += ". Least p " + p_text(least) + " (" + where + ") in " + counted(tests, "test") +
                    "; all of them together ask for less than " +
                    format_number(0.05 / static_cast<double>(tests), 2);
        sentences.push_back(text + ".");
    }
    return sentences;
}

std::string to_csv(const OutcomeTable& table) {
    TextTable cells{{"variant", "seeds", "runs", "cap", "solved_by_1425", "solved_by_1425_low",
                     "solved_by_1425_high", "solved", "solved_low", "solved_high", "median_update",
                     "median_low", "median_high"},
                    {},
                    {}};
    for (const auto outcome : kOutcomes) {
        auto name = std::string(to_string(outcome));
        std::ranges::replace(name, '-', '_');
        for (const char* end : {"", "_low", "_high"}) cells.headings.push_back("outcome_" + name + end);
    }
    for (const char* heading : {"judged", "mirror_error", "ratio_error", "ratio"})
        cells.headings.emplace_back(heading);
    const auto text_of = [](double value) { return std::isnan(value) ? "" : csv_number(value); };
    for (const auto& row : table.rows) {
        std::vector<std::string> line{row.variant, csv_number(row.seeds), csv_number(row.early.of),
                                      csv_number(row.cap)};
        const auto add = [&](const Share& s) {
            line.insert(line.end(), {csv_number(s.hits), text_of(s.interval.low), text_of(s.interval.high)});
        };
        add(row.early);
        add(row.solved);
        line.insert(line.end(), {text_of(row.median), text_of(row.median_interval.low),
                                 text_of(row.median_interval.high)});
        for (const auto& outcome : row.outcomes) add(outcome);
        std::string ratio;
        for (const double magnitude : row.ratio) ratio += (ratio.empty() ? "" : ":") + csv_number(magnitude);
        line.insert(line.end(),
                    {csv_number(row.judged), text_of(row.mirror_error), text_of(row.ratio_error), ratio});
        cells.rows.push_back(std::move(line));
    }
    return to_csv(cells);
}

nlohmann::ordered_json to_json(const OutcomeTable& table) {
    auto rows = nlohmann::ordered_json::array();
    for (const auto& row : table.rows) {
        auto outcomes = nlohmann::ordered_json::object();
        for (std::size_t i = 0; i < kOutcomes.size(); ++i)
            outcomes[std::string(to_string(kOutcomes[i]))] = json_of(row.outcomes[i]);
        auto references = nlohmann::ordered_json::array(), ratio = nlohmann::ordered_json::array();
        for (const auto& match : row.references) references.push_back(json_of(match));
        for (const double magnitude : row.ratio) ratio.push_back(number(magnitude));
        rows.push_back(
            {{"variant", row.variant},
             {"seeds", row.seeds},
             {"runs", row.early.of},
             {"cap", row.cap},
             {"solved_by_1425", json_of(row.early)},
             {"solved", json_of(row.solved)},
             {"median_update", number(row.median)},
             {"median_interval", {number(row.median_interval.low), number(row.median_interval.high)}},
             {"outcomes", std::move(outcomes)},
             {"judged", row.judged},
             {"mirror_error", number(row.mirror_error)},
             {"ratio_error", number(row.ratio_error)},
             {"ratio", std::move(ratio)},
             {"references", std::move(references)}});
    }
    return {{"title", table.title}, {"variants", std::move(rows)}, {"sentences", outcome_sentences(table)}};
}

} // namespace descent

#include "core/analysis/comparison.h"
#include "core/analysis/interval_text.h"
#include "core/base/format.h"
#include "core/store/csv_text.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

namespace descent {

namespace {

bool seeds_differ(const ComparisonRow& row) {
    return std::set(row.seeds.begin(), row.seeds.end()).size() == row.seeds.size();
}

/// What the replicates of both are called: runs of the same seed are not told apart by it.
const char* noun_of(const ComparisonRow& a, const ComparisonRow& b) {
    return seeds_differ(a) && seeds_differ(b) ? "seed" : "run";
}

std::string missing_text(const ComparisonRow& row) {
    if (row.missing == 0) return "";
    return format_count(row.missing) + " of " + counted(std::ssize(row.runs), "run") +
           (row.missing == 1 ? " has" : " have") + " no number";
}

std::string size_text(const Difference& gap, const ComparisonRow& a, const ComparisonRow& b) {
    const char* noun = noun_of(a, b);
    if (gap.paired) return "paired, " + counted(gap.count, noun);
    return format_count(b.moments.count) + " and " + counted(a.moments.count, noun);
}

std::string needed_text(const Contrast& contrast) {
    if (contrast.needed <= contrast.gap.count) return "";
    if (contrast.needed >= kMostNeeded) return "a million or more would be needed";
    return "about " + format_count(contrast.needed) + " would be needed";
}

bool is_better(const Difference& gap, Direction direction) {
    return direction == Direction::higher ? gap.mean > 0 : gap.mean < 0;
}

std::string told(const ComparisonRow& reference, const ComparisonRow& row, const Contrast& contrast,
                 Direction direction) {
    const auto& gap = contrast.gap;
    if (gap.count == 0)
        return reference.moments.count == 0 ? "nothing to compare with: the reference has no number"
                                            : "no number to compare";
    std::string text = gap_text(gap, 1, noun_of(reference, row));
    if (gap.count < 2) return text;
    if (gap.distinct()) {
        text += " (" + size_text(gap, reference, row) + ")";
        if (direction != Direction::none) text += is_better(gap, direction) ? ": better" : ": worse";
    } else if (const auto needed = needed_text(contrast); !needed.empty()) {
        text += "; " + needed;
    }
    return text;
}

std::string metric_text(const MetricPick& pick) {
    switch (pick.at) {
    case MetricPick::At::best:
        return "the best " + pick.metric;
    case MetricPick::At::update:
        return pick.metric + " at update " + format_count(pick.update.count);
    case MetricPick::At::last:
        break;
    }
    return "the last " + pick.metric;
}

std::string mean_text(const ComparisonRow& row) {
    return spread_text(row.moments) + " (" + (row.moments.count > 1 ? "mean ± SD, " : "") +
           counted(row.moments.count, seeds_differ(row) ? "seed" : "run") + ")";
}

std::string without_direction(const Comparison& comparison) {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < comparison.rows.size(); ++i)
        if (i != comparison.reference) all.push_back(comparison.rows[i].label + " " + verdict(comparison, i));
    return "In " + metric_text(comparison.pick) + ", against " + comparison.rows[comparison.reference].label +
           ": " + joined(all, "; ") + ".";
}

std::string interval_text(const Interval& interval) {
    if (!std::isfinite(interval.low)) return "";
    const double half = (interval.high - interval.low) / 2;
    // The digits that the width allows, as for a spread.
    const auto digits = [&](double v) {
        const auto text = with_spread(v, half);
        return text.substr(0, text.find(" ±"));
    };
    return digits(interval.low) + " to " + digits(interval.high);
}

std::string p_text(double p) {
    if (!std::isfinite(p)) return "";
    return p < 0.0001 ? "< 0.0001" : format_number(p, 2);
}

} // namespace

std::string verdict(const Comparison& comparison, std::size_t row) {
    const auto& here = comparison.rows.at(row);
    std::string text =
        here.against ? told(comparison.rows[comparison.reference], here, *here.against, comparison.direction)
                     : "the reference";
    if (const auto missing = missing_text(here); !missing.empty()) text += "; " + missing;
    return text;
}

std::string conclusion(const Comparison& comparison) {
    const auto& rows = comparison.rows;
    if (comparison.direction == Direction::none && rows.size() > 1) return without_direction(comparison);
    const bool higher = comparison.direction == Direction::higher;
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (rows[i].moments.count > 0 &&
            (!best || (higher ? rows[i].moments.mean > rows[*best].moments.mean
                              : rows[i].moments.mean < rows[*best].moments.mean)))
            best = i;
    if (!best) return "No run has a number for " + metric_text(comparison.pick) + ".";
    std::string text = "Best in " + metric_text(comparison.pick) + ": " + rows[*best].label + ", " +
                       mean_text(rows[*best]) + ".";
    std::vector<std::string> alike, worse, untold, without;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (i == *best) continue;
        const auto& row = rows[i];
        if (row.moments.count == 0) {
            without.push_back(row.label);
            continue;
        }
        const auto contrast = contrast_of(comparison, *best, i);
        const auto& gap = contrast.gap;
        if (gap.count < 2) {
            untold.push_back(row.label);
        } else if (gap.distinct()) {
            worse.push_back(row.label + " by " + with_spread(std::abs(gap.mean), gap.half_width) + " (" +
                            size_text(gap, rows[*best], row) + ")");
        } else {
            const auto needed = needed_text(contrast);
            alike.push_back(row.label + " (" + with_spread(gap.mean, gap.half_width) + ", " +
                            size_text(gap, rows[*best], row) + (needed.empty() ? "" : "; " + needed) + ")");
        }
    }
    if (!alike.empty()) text += " Not distinguishable from it: " + joined(alike) + ".";
    if (!worse.empty()) text += " Worse: " + joined(worse) + ".";
    if (untold.size() > 6) // each run by itself: their names would say nothing more
        text += " Too few runs to tell: the " + format_count(std::int64_t(untold.size())) + " others.";
    else if (!untold.empty())
        text += " Too few runs to tell: " + joined(untold) + ".";
    if (!without.empty()) text += " Without a number: " + joined(without) + ".";
    if (alike.size() + worse.size() > 1) text += " Each interval holds at 95% for itself.";
    return text;
}

TextTable comparison_table(const Comparison& comparison) {
    TextTable table{
        {"group", "runs", "mean ± SD", "95% interval", "difference", "p", "effect", "needed", "verdict"},
        {},
        {false, true, true, true, true, true, true, true, false}};
    for (std::size_t i = 0; i < comparison.rows.size(); ++i) {
        const auto& row = comparison.rows[i];
        std::string runs = format_count(row.moments.count);
        if (row.missing > 0) runs += " of " + format_count(std::ssize(row.runs));
        std::vector<std::string> cells{row.label, runs, spread_text(row.moments),
                                       interval_text(row.interval)};
        if (row.against && row.against->gap.count > 1) {
            const auto& [gap, p, effect, needed] = *row.against;
            cells.insert(cells.end(),
                         {with_spread(gap.mean, gap.half_width), p_text(p),
                          std::isfinite(effect) ? format_number(effect, 2) : "",
                          needed > 0 ? (needed >= kMostNeeded ? "≥ " : "") + format_count(needed) : ""});
        } else {
            cells.resize(8);
        }
        cells.push_back(verdict(comparison, i));
        table.rows.push_back(std::move(cells));
    }
    return table;
}

TextTable tidy_table(std::span<const Comparison> comparisons) {
    TextTable table{{"metric",
                     "at",
                     "group",
                     "reference",
                     "runs",
                     "n",
                     "mean",
                     "sd",
                     "low",
                     "high",
                     "difference",
                     "difference_low",
                     "difference_high",
                     "difference_n",
                     "paired",
                     "dof",
                     "p",
                     "effect",
                     "needed",
                     "verdict"},
                    {},
                    {}};
    const auto text_if = [](bool there, auto value) { return there ? csv_number(value) : std::string(); };
    for (const auto& comparison : comparisons)
        for (std::size_t i = 0; i < comparison.rows.size(); ++i) {
            const auto& row = comparison.rows[i];
            const auto& m = row.moments;
            const Contrast c = row.against.value_or(Contrast{});
            const bool some = c.gap.count > 0, sure = c.gap.count > 1;
            table.rows.push_back({comparison.pick.metric,
                                  at_text(comparison.pick),
                                  row.label,
                                  i == comparison.reference ? "true" : "false",
                                  csv_number(std::ssize(row.runs)),
                                  csv_number(m.count),
                                  text_if(m.count > 0, m.mean),
                                  text_if(m.count > 1, m.deviation),
                                  text_if(m.count > 1, row.interval.low),
                                  text_if(m.count > 1, row.interval.high),
                                  text_if(some, c.gap.mean),
                                  text_if(sure, c.gap.mean - c.gap.half_width),
                                  text_if(sure, c.gap.mean + c.gap.half_width),
                                  text_if(some, c.gap.count),
                                  some ? c.gap.paired ? "true" : "false" : "",
                                  text_if(sure, c.gap.dof),
                                  text_if(std::isfinite(c.p) && sure, c.p),
                                  text_if(std::isfinite(c.effect) && sure, c.effect),
                                  text_if(c.needed > 0, c.needed),
                                  verdict(comparison, i)});
        }
    return table;
}

} // namespace descent

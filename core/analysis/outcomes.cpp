#include "core/analysis/outcomes.h"

#include "core/analysis/intervals.h"
#include "core/store/reader.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

namespace descent {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kAlmostOne = 1 - 1e-9;

double median_of(std::vector<double> values) {
    if (values.empty()) return kNaN;
    const auto middle = values.begin() + std::ssize(values) / 2;
    std::nth_element(values.begin(), middle, values.end());
    if (values.size() % 2 == 1) return *middle;
    return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

template<class Pick>
Share share_of(const std::vector<const SymmetryEnd*>& ends, Pick&& pick) {
    return share(std::ranges::count_if(ends, [&](const auto* end) { return pick(*end); }), std::ssize(ends));
}

/// The ends by row of the grid, in which seeds vary slowest.
std::vector<std::vector<const SymmetryEnd*>> by_row(const SweepPlan& plan,
                                                    const std::vector<SymmetryEnd>& ends) {
    std::size_t rows = 1;
    for (const auto& axis : plan.axes) rows *= axis.levels.size();
    std::vector<std::vector<const SymmetryEnd*>> all(rows);
    for (const auto& end : ends)
        if (rows > 0) all[end.cell % rows].push_back(&end);
    return all;
}

std::vector<std::size_t> levels_of(const SweepPlan& plan, std::size_t row) {
    std::vector<std::size_t> levels(plan.axes.size());
    for (std::size_t axis = plan.axes.size(); axis-- > 0;) {
        levels[axis] = row % plan.axes[axis].levels.size();
        row /= plan.axes[axis].levels.size();
    }
    return levels;
}

/// An axis of variants speaks for itself; a parameter's value needs its name.
std::string label_of(const SweepPlan& plan, const std::vector<std::size_t>& levels) {
    std::string label;
    for (std::size_t i = 0; i < levels.size(); ++i) {
        const auto& axis = plan.axes[i];
        const auto& level = axis.levels[levels[i]];
        const bool plain =
            level.settings.size() == 1 && level.settings.front() == std::pair(axis.name, level.label);
        if (!label.empty()) label += ", ";
        label += plain ? axis.name + " " + level.label : level.label;
    }
    return label.empty() ? plan.title : label;
}

void judge_solved(OutcomeRow& row, const std::vector<const SymmetryEnd*>& ends) {
    row.mirror_error = row.ratio_error = kNaN;
    std::array<std::int64_t, 6> counts{};
    std::vector<std::vector<double>> magnitudes;
    for (const auto* end : ends) {
        const auto judged =
            judge_symmetry(end->accuracy, end->diverged, end->weights, end->bits, end->hidden);
        ++counts[static_cast<std::size_t>(judged.outcome)];
        const bool solved =
            judged.outcome == SymmetryOutcome::solved_as_paper || judged.outcome == SymmetryOutcome::solved;
        if (!solved || end->weights.empty()) continue;
        ++row.judged;
        row.mirror_error = std::fmax(row.mirror_error, judged.mirror_error);
        row.ratio_error = std::fmax(row.ratio_error, judged.ratio_error);
        for (const auto& unit : hidden_units(end->weights, end->bits, end->hidden)) {
            const auto ratio = unit.ratio();
            magnitudes.resize(std::max(magnitudes.size(), ratio.size()));
            for (std::size_t i = 0; i < ratio.size(); ++i) magnitudes[i].push_back(ratio[i]);
        }
    }
    for (auto& all : magnitudes) row.ratio.push_back(median_of(std::move(all)));
    for (std::size_t i = 0; i < counts.size(); ++i) row.outcomes[i] = share(counts[i], std::ssize(ends));
}

std::vector<ReferenceMatch> matches_of(const OutcomeRow& row, const std::vector<const SymmetryEnd*>& ends) {
    std::vector<ReferenceMatch> matches;
    if (ends.empty()) return matches;
    const auto p_of = [](const Share& here, std::int64_t hits, std::int64_t of) {
        return fisher_p(here.hits, here.of, hits, of);
    };
    for (const auto& reference : symmetry_references()) {
        if (reference.variant != row.variant) continue;
        ReferenceMatch match{.reference = reference};
        if (reference.early && row.cap >= kSymmetryEarly)
            match.early_p = p_of(row.early, *reference.early, reference.seeds);
        if (reference.solved && row.cap >= reference.cap) {
            const auto by_then = share_of(ends, [&](const auto& end) { return end.solved(reference.cap); });
            match.solved_p = p_of(by_then, *reference.solved, reference.seeds);
        }
        if (reference.median && row.cap == reference.cap && std::isfinite(row.median_interval.low)) {
            // Theirs is uncertain too: by as much as here, but for the number of networks.
            const double wider =
                std::sqrt(1 + static_cast<double>(row.solved.hits) / static_cast<double>(*reference.solved));
            match.median_inside =
                *reference.median >= row.median - wider * (row.median - row.median_interval.low) &&
                *reference.median <= row.median + wider * (row.median_interval.high - row.median);
        }
        matches.push_back(match);
    }
    return matches;
}

double log_gamma(double x) {
    int sign = 0; // std::lgamma leaves it in a global, where threads would meet
    return lgamma_r(x, &sign);
}

double log_beta(double a, double b) {
    return log_gamma(a) + log_gamma(b) - log_gamma(a + b);
}

} // namespace

bool SymmetryEnd::solved(std::int64_t by) const {
    if (perfect_at) return *perfect_at <= by;
    return !diverged && accuracy >= kAlmostOne && by >= cap;
}

std::optional<SymmetryEnd> symmetry_end(const CellRun& run, std::vector<double> weights) {
    const auto& [cell, record] = run;
    const auto& spec = record.spec;
    const bool diverged = record.state == RunState::diverged;
    if (spec.task.id != "symmetry" || (record.state != RunState::finished && !diverged)) return std::nullopt;
    SymmetryEnd end{.cell = cell, .run = record.id, .diverged = diverged};
    const auto last = [&](const char* metric) {
        const auto found = record.summary.find(metric);
        return found == record.summary.end() ? std::optional<double>() : found->second.last;
    };
    end.accuracy = last("train/accuracy").value_or(kNaN);
    if (const auto at = last("train/perfect-at"); at && std::isfinite(*at))
        end.perfect_at = std::llround(*at);
    end.cap = spec.budget.updates.value_or(record.planned.count);
    end.bits = spec.task.params.integer("bits");
    if (spec.model.id == "mlp") end.hidden = spec.model.params.integer("hidden");
    if (std::ssize(weights) == end.hidden * (end.bits + 2) + 1) end.weights = std::move(weights);
    return end;
}

std::vector<SymmetryEnd> symmetry_ends(const StoreReader& store, const std::vector<CellRun>& runs) {
    std::vector<SymmetryEnd> ends;
    for (const auto& run : runs) {
        const auto matrix = store.matrix(run.run.id, "weights");
        if (auto end = symmetry_end(run, matrix ? matrix->values : std::vector<double>{}))
            ends.push_back(std::move(*end));
    }
    return ends;
}

bool ReferenceMatch::agrees() const {
    constexpr double least = 0.05;
    return early_p.value_or(1) >= least && solved_p.value_or(1) >= least && median_inside.value_or(true);
}

OutcomeTable symmetry_outcomes(const SweepPlan& plan, const std::vector<SymmetryEnd>& ends,
                               bool with_references) {
    OutcomeTable table{.title = plan.title};
    const auto all = by_row(plan, ends);
    for (std::size_t at = 0; at < all.size(); ++at) {
        const auto& here = all[at];
        OutcomeRow row{.levels = levels_of(plan, at), .seeds = std::ssize(plan.seeds)};
        row.variant = label_of(plan, row.levels);
        std::vector<double> when;
        for (const auto* end : here) {
            row.cap = std::max(row.cap, end->cap);
            if (end->solved(end->cap))
                when.push_back(static_cast<double>(end->perfect_at.value_or(end->cap)));
        }
        row.early = share_of(here, [](const auto& end) { return end.solved(kSymmetryEarly); });
        row.solved = share_of(here, [](const auto& end) { return end.solved(end.cap); });
        row.median_interval = bootstrap_interval(when, Centre::median);
        row.median = median_of(std::move(when));
        judge_solved(row, here);
        if (with_references) row.references = matches_of(row, here);
        table.rows.push_back(std::move(row));
    }
    return table;
}

std::vector<RankedSetting> rank_settings(const SweepPlan& plan, const std::vector<SymmetryEnd>& ends,
                                         const SymmetryGoal& goal) {
    std::vector<RankedSetting> ranking;
    const auto all = by_row(plan, ends);
    for (std::size_t at = 0; at < all.size(); ++at) {
        const auto& here = all[at];
        if (here.empty()) continue;
        RankedSetting setting{.setting = label_of(plan, levels_of(plan, at)),
                              .solved = share_of(here, [&](const auto& end) { return end.solved(goal.by); })};
        const auto k = static_cast<double>(goal.hits), n = static_cast<double>(goal.of);
        const double a = static_cast<double>(setting.solved.hits) + 0.5,
                     b = static_cast<double>(setting.solved.of - setting.solved.hits) + 0.5;
        setting.likelihood = std::exp(log_gamma(n + 1) - log_gamma(k + 1) - log_gamma(n - k + 1) +
                                      log_beta(k + a, n - k + b) - log_beta(a, b));
        setting.p = fisher_p(setting.solved.hits, setting.solved.of, goal.hits, goal.of);
        ranking.push_back(std::move(setting));
    }
    std::ranges::stable_sort(ranking, std::greater<>(), &RankedSetting::likelihood);
    return ranking;
}

} // namespace descent

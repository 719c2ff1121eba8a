#include "core/analysis/comparison.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace descent {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// std::lgamma leaves the sign in a global, where threads would meet.
double log_gamma(double x) {
    int sign = 0;
    return lgamma_r(x, &sign);
}

/// Takes the bias off a standardised difference (Hedges 1981).
double correction(double dof) {
    if (dof < 2) return kNaN;
    return std::exp(log_gamma(dof / 2) - log_gamma((dof - 1) / 2)) / std::sqrt(dof / 2);
}

double effect_of(const Difference& gap, std::span<const double> reference, std::span<const double> values) {
    if (gap.paired) {
        const auto n = static_cast<double>(gap.count);
        return gap.mean / (gap.error * std::sqrt(n)) * correction(n - 1);
    }
    const auto a = moments(reference), b = moments(values);
    const auto da = static_cast<double>(a.count - 1), db = static_cast<double>(b.count - 1);
    const double pooled =
        std::sqrt((da * a.deviation * a.deviation + db * b.deviation * b.deviation) / (da + db));
    return gap.mean / pooled * correction(da + db);
}

/// That a two-sided t test tells an effect of size `d` at `level`.
double power_of(double d, double n, bool paired, double level) {
    const double dof = paired ? n - 1 : 2 * n - 2, shift = std::abs(d) * std::sqrt(paired ? n : n / 2);
    const double t = student_t_quantile((1 + level) / 2, dof);
    return 1 - noncentral_t_cdf(t, dof, shift) + noncentral_t_cdf(-t, dof, shift);
}

std::vector<Replicate> finite_replicates(const ComparisonRow& row) {
    std::vector<Replicate> all;
    for (std::size_t i = 0; i < row.values.size(); ++i)
        if (std::isfinite(row.values[i])) all.push_back({row.seeds[i], row.values[i]});
    return all;
}

} // namespace

Matched match_seeds(std::span<const Replicate> reference, std::span<const Replicate> values) {
    std::map<std::uint64_t, double> a, b;
    for (const auto& [seed, value] : reference) a.emplace(seed, value);
    for (const auto& [seed, value] : values) b.emplace(seed, value);
    Matched matched;
    for (const auto& [seed, value] : b)
        if (const auto same = a.find(seed); same != a.end()) {
            matched.reference.push_back(same->second);
            matched.values.push_back(value);
        }
    const bool each_once = a.size() == reference.size() && b.size() == values.size();
    matched.paired = each_once && matched.values.size() == std::min(a.size(), b.size());
    if (matched.paired) return matched;
    matched.reference.clear();
    matched.values.clear();
    for (const auto& one : reference) matched.reference.push_back(one.value);
    for (const auto& one : values) matched.values.push_back(one.value);
    return matched;
}

Contrast contrast(std::span<const double> reference, std::span<const double> values, bool paired) {
    std::vector<double> a, b;
    if (paired) {
        for (std::size_t i = 0; i < std::min(reference.size(), values.size()); ++i)
            if (std::isfinite(reference[i]) && std::isfinite(values[i])) {
                a.push_back(reference[i]);
                b.push_back(values[i]);
            }
    } else {
        std::ranges::copy_if(reference, std::back_inserter(a), [](double v) { return std::isfinite(v); });
        std::ranges::copy_if(values, std::back_inserter(b), [](double v) { return std::isfinite(v); });
    }
    Contrast result{
        .gap = paired ? paired_difference(a, b) : welch_difference(a, b), .p = kNaN, .effect = kNaN};
    const auto& gap = result.gap;
    if (gap.count < 2) return result;
    if (gap.error > 0)
        result.p = 2 * student_t_cdf(-std::abs(gap.mean) / gap.error, gap.dof);
    else if (gap.mean != 0)
        result.p = 0;
    result.effect = effect_of(gap, a, b);
    result.needed = needed_replicates(result.effect, paired);
    return result;
}

std::int64_t needed_replicates(double d, bool paired, double power, double level) {
    if (d == 0 || !std::isfinite(d)) return 0;
    const auto enough = [&](std::int64_t n) {
        return power_of(d, static_cast<double>(n), paired, level) >= power;
    };
    std::int64_t low = 1, high = 2; // too few, perhaps enough
    while (high < kMostNeeded && !enough(high)) {
        low = high;
        high = std::min(2 * high, kMostNeeded);
    }
    while (high - low > 1) {
        const auto middle = low + (high - low) / 2;
        (enough(middle) ? high : low) = middle;
    }
    return high;
}

Comparison compare_groups(const std::vector<RunRecord>& runs, const std::vector<RunGroup>& groups,
                          const MetricPick& pick, std::span<const double> values, Direction direction,
                          std::size_t reference) {
    if (reference >= groups.size())
        throw InputError("the reference is group " + std::to_string(reference) + " of " +
                         std::to_string(groups.size()));
    Comparison comparison{
        .pick = pick, .direction = direction, .unit = {}, .reference = reference, .rows = {}};
    for (const auto& group : groups) {
        ComparisonRow row{.label = group.label, .runs = group.runs, .interval = {kNaN, kNaN}};
        std::vector<double> finite;
        for (const auto i : group.runs) {
            row.values.push_back(values[i]);
            row.seeds.push_back(runs[i].spec.seed);
            if (std::isfinite(values[i])) finite.push_back(values[i]);
        }
        row.moments = moments(finite);
        row.missing = std::ssize(group.runs) - row.moments.count;
        if (row.moments.count > 1) {
            const auto n = static_cast<double>(row.moments.count);
            const double half = row.moments.deviation == 0
                                    ? 0
                                    : student_t_quantile(0.975, n - 1) * row.moments.deviation / std::sqrt(n);
            row.interval = {row.moments.mean - half, row.moments.mean + half};
        }
        comparison.rows.push_back(std::move(row));
    }
    for (std::size_t i = 0; i < comparison.rows.size(); ++i)
        if (i != reference) comparison.rows[i].against = contrast_of(comparison, reference, i);
    return comparison;
}

Contrast contrast_of(const Comparison& comparison, std::size_t reference, std::size_t row) {
    const auto matched = match_seeds(finite_replicates(comparison.rows.at(reference)),
                                     finite_replicates(comparison.rows.at(row)));
    return contrast(matched.reference, matched.values, matched.paired);
}

} // namespace descent

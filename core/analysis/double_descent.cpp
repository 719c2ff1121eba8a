#include "core/analysis/double_descent.h"

#include "core/analysis/intervals.h"
#include "core/base/random.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

namespace descent {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::size_t kDraws = 1000;

using Replicates = std::span<const std::vector<LevelPoint>>;

/// The middle one, or the mean of the middle two, of values in no order, which are moved about. ∞ is a value
/// like others; beside it, the lower of the middle two counts.
double median_of(std::span<double> values) {
    if (values.empty()) return kNaN;
    const auto middle = values.begin() + std::ssize(values) / 2;
    std::nth_element(values.begin(), middle, values.end());
    if (values.size() % 2 == 1) return *middle;
    const double below = *std::max_element(values.begin(), middle);
    return std::isfinite(*middle) ? below + (*middle - below) / 2 : below;
}

/// Linear between order statistics; nothing is interpolated towards ∞.
double quantile_of_sorted(std::span<const double> sorted, double p) {
    const double at = p * static_cast<double>(sorted.size() - 1);
    const auto low = static_cast<std::size_t>(at);
    const double rest = at - static_cast<double>(low);
    if (rest == 0 || low + 1 == sorted.size() || sorted[low] == sorted[low + 1]) return sorted[low];
    return std::isfinite(sorted[low + 1]) ? std::lerp(sorted[low], sorted[low + 1], rest) : kInfinity;
}

Interval interval_of(std::vector<double> values) {
    if (values.empty()) return {kNaN, kNaN};
    std::ranges::sort(values);
    return {quantile_of_sorted(values, 0.025), quantile_of_sorted(values, 0.975)};
}

/// The replicates' values at every x that any of them has, absent ones as NaN: values[x · seeds + seed].
struct Grid {
    std::size_t seeds = 0;
    std::vector<double> x, values;

    explicit Grid(Replicates replicates) {
        std::vector<std::vector<PlotPoint>> courses;
        for (const auto& replicate : replicates) {
            auto& course = courses.emplace_back();
            for (const auto& point : replicate) course.push_back({point.x, point.value});
            if (course.empty()) courses.pop_back();
        }
        seeds = courses.size();
        for (const auto& point : fold_replicates(courses, Centre::median, Spread::none)) x.push_back(point.x);
        values.resize(x.size() * seeds, kNaN);
        for (std::size_t seed = 0; seed < seeds; ++seed) put(courses[seed], seed);
    }

    void put(const std::vector<PlotPoint>& course, std::size_t seed) {
        std::size_t next = 0; // the first point beyond x[i]
        for (std::size_t i = 0; i < x.size(); ++i) {
            while (next < course.size() && course[next].x <= x[i]) ++next;
            if (next == 0) continue;
            const auto& before = course[next - 1];
            double& value = values[i * seeds + seed];
            if (before.x == x[i])
                value = before.y;
            else if (next < course.size())
                value = std::lerp(before.y, course[next].y, (x[i] - before.x) / (course[next].x - before.x));
        }
    }

    /// The median at each x over the seeds that `chosen` names, the finite ones of them.
    void fold(std::span<const std::size_t> chosen, std::vector<double>& medians) const {
        std::vector<double> there(chosen.size());
        medians.resize(x.size());
        for (std::size_t i = 0; i < x.size(); ++i) {
            std::size_t count = 0;
            for (const std::size_t seed : chosen)
                if (const double v = values[i * seeds + seed]; std::isfinite(v)) there[count++] = v;
            medians[i] = median_of(std::span(there).first(count));
        }
    }
    std::vector<double> fold() const {
        std::vector<std::size_t> all(seeds);
        for (std::size_t seed = 0; seed < seeds; ++seed) all[seed] = seed;
        std::vector<double> medians;
        fold(all, medians);
        return medians;
    }

    /// `visit` is given the medians of each bootstrap draw of the seeds; fewer draws of very long courses.
    template<class Visit>
    void resample(std::uint64_t seed, Visit&& visit) const {
        constexpr std::size_t most_values = 40'000'000, fewest = 200;
        const std::size_t draws =
            std::clamp(most_values / std::max<std::size_t>(1, values.size()), fewest, kDraws);
        RandomStream stream(seed, "bootstrap of seeds");
        std::vector<std::size_t> chosen(seeds);
        std::vector<double> medians;
        for (std::size_t d = 0; d < draws; ++d) {
            for (auto& index : chosen) index = stream.below(seeds);
            fold(chosen, medians);
            visit(medians);
        }
    }
};

/// Positions of an inner maximum and of the lowest value on either side of it.
struct Summit {
    std::size_t at = 0, before = 0, after = 0;
};

/// The one that stands out most above the lower of its sides' heights. None where all is monotonic or has one
/// valley.
std::optional<Summit> summit_of(std::span<const double> y) {
    std::vector<std::size_t> there;
    for (std::size_t i = 0; i < y.size(); ++i)
        if (std::isfinite(y[i])) there.push_back(i);
    if (there.size() < 3) return std::nullopt;
    // after[k]: where it is lowest from there[k] on.
    std::vector<std::size_t> after(there);
    for (std::size_t k = there.size() - 1; k-- > 0;)
        if (y[after[k + 1]] <= y[there[k]]) after[k] = after[k + 1];
    std::optional<Summit> best;
    double height = 0;
    std::size_t before = there.front();
    for (std::size_t k = 1; k + 1 < there.size(); ++k) {
        const Summit here{there[k], before, after[k + 1]};
        const double above = y[here.at] - std::max(y[here.before], y[here.after]);
        if (above > height) {
            best = here;
            height = above;
        }
        if (y[there[k]] < y[before]) before = there[k];
    }
    return best;
}

/// How uncertain a point of one course is, told by the second differences of neighbours, most of which are
/// noise (the median of them, so that a sharp peak does not count as noise).
double roughness(std::span<const double> y) {
    std::vector<double> bends;
    for (std::size_t i = 1; i + 1 < y.size(); ++i)
        if (const double bend = y[i - 1] - 2 * y[i] + y[i + 1]; std::isfinite(bend))
            bends.push_back(std::abs(bend));
    // The median of |N(0, 1)| is 0.6745; a second difference has six times the variance of a point.
    return bends.empty() ? 0 : median_of(bends) / (0.6744897501960817 * std::sqrt(6.0));
}

/// How many standard errors a difference has to be, where any of the pairs of `levels` could have been it.
double standard_errors_needed(std::size_t levels) {
    const double pairs = static_cast<double>(levels) * static_cast<double>(levels - 1) / 2;
    const double tail = 0.05 / pairs;
    double low = 2, high = 40;
    for (int i = 0; i < 60; ++i) {
        const double middle = (low + high) / 2;
        (std::erfc(middle / std::numbers::sqrt2) / 2 > tail ? low : high) = middle;
    }
    return low;
}

/// On the axis as drawn.
double scaled(double x, bool log) {
    return log ? std::log(x) : x;
}

double log_choose(double n, double k) {
    const auto log_factorial = [](double m) {
        int sign = 0; // std::lgamma leaves it in a global, where threads would meet
        return lgamma_r(m + 1, &sign);
    };
    return log_factorial(n) - log_factorial(k) - log_factorial(n - k);
}

} // namespace

InterpolationThreshold interpolation_threshold(Replicates train_error, double error, std::uint64_t seed) {
    InterpolationThreshold threshold{.median = kNaN, .interval = {kNaN, kNaN}};
    std::vector<double> first;
    for (const auto& replicate : train_error) {
        if (replicate.empty()) continue;
        const auto found = std::ranges::find_if(replicate, [&](const auto& p) { return p.value <= error; });
        first.push_back(found == replicate.end() ? kInfinity : found->x);
        if (found != replicate.end()) ++threshold.reached;
    }
    threshold.seeds = std::ssize(first);
    if (threshold.reached == 0 || 2 * threshold.reached < threshold.seeds) return threshold;
    std::vector<double> drawn(first), medians;
    threshold.median = median_of(drawn);
    if (first.size() < 2) return threshold;
    RandomStream stream(seed, "bootstrap of thresholds");
    for (std::size_t d = 0; d < kDraws; ++d) {
        for (double& x : drawn) x = first[stream.below(first.size())];
        medians.push_back(median_of(drawn));
    }
    threshold.interval = interval_of(std::move(medians));
    return threshold;
}

std::optional<DescentPeak> descent_peak(Replicates test_error, std::uint64_t seed) {
    const Grid grid(test_error);
    const auto course = grid.fold();
    const auto summit = summit_of(course);
    if (!summit) return std::nullopt;
    const auto [at, before, after] = *summit;
    // Near the threshold of least squares errors are so heavy-tailed that only their ratios tell anything.
    const bool ratios =
        std::ranges::none_of(grid.values, [](double value) { return value <= 0; }); // NaN is none
    const auto told = [ratios](double value) { return ratios ? std::log(value) : value; };
    const double above_before = told(course[at]) - told(course[before]),
                 above_after = told(course[at]) - told(course[after]);

    double error_before = 0, error_after = 0;
    std::vector<double> places;
    if (grid.seeds < 2) {
        std::vector<double> as_told(course.begin(), course.end());
        for (double& value : as_told) value = told(value);
        error_before = error_after = roughness(as_told) * std::numbers::sqrt2;
    } else {
        std::vector<double> left, right;
        double variance = 0;
        std::size_t counted = 0;
        grid.resample(seed, [&](const std::vector<double>& drawn) {
            for (std::size_t i = 0; i < drawn.size(); ++i)
                if (const double d = told(drawn[i]) - told(course[i]); std::isfinite(d)) {
                    variance += d * d;
                    ++counted;
                }
            if (const auto found = summit_of(drawn)) places.push_back(grid.x[found->at]);
            const double top = told(drawn[at]);
            if (const double d = top - told(drawn[before]); std::isfinite(d)) left.push_back(d);
            if (const double d = top - told(drawn[after]); std::isfinite(d)) right.push_back(d);
        });
        error_before = moments(left).deviation;
        error_after = moments(right).deviation;
        // Two or three seeds agree by chance: then at least what all levels together say.
        constexpr std::size_t few = 4;
        if (grid.seeds < few) {
            const double pooled = std::sqrt(2 * variance / static_cast<double>(counted));
            error_before = std::max(error_before, pooled);
            error_after = std::max(error_after, pooled);
        }
    }
    const double needed = standard_errors_needed(grid.x.size());
    // Not written as <, so that an error that cannot be told counts as too large.
    if (!(above_before > needed * error_before) || !(above_after > needed * error_after)) return std::nullopt;
    return DescentPeak{.x = grid.x[at],
                       .value = course[at],
                       .where = interval_of(std::move(places)),
                       .before_x = grid.x[before],
                       .before = course[before],
                       .after_x = grid.x[after],
                       .after = course[after]};
}

std::vector<double> next_levels(Replicates test_error, std::size_t count, bool log, bool whole,
                                std::uint64_t seed) {
    const Grid grid(test_error);
    struct Gap {
        double low = 0, high = 0, share = 0;
        bool closed = false; ///< no whole number is left in it
        double score(bool on_log) const {
            return closed ? 0 : share * (scaled(high, on_log) - scaled(low, on_log));
        }
    };
    std::vector<Gap> gaps;
    for (std::size_t i = 0; i + 1 < grid.x.size(); ++i)
        gaps.push_back({grid.x[i], grid.x[i + 1], 0, log && grid.x[i] <= 0});
    if (gaps.empty()) return {};

    const auto note_peak = [&](const std::vector<double>& medians) {
        if (const auto summit = summit_of(medians)) {
            gaps[summit->at - 1].share += 1;
            gaps[summit->at].share += 1;
        } else { // it may be anywhere between the levels
            for (auto& gap : gaps) gap.share += 1 / static_cast<double>(gaps.size());
        }
    };
    if (grid.seeds < 2)
        note_peak(grid.fold());
    else
        grid.resample(seed, note_peak);

    std::vector<double> added;
    while (added.size() < count) {
        const auto best = std::ranges::max_element(gaps, {}, [&](const Gap& gap) { return gap.score(log); });
        const Gap gap = *best;
        if (gap.score(log) <= 0) break;
        double middle = log ? std::sqrt(gap.low) * std::sqrt(gap.high) : (gap.low + gap.high) / 2;
        if (whole) middle = std::round(middle);
        if (middle <= gap.low || middle >= gap.high) {
            // Rounded onto an end, though there may be a whole number between.
            middle = std::floor(gap.low) + 1;
            if (!whole || middle >= gap.high) {
                best->closed = true;
                continue;
            }
        }
        added.push_back(middle);
        best->high = middle;
        gaps.push_back({middle, gap.high, gap.share, false});
    }
    std::ranges::sort(added);
    return added;
}

Share share(std::int64_t hits, std::int64_t of) {
    Share result{hits, of, kNaN, {kNaN, kNaN}};
    if (of <= 0) return result;
    constexpr double z = 1.959963984540054; // Φ⁻¹(0.975)
    const auto n = static_cast<double>(of), k = static_cast<double>(hits);
    result.value = k / n;
    const double centre = (k + z * z / 2) / (n + z * z);
    const double half = z / (n + z * z) * std::sqrt(k * (n - k) / n + z * z / 4);
    // Exact at the ends, where rounding would leave 1e−17.
    result.interval = {hits == 0 ? 0 : centre - half, hits == of ? 1 : centre + half};
    return result;
}

double fisher_p(std::int64_t hits_a, std::int64_t of_a, std::int64_t hits_b, std::int64_t of_b) {
    if (of_a <= 0 || of_b <= 0) return kNaN;
    // Given the margins, hits_a is hypergeometric; summed over all tables that are no likelier than this one.
    const auto a = static_cast<double>(of_a), b = static_cast<double>(of_b);
    const std::int64_t hits = hits_a + hits_b;
    const double all = log_choose(a + b, static_cast<double>(hits));
    const auto log_probability = [&](std::int64_t k) {
        return log_choose(a, static_cast<double>(k)) + log_choose(b, static_cast<double>(hits - k)) - all;
    };
    constexpr double rounding = 1e-7; // tables as likely as this one count, whatever the last digits
    const double here = log_probability(hits_a) + rounding;
    double sum = 0;
    for (std::int64_t k = std::max<std::int64_t>(0, hits - of_b); k <= std::min(of_a, hits); ++k)
        if (const double p = log_probability(k); p <= here) sum += std::exp(p);
    return std::min(1.0, sum);
}

} // namespace descent

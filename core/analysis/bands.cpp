#include "core/analysis/bands.h"

#include "core/base/random.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <utility>

namespace descent {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::array<std::string_view, 2> kCentres{"mean", "median"};
constexpr std::array<std::string_view, 6> kSpreads{"none", "sd", "se", "bootstrap", "range", "quantiles"};

template<class T, std::size_t N>
Result<T> named(const std::array<std::string_view, N>& words, std::string_view word, const char* what) {
    const auto found = std::ranges::find(words, word);
    if (found != words.end()) return static_cast<T>(found - words.begin());
    std::string all;
    for (std::size_t i = 0; i < N; ++i)
        all += (i == 0 ? "" : i + 1 == N ? " or " : ", ") + std::string(words[i]);
    return fail(std::string(what) + " '" + std::string(word) + "': expected " + all);
}

double quantile_of_sorted(std::span<const double> sorted, double p) {
    const double at = p * static_cast<double>(sorted.size() - 1);
    const auto low = static_cast<std::size_t>(at);
    return std::lerp(sorted[low], sorted[std::min(low + 1, sorted.size() - 1)],
                     at - static_cast<double>(low));
}

/// The same of values in no order, which are moved about.
double quantile(std::span<double> values, double p) {
    const double at = p * static_cast<double>(values.size() - 1);
    const auto low = static_cast<std::ptrdiff_t>(at);
    const auto middle = values.begin() + low;
    std::nth_element(values.begin(), middle, values.end());
    if (middle + 1 == values.end()) return *middle;
    return std::lerp(*middle, *std::min_element(middle + 1, values.end()), at - static_cast<double>(low));
}

double mean_of(std::span<const double> values) {
    double sum = 0;
    for (const double v : values) sum += v;
    return sum / static_cast<double>(values.size());
}

double centre_of(std::span<const double> sorted, Centre centre) {
    return centre == Centre::mean ? mean_of(sorted) : quantile_of_sorted(sorted, 0.5);
}

/// Resamples of sorted values, drawn once for each number of values and used for all x.
class Bootstrap {
public:
    Bootstrap(Centre centre, double level, std::size_t draws, std::uint64_t seed)
        : centre_(centre)
        , level_(level)
        , seed_(seed)
        , centres_(draws) {}

    Interval of(std::span<const double> sorted) {
        if (sorted.size() < 2 || centres_.empty()) return {kNaN, kNaN};
        const auto& ranks = ranks_for(sorted.size());
        const std::size_t draws = centres_.size();
        std::ranges::fill(centres_, 0);
        for (std::size_t at = 0; at < ranks.size(); at += draws)
            for (std::size_t d = 0; d < draws; ++d) centres_[d] += sorted[ranks[at + d]];
        const double count = static_cast<double>(ranks.size() / draws);
        for (double& c : centres_) c /= count;
        const double tail = (1 - level_) / 2;
        return {quantile(centres_, tail), quantile(centres_, 1 - tail)};
    }

private:
    /// Of the values that a draw's centre is the mean of, draw by draw, then value by value: all that were
    /// drawn, or of a median the middle one or two.
    const std::vector<std::uint32_t>& ranks_for(std::size_t n) {
        if (const auto known = ranks_.find(n); known != ranks_.end()) return known->second;
        constexpr std::size_t most_kept = 1 << 24;
        if (kept_ > most_kept) {
            ranks_.clear();
            kept_ = 0;
        }
        RandomStream stream(seed_, "bootstrap of " + std::to_string(n));
        const std::size_t draws = centres_.size();
        const bool median = centre_ == Centre::median;
        const std::size_t used = median ? 2 - n % 2 : n, first = median ? (n - 1) / 2 : 0;
        std::vector<std::uint32_t> all(used * draws), times(median ? n : 0);
        for (std::size_t d = 0; d < draws; ++d) {
            if (!median) {
                for (std::size_t k = 0; k < n; ++k)
                    all[k * draws + d] = static_cast<std::uint32_t>(stream.below(n));
                continue;
            }
            // In order by how often each was drawn.
            std::ranges::fill(times, 0);
            for (std::size_t k = 0; k < n; ++k) ++times[stream.below(n)];
            std::size_t below = 0;
            std::uint32_t rank = 0;
            for (std::size_t k = 0; k < used; ++k) {
                while (below + times[rank] <= first + k) below += times[rank++];
                all[k * draws + d] = rank;
            }
        }
        kept_ += all.size();
        return ranks_.emplace(n, std::move(all)).first->second;
    }

    Centre centre_;
    double level_;
    std::uint64_t seed_;
    std::vector<double> centres_;
    std::map<std::size_t, std::vector<std::uint32_t>> ranks_;
    std::size_t kept_ = 0;
};

std::vector<double> all_x(std::span<const std::vector<PlotPoint>> replicates, std::size_t most) {
    std::vector<double> all;
    for (const auto& points : replicates) {
        const auto before = static_cast<std::ptrdiff_t>(all.size());
        for (const auto& point : points)
            if (std::isfinite(point.x)) all.push_back(point.x);
        std::inplace_merge(all.begin(), all.begin() + before, all.end());
        all.erase(std::ranges::unique(all).begin(), all.end());
    }
    if (all.size() <= most || most < 2) return all;
    std::vector<double> some;
    for (std::size_t i = 0; i < most; ++i) some.push_back(all[i * (all.size() - 1) / (most - 1)]);
    return some;
}

/// The values of one replicate at rising x.
class Walk {
public:
    explicit Walk(std::span<const PlotPoint> points) : points_(points) {}
    double at(double x) {
        while (next_ < points_.size() && points_[next_].x <= x) ++next_;
        if (next_ == 0) return kNaN;
        const auto& before = points_[next_ - 1];
        if (before.x == x) return before.y;
        if (next_ == points_.size()) return kNaN;
        const auto& after = points_[next_];
        const double y = std::lerp(before.y, after.y, (x - before.x) / (after.x - before.x));
        return std::isfinite(before.y) && std::isfinite(after.y) ? y : kNaN;
    }

private:
    std::span<const PlotPoint> points_;
    std::size_t next_ = 0; ///< the first point beyond x
};

double deviation_of(std::span<const double> values) {
    const double mean = mean_of(values);
    double squares = 0;
    for (const double v : values) squares += (v - mean) * (v - mean);
    return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

Interval spread_of(std::span<const double> sorted, double centre, Spread spread, Bootstrap& bootstrap) {
    if (sorted.size() < 2) return {kNaN, kNaN};
    const auto around = [&](double half) { return Interval{centre - half, centre + half}; };
    switch (spread) {
    case Spread::none:
        break;
    case Spread::deviation:
        return around(deviation_of(sorted));
    case Spread::error:
        return around(deviation_of(sorted) / std::sqrt(static_cast<double>(sorted.size())));
    case Spread::bootstrap:
        return bootstrap.of(sorted);
    case Spread::range:
        return {sorted.front(), sorted.back()};
    case Spread::quantiles:
        return {quantile_of_sorted(sorted, 0.25), quantile_of_sorted(sorted, 0.75)};
    }
    return {kNaN, kNaN};
}

constexpr std::size_t kDraws = 2000;

} // namespace

std::string_view to_string(Centre centre) {
    return kCentres[static_cast<std::size_t>(centre)];
}
std::string_view to_string(Spread spread) {
    return kSpreads[static_cast<std::size_t>(spread)];
}
Result<Centre> centre_named(std::string_view word) {
    return named<Centre>(kCentres, word, "centre");
}
Result<Spread> spread_named(std::string_view word) {
    return named<Spread>(kSpreads, word, "band");
}

std::vector<BandPoint> fold_replicates(std::span<const std::vector<PlotPoint>> replicates, Centre centre,
                                       Spread spread, std::size_t most, std::uint64_t seed) {
    Bootstrap bootstrap(centre, 0.95, kDraws, seed);
    std::vector<Walk> walks(replicates.begin(), replicates.end());
    std::vector<BandPoint> band;
    std::vector<double> values;
    for (const double x : all_x(replicates, most)) {
        values.clear();
        for (auto& walk : walks)
            if (const double y = walk.at(x); std::isfinite(y)) values.push_back(y);
        BandPoint point{x, kNaN, kNaN, kNaN, std::ssize(values)};
        if (!values.empty()) {
            std::ranges::sort(values);
            point.centre = centre_of(values, centre);
            const auto [low, high] = spread_of(values, point.centre, spread, bootstrap);
            point.low = low;
            point.high = high;
        }
        band.push_back(point);
    }
    return band;
}

Interval bootstrap_interval(std::span<const double> values, Centre centre, double level, std::size_t draws,
                            std::uint64_t seed) {
    std::vector<double> sorted;
    for (const double v : values)
        if (std::isfinite(v)) sorted.push_back(v);
    std::ranges::sort(sorted);
    return Bootstrap(centre, level, draws, seed).of(sorted);
}

} // namespace descent

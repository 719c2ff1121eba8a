#include "core/analysis/smoothing.h"

#include "core/base/param.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>

namespace descent {

namespace {

constexpr std::array<std::pair<Smoothing, std::string_view>, 5> kKinds{{{Smoothing::none, "none"},
                                                                        {Smoothing::ema, "ema"},
                                                                        {Smoothing::time_ema, "time-ema"},
                                                                        {Smoothing::gaussian, "gaussian"},
                                                                        {Smoothing::running, "running"}}};

/// What `amount` has to be, where it is not.
std::optional<std::string> expected(SmoothingSpec spec) {
    const double amount = spec.amount;
    switch (spec.kind) {
    case Smoothing::none:
        break;
    case Smoothing::ema:
        if (!(amount >= 0 && amount < 1)) return "a weight from 0 to below 1";
        break;
    case Smoothing::time_ema:
        if (!(amount > 0 && std::isfinite(amount))) return "a half-life above 0, in units of x";
        break;
    case Smoothing::gaussian:
        if (!(amount > 0 && std::isfinite(amount))) return "a standard deviation above 0, in units of x";
        break;
    case Smoothing::running:
        if (!(amount >= 1 && amount <= 1e9 && std::fmod(amount, 2) == 1)) return "an odd number of points";
        break;
    }
    return std::nullopt;
}

std::string refusal(SmoothingSpec spec, const std::string& what) {
    return "smoothing " + std::string(to_string(spec.kind)) + ":" + to_string(Value(spec.amount)) +
           ": expected " + what;
}

/// A mean of weighted values that grows. std::lerp keeps it between them, and exact where they are equal.
struct Mean {
    double weight = 0, value = 0;
    void add(double v, double w) {
        if (!(w > 0)) return;
        weight += w;
        value = std::lerp(value, v, w / weight);
    }
};

using Points = std::span<const PlotPoint>;
using Weights = std::span<const double>;

double weight_of(Weights weights, std::size_t i) {
    return weights.empty() ? 1 : weights[i];
}

void exponential(Points points, Weights weights, SmoothingSpec spec, std::vector<PlotPoint>& out) {
    Mean mean;
    double last_x = 0;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const auto [x, y] = points[i];
        const double count = weight_of(weights, i);
        if (!std::isfinite(y) || !std::isfinite(x) || !(count > 0)) continue;
        if (spec.kind == Smoothing::ema) {
            // The weight is the bias 1 − wⁿ, so that dividing by it is done already.
            const double keep = std::pow(spec.amount, count);
            mean.weight *= keep;
            mean.add(y, 1 - keep);
        } else {
            if (mean.weight > 0) mean.weight *= std::exp2((last_x - x) / spec.amount);
            mean.add(y, count);
        }
        last_x = x;
        out[i].y = mean.value;
    }
}

/// What is averaged under a Gaussian: a point, or the points of a cell far narrower than the kernel.
struct Mass {
    double x = 0;
    Mean mean;
};

void gaussian(Points points, Weights weights, double sigma, std::vector<PlotPoint>& out) {
    constexpr double reach = 5, most_pairs = 4e7;
    // Where there are too many pairs to sum in a fraction of a second, points closer than this are taken
    // together: the kernel gets 0.005% wider.
    const auto n = static_cast<double>(points.size());
    const double range = points.empty() ? 0 : points.back().x - points.front().x;
    const double pairs = n * n * std::min(1.0, 2 * reach * sigma / range);
    const double cell = pairs > most_pairs ? sigma / 32 : 0;
    std::vector<Mass> masses;
    double begin = 0; // of the last mass's cell
    for (std::size_t i = 0; i < points.size(); ++i) {
        const auto [x, y] = points[i];
        const double count = weight_of(weights, i);
        if (!std::isfinite(y) || !std::isfinite(x) || !(count > 0)) continue;
        if (masses.empty() || x - begin >= cell) {
            masses.push_back({x, {}});
            begin = x;
        }
        Mass& mass = masses.back();
        mass.mean.add(y, count);
        mass.x += (x - mass.x) * (count / mass.mean.weight);
    }
    std::size_t first = 0;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const double x = points[i].x;
        if (!std::isfinite(points[i].y) || !std::isfinite(x)) continue;
        while (first < masses.size() && masses[first].x < x - reach * sigma) ++first;
        Mean mean;
        for (std::size_t k = first; k < masses.size() && masses[k].x <= x + reach * sigma; ++k) {
            const double z = (masses[k].x - x) / sigma;
            mean.add(masses[k].mean.value, masses[k].mean.weight * std::exp(-0.5 * z * z));
        }
        if (mean.weight > 0) out[i].y = mean.value;
    }
}

/// Means over any range of points in logarithmic time. Differences of running sums would be faster, and
/// would lose everything after one huge value.
class RangeMeans {
public:
    RangeMeans(Points points, Weights weights) : size_(points.size()), tree_(2 * points.size()) {
        for (std::size_t i = 0; i < size_; ++i)
            if (std::isfinite(points[i].y)) tree_[size_ + i].add(points[i].y, weight_of(weights, i));
        for (std::size_t i = size_; i-- > 1;) {
            tree_[i] = tree_[2 * i];
            tree_[i].add(tree_[2 * i + 1].value, tree_[2 * i + 1].weight);
        }
    }
    const Mean& of_point(std::size_t i) const { return tree_[size_ + i]; }
    /// Of points first … last − 1.
    Mean of(std::size_t first, std::size_t last) const {
        Mean mean;
        for (first += size_, last += size_; first < last; first /= 2, last /= 2) {
            if (first % 2 == 1) take(mean, first++);
            if (last % 2 == 1) take(mean, --last);
        }
        return mean;
    }

private:
    void take(Mean& mean, std::size_t i) const { mean.add(tree_[i].value, tree_[i].weight); }
    std::size_t size_;
    std::vector<Mean> tree_;
};

void running(Points points, Weights weights, double window, std::vector<PlotPoint>& out) {
    // Point i takes the places from ends[i] to ends[i + 1], and the window is one of places.
    std::vector<double> ends{0};
    for (std::size_t i = 0; i < points.size(); ++i)
        ends.push_back(ends.back() + std::max(weight_of(weights, i), 0.0));
    const RangeMeans means(points, weights);
    std::size_t first = 0, last = 0; // the points that the window's ends are in
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (!std::isfinite(points[i].y)) continue;
        const double middle = (ends[i] + ends[i + 1]) / 2;
        const double low = std::max(middle - window / 2, 0.0),
                     high = std::min(middle + window / 2, ends.back());
        while (first + 1 < points.size() && ends[first + 1] <= low) ++first;
        while (last + 1 < points.size() && ends[last + 1] < high) ++last;
        if (first >= last) { // a point that stands for more than the window
            out[i].y = means.of_point(i).value;
            continue;
        }
        Mean mean = means.of(first + 1, last);
        const auto partly = [&](std::size_t at, double share) {
            mean.add(means.of_point(at).value, means.of_point(at).weight > 0 ? share : 0);
        };
        partly(first, ends[first + 1] - low);
        partly(last, high - ends[last]);
        if (mean.weight > 0) out[i].y = mean.value;
    }
}

} // namespace

std::string_view to_string(Smoothing kind) {
    return kKinds[static_cast<std::size_t>(kind)].second;
}

Result<SmoothingSpec> smoothing_spec(std::string_view text) {
    const auto word = text.substr(0, text.find(':'));
    const auto found = std::ranges::find(kKinds, word, [](const auto& kind) { return kind.second; });
    if (found == kKinds.end())
        return fail("smoothing '" + std::string(text) +
                    "': expected none, ema:WEIGHT, time-ema:HALF-LIFE, gaussian:SIGMA or running:POINTS");
    SmoothingSpec spec{found->first, 0};
    const auto amount = word.size() < text.size() ? text.substr(word.size() + 1) : std::string_view();
    const auto [end, error] = std::from_chars(amount.data(), amount.data() + amount.size(), spec.amount);
    const bool read = error == std::errc{} && end == amount.data() + amount.size();
    if (spec.kind == Smoothing::none ? word.size() < text.size() : !read)
        return fail("smoothing '" + std::string(text) + "': expected " +
                    (spec.kind == Smoothing::none ? "nothing after none"
                                                  : std::string(word) + ":" + *expected({spec.kind, -1})));
    if (const auto what = expected(spec)) return fail(refusal(spec, *what));
    return spec;
}

std::vector<PlotPoint> smooth(std::span<const PlotPoint> points, SmoothingSpec spec,
                              std::span<const double> weights) {
    if (const auto what = expected(spec)) throw InputError(refusal(spec, *what));
    std::vector<PlotPoint> out(points.begin(), points.end());
    switch (spec.kind) {
    case Smoothing::none:
        break;
    case Smoothing::ema:
    case Smoothing::time_ema:
        exponential(points, weights, spec, out);
        break;
    case Smoothing::gaussian:
        gaussian(points, weights, spec.amount, out);
        break;
    case Smoothing::running:
        running(points, weights, spec.amount, out);
        break;
    }
    return out;
}

} // namespace descent

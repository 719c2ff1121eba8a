#include "core/analysis/class_scores.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace descent {

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::vector<std::uint8_t> is_class(const ClassScores& of, std::int64_t target) {
    std::vector<std::uint8_t> all;
    all.reserve(of.labels.size());
    for (const auto label : of.labels) all.push_back(label == target);
    return all;
}

std::vector<double> column(const ClassScores& of, std::int64_t target) {
    std::vector<double> all;
    all.reserve(of.labels.size());
    for (std::int64_t i = 0; i < of.size(); ++i) all.push_back(of.row(i)[static_cast<std::size_t>(target)]);
    return all;
}

/// Ranks from 1, equal values sharing the mean of theirs.
std::vector<double> midranks(std::span<const double> values) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::sort(order, {}, [&](std::size_t i) { return values[i]; });
    std::vector<double> ranks(values.size());
    for (std::size_t begin = 0; begin < order.size();) {
        std::size_t end = begin + 1;
        while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
        const double shared = static_cast<double>(begin + end + 1) / 2;
        for (std::size_t k = begin; k < end; ++k) ranks[order[k]] = shared;
        begin = end;
    }
    return ranks;
}

double variance(std::span<const double> values) {
    const auto n = static_cast<double>(values.size());
    const double mean = std::reduce(values.begin(), values.end()) / n;
    double sum = 0;
    for (const double v : values) sum += (v - mean) * (v - mean);
    return sum / (n - 1);
}

/// Adds the true positive rates at each of rising rates: where the curve steps there, the step's lower and
/// upper end.
void add_rates(const std::vector<RocPoint>& curve, const std::vector<double>& at, std::vector<double>& low,
               std::vector<double>& high) {
    std::size_t first = 0; // of the points at or beyond the rate
    for (std::size_t i = 0; i < at.size(); ++i) {
        while (first + 1 < curve.size() && curve[first].false_positive < at[i]) ++first;
        const auto& b = curve[first];
        if (b.false_positive == at[i]) {
            std::size_t last = first;
            while (last + 1 < curve.size() && curve[last + 1].false_positive == at[i]) ++last;
            low[i] += b.true_positive;
            high[i] += curve[last].true_positive;
            continue;
        }
        const auto& a = curve[first - 1]; // all curves begin at 0
        const double along = (at[i] - a.false_positive) / (b.false_positive - a.false_positive);
        const double value = a.true_positive + along * (b.true_positive - a.true_positive);
        low[i] += value;
        high[i] += value;
    }
}

} // namespace

std::span<const double> ClassScores::row(std::int64_t example) const {
    const auto width = static_cast<std::size_t>(classes);
    return std::span(scores).subspan(static_cast<std::size_t>(example) * width, width);
}

std::int64_t ClassScores::answer(std::int64_t example) const {
    const auto all = row(example);
    return std::ranges::max_element(all) - all.begin();
}

double ClassScores::confidence(std::int64_t example) const {
    return std::clamp(std::ranges::max(row(example)), 0.0, 1.0);
}

double ClassScores::surprise(std::int64_t example) const {
    const auto truth = static_cast<std::size_t>(labels[static_cast<std::size_t>(example)]);
    return -std::log(std::clamp(row(example)[truth], 0.0, 1.0)) + 0.0; // no −0
}

Confusion ClassScores::confusion() const {
    Confusion counts(classes);
    for (std::int64_t i = 0; i < size(); ++i) ++counts.at(labels[static_cast<std::size_t>(i)], answer(i));
    return counts;
}

std::vector<double> ClassScores::to_matrix() const {
    std::vector<double> values;
    values.reserve(labels.size() + scores.size());
    for (std::int64_t i = 0; i < size(); ++i) {
        values.push_back(static_cast<double>(labels[static_cast<std::size_t>(i)]));
        const auto of = row(i);
        values.insert(values.end(), of.begin(), of.end());
    }
    return values;
}

ClassScores ClassScores::from_matrix(std::int64_t rows, std::int64_t columns,
                                     std::span<const double> values) {
    ClassScores made;
    if (columns < 2 || std::ssize(values) != rows * columns) return {};
    made.classes = columns - 1;
    for (auto rest = values; !rest.empty(); rest = rest.subspan(static_cast<std::size_t>(columns))) {
        const double label = rest[0];
        if (!(label >= 0 && label < static_cast<double>(made.classes))) return {};
        made.labels.push_back(static_cast<std::int64_t>(label));
        made.scores.insert(made.scores.end(), rest.begin() + 1, rest.begin() + columns);
    }
    return made;
}

DetectionCurve one_versus_rest(const ClassScores& of, std::int64_t target) {
    return {column(of, target), is_class(of, target)};
}

DetectionCurve pooled_classes(const ClassScores& of) {
    std::vector<std::uint8_t> positive(of.scores.size(), 0);
    for (std::int64_t i = 0; i < of.size(); ++i)
        positive[static_cast<std::size_t>(i * of.classes + of.labels[static_cast<std::size_t>(i)])] = 1;
    return {of.scores, positive};
}

std::vector<RocPoint> roc_points(const DetectionCurve& curve) {
    std::vector<RocPoint> all;
    if (curve.empty()) return all;
    const double positives = curve.points().front().false_reject;
    const double negatives = curve.points().back().false_alarm;
    if (positives <= 0 || negatives <= 0) return all;
    for (const auto& p : curve.points())
        all.push_back({p.threshold, p.false_alarm / negatives, 1 - p.false_reject / positives});
    return all;
}

std::vector<RocPoint> macro_average(const std::vector<std::vector<RocPoint>>& curves) {
    std::vector<double> at;
    double count = 0;
    for (const auto& curve : curves) {
        if (curve.empty()) continue;
        ++count;
        for (const auto& p : curve) at.push_back(p.false_positive);
    }
    std::ranges::sort(at);
    at.erase(std::unique(at.begin(), at.end()), at.end());
    std::vector<RocPoint> mean;
    if (count == 0) return mean;
    // A step of some curves at one rate is a step of the mean.
    std::vector<double> low(at.size(), 0), high(at.size(), 0);
    for (const auto& curve : curves)
        if (!curve.empty()) add_rates(curve, at, low, high);
    for (std::size_t i = 0; i < at.size(); ++i) {
        if (low[i] < high[i]) mean.push_back({kNan, at[i], low[i] / count});
        mean.push_back({kNan, at[i], high[i] / count});
    }
    return mean;
}

Auroc auroc_with_interval(std::span<const double> scores, std::span<const std::uint8_t> positive,
                          double level) {
    std::vector<double> all, of_positives, of_negatives;
    for (const bool wanted : {true, false})
        for (std::size_t i = 0; i < scores.size(); ++i) {
            if ((positive[i] != 0) != wanted) continue;
            // What is not a number ranks lowest, as in DetectionCurve.
            const double score = std::isnan(scores[i]) ? -std::numeric_limits<double>::infinity() : scores[i];
            (wanted ? of_positives : of_negatives).push_back(score);
            all.push_back(score);
        }
    const auto m = static_cast<double>(of_positives.size()), n = static_cast<double>(of_negatives.size());
    if (m == 0 || n == 0) return {kNan, kNan, kNan, kNan};
    const auto ranks = midranks(all), among_positives = midranks(of_positives),
               among_negatives = midranks(of_negatives);
    std::vector<double> v10(of_positives.size()), v01(of_negatives.size());
    for (std::size_t i = 0; i < v10.size(); ++i) v10[i] = (ranks[i] - among_positives[i]) / n;
    for (std::size_t j = 0; j < v01.size(); ++j)
        v01[j] = 1 - (ranks[v10.size() + j] - among_negatives[j]) / m;
    Auroc found{std::reduce(v10.begin(), v10.end()) / m, kNan, kNan, kNan};
    if (m < 2 || n < 2) return found;
    found.error = std::sqrt(variance(v10) / m + variance(v01) / n);
    if (found.area <= 0 || found.area >= 1) return found;
    const double logit = std::log(found.area / (1 - found.area));
    const double reach = probit(0.5 + level / 2) * found.error / (found.area * (1 - found.area));
    found.low = 1 / (1 + std::exp(reach - logit));
    found.high = 1 / (1 + std::exp(-reach - logit));
    return found;
}

Auroc auroc_with_interval(const ClassScores& of, std::int64_t target, double level) {
    return auroc_with_interval(column(of, target), is_class(of, target), level);
}

RocAreas roc_areas(const ClassScores& of) {
    RocAreas areas;
    double sum = 0;
    int defined = 0;
    for (std::int64_t c = 0; c < of.classes; ++c) {
        const double area = one_versus_rest(of, c).auroc();
        areas.by_class.push_back(area);
        if (std::isnan(area)) continue;
        sum += area;
        ++defined;
    }
    areas.macro = defined > 0 ? sum / defined : kNan;
    areas.micro = pooled_classes(of).auroc();
    return areas;
}

std::vector<ReliabilityBin> reliability(const ClassScores& of, int bins) {
    std::vector<ReliabilityBin> all(static_cast<std::size_t>(bins));
    for (std::int64_t i = 0; i < of.size(); ++i) {
        const double confidence = of.confidence(i);
        if (std::isnan(confidence)) continue;
        int bin = std::clamp(static_cast<int>(confidence * bins), 0, bins - 1);
        // The inner edges below it, exactly.
        while (bin > 0 && static_cast<double>(bin) / bins >= confidence) --bin;
        while (bin + 1 < bins && static_cast<double>(bin + 1) / bins < confidence) ++bin;
        auto& into = all[static_cast<std::size_t>(bin)];
        ++into.examples;
        into.confidence += confidence;
        into.accuracy += of.answer(i) == of.labels[static_cast<std::size_t>(i)];
    }
    for (auto& bin : all) {
        const auto n = static_cast<double>(bin.examples);
        bin.confidence = n > 0 ? bin.confidence / n : kNan;
        bin.accuracy = n > 0 ? bin.accuracy / n : kNan;
    }
    return all;
}

double expected_calibration_error(const std::vector<ReliabilityBin>& bins) {
    double sum = 0;
    std::int64_t examples = 0;
    for (const auto& bin : bins) {
        if (bin.examples == 0) continue;
        examples += bin.examples;
        sum += static_cast<double>(bin.examples) * std::abs(bin.accuracy - bin.confidence);
    }
    return examples > 0 ? sum / static_cast<double>(examples) : kNan;
}

} // namespace descent

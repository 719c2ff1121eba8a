#pragma once

#include "core/analysis/confusion.h"
#include "core/analysis/detection.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace descent {

/// A score for each class of each example of a set, and the truth: what a run keeps of the sets it ended on
/// as matrix "validation/scores" and "test/scores", a row an example: label, then the scores. Probabilities
/// where the loss makes some of the outputs, else the outputs (LossFunction::scores). Value; thread: any.
struct ClassScores {
    std::int64_t classes = 0;
    std::vector<std::int64_t> labels; ///< [n], 0 … classes − 1
    std::vector<double> scores;       ///< [n × classes]

    std::int64_t size() const { return std::ssize(labels); }
    std::span<const double> row(std::int64_t example) const;
    std::int64_t answer(std::int64_t example) const; ///< of the largest score, the first of equal ones
    double confidence(std::int64_t example) const;   ///< the answer's score, within 0 … 1
    double surprise(std::int64_t example) const;     ///< −log of the truth's score within 0 … 1, nats
    Confusion confusion() const;

    /// [n × (1 + classes)], row by row.
    std::vector<double> to_matrix() const;
    /// Empty where the numbers are not such a matrix.
    static ClassScores from_matrix(std::int64_t rows, std::int64_t columns, std::span<const double> values);
};

/// One class against the rest: its score ranks the examples. As a detection curve it has the ROC at every
/// threshold: false positive rate = false_alarm / (1 − π), true positive rate = 1 − false_reject / π.
DetectionCurve one_versus_rest(const ClassScores& of, std::int64_t target);
/// All (example, class) pairs pooled, each class' score against whether it is the truth: scikit-learn's
/// micro average.
DetectionCurve pooled_classes(const ClassScores& of);

/// A point of a ROC curve.
struct RocPoint {
    double threshold = 0;                         ///< NaN on an average over classes
    double false_positive = 0, true_positive = 0; ///< rates
};
/// From (0, 0) to (1, 1); empty where a class is missing.
std::vector<RocPoint> roc_points(const DetectionCurve& curve);
/// The mean true positive rate of the curves at each of their false positive rates, straight between points.
/// Curves without points are left out. The area under it is the mean of their areas.
std::vector<RocPoint> macro_average(const std::vector<std::vector<RocPoint>>& curves);

/// The area under the ROC of one class against the rest, with the standard error of DeLong et al. (1988) by
/// Sun & Xu's (2014) midranks, O(n log n). The interval is made on the logit's scale, where it stays within
/// 0 … 1. NaN where a class is missing; bounds NaN where the area is 0 or 1 or a class has one example.
struct Auroc {
    double area = 0, error = 0;
    double low = 0, high = 0;
};
Auroc auroc_with_interval(std::span<const double> scores, std::span<const std::uint8_t> positive,
                          double level = 0.95);
Auroc auroc_with_interval(const ClassScores& of, std::int64_t target, double level = 0.95);

struct RocAreas {
    std::vector<double> by_class; ///< NaN for a class without examples, or with all of them
    double macro = 0;             ///< mean over the classes that have one; NaN where none has. scikit-learn's
                                  ///< roc_auc_score refuses sets in which a class is missing
    double micro = 0;
};
RocAreas roc_areas(const ClassScores& of);

/// Confidence in the answer against how often it is right, in bins of equal width over 0 … 1; a confidence on
/// an edge belongs to the bin below, as in scikit-learn's calibration_curve.
struct ReliabilityBin {
    std::int64_t examples = 0;
    double confidence = 0, accuracy = 0; ///< means; NaN in an empty bin
};
inline constexpr int kReliabilityBins = 15; ///< Guo et al. 2017
std::vector<ReliabilityBin> reliability(const ClassScores& of, int bins = kReliabilityBins);
/// Σ_bins share of examples · |accuracy − confidence| (Naeini et al. 2015). NaN of nothing.
double expected_calibration_error(const std::vector<ReliabilityBin>& bins);

} // namespace descent

#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace descent {

/// One operating point: accept what scores at or above `threshold`.
struct DetectionPoint {
    double threshold = 0;    ///< a score; +∞ first: nothing is accepted
    double false_alarm = 0;  ///< negatives accepted / all examples, both classes
    double false_reject = 0; ///< positives rejected / all examples
    bool operator==(const DetectionPoint&) const = default;
};

/// Detection errors of a scored set at every threshold: FR over FA from (0, π) at threshold +∞ to (1 − π, 0)
/// at the lowest score, π the positives' share. Examples of equal score change sides together, so ties count
/// half in areas. Built in O(n log n); scores are ranked in double. Immutable. Thread: any.
class DetectionCurve {
public:
    DetectionCurve() = default;
    /// `positive[i] != 0` marks the examples to be found. A score that is not a number ranks lowest.
    DetectionCurve(std::span<const double> scores, std::span<const std::uint8_t> positive);
    /// From points() as stored, with the number of examples of each class.
    explicit DetectionCurve(std::vector<DetectionPoint> points);

    /// Thresholds fall. Only the corners: a run of points on one horizontal or vertical line keeps its ends,
    /// so that the curve, its areas and its crossings are exact.
    const std::vector<DetectionPoint>& points() const { return points_; }
    bool empty() const { return points_.empty(); }
    double positive_share() const; ///< π

    /// Area under FR over FA; lower is better. = (1 − auroc) π (1 − π).
    double area() const;
    /// Area under the ROC curve, ties half-credited. NaN where a class is missing.
    double auroc() const;
    /// The error rate at which false alarms per negative equal false rejects per positive, on straight lines
    /// between the points. NaN where a class is missing.
    double equal_error_rate() const;
    /// The least share of positives rejected with at most `rate` of the negatives accepted.
    double false_reject_at(double rate) const;

private:
    std::vector<DetectionPoint> points_;
};

/// The inverse of the standard normal distribution function (DET axes): Acklam's rational approximation with
/// one Halley step, 1e-15 relative. 0 → −∞, 1 → ∞.
double probit(double p);

/// Scores of one-vs-rest detection from logits [n × classes], row by row, in double: log odds of class
/// `target`.
std::vector<double> log_odds(std::span<const double> logits, std::int64_t classes, std::int64_t target);
/// Log odds of "anything but class 0".
std::vector<double> log_odds_of_any(std::span<const double> logits, std::int64_t classes);

} // namespace descent

#pragma once

#include "core/analysis/detection.h"
#include "core/base/events.h"
#include "core/base/units.h"

#include <QObject>
#include <QString>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace descent::ui {

class WatchedRun;

/// What comes of accepting everything that scores at or above a threshold. Counts of validation examples.
struct OperatingPoint {
    double threshold = 0; ///< log odds; +∞ accepts nothing
    std::int64_t hits = 0, false_alarms = 0, false_rejects = 0, correct_rejects = 0;
    double hours = 0; ///< of sound without a keyword that was listened to; 0 where unknown

    std::int64_t positives() const { return hits + false_rejects; }
    std::int64_t negatives() const { return false_alarms + correct_rejects; }
    std::int64_t accepted() const { return hits + false_alarms; }
    double probability() const; ///< the threshold as σ(log odds)
    // Not a number where there is nothing to divide by.
    double falseAlarmRate() const;  ///< of the negatives
    double falseRejectRate() const; ///< of the positives
    double precision() const;       ///< of what was accepted
    double falseAlarmsPerHour() const;
};

/// How a person looks at the detections of the watched run: which keyword, which evaluation, which threshold.
/// Shared by the FA-FR card and the lists beneath it, so that they agree. Thread: GUI.
class Detection : public QObject {
    Q_OBJECT
public:
    explicit Detection(WatchedRun& run, QObject* parent = nullptr);

    void sync();          ///< takes what the run has got since; signals what that changes
    bool present() const; ///< the run has detection curves
    WatchedRun& run() const { return run_; }

    /// What can be told from the rest: any keyword, and each where there are several.
    struct Detector {
        std::string matrix;      ///< "validation/fa-fr/eight"
        QString label;           ///< "eight"
        std::int64_t target = 0; ///< its class; 0 for any keyword
    };
    const std::vector<Detector>& detectors() const { return detectors_; }
    int detector() const { return detector_; }
    void setDetector(int index);

    std::size_t evaluations() const { return evaluations_.size(); }
    std::size_t shown() const { return shown_; }  ///< index of the evaluation looked at; 0 where none
    bool following() const { return following_; } ///< that is the last one, whichever it is
    void scrub(std::size_t index);                ///< to the last one: follow
    Update update(std::size_t index) const { return evaluations_[index].matrix->update; }
    Epoch epoch(std::size_t index) const { return evaluations_[index].matrix->epoch; }
    double area(std::size_t index) const { return evaluations_[index].area; }
    const DetectionCurve& curve() const { return curve_; } ///< of shown(); empty where none
    /// The one of smallest area up to shown(), the earlier of equals.
    std::size_t best() const { return best_; }
    const DetectionCurve& bestCurve() const { return best_curve_; }
    /// Some before shown(), evenly chosen, at most kEarlier, oldest first.
    static constexpr std::size_t kEarlier = 24;
    const std::vector<std::pair<std::size_t, DetectionCurve>>& earlier() const { return earlier_; }

    /// The threshold always lies on a point of curve(): the lowest that accepts no more than what was wanted.
    std::size_t point() const { return point_; }
    bool atEqualError() const { return !wanted_; } ///< and stays there as the curve moves
    void setPoint(std::size_t index);
    void movePoint(std::ptrdiff_t by); ///< positive: lower threshold, more accepted
    void toEqualError();
    OperatingPoint at() const { return at(curve_, point_); }
    OperatingPoint at(const DetectionCurve& curve, std::size_t point) const;
    std::size_t equalErrorPoint(const DetectionCurve& curve) const;

    /// "False alarms 3 of 650 (0.5%), false rejects 5 of 122 (4.1%), … at threshold 0.79, epoch 34".
    QString summary() const;

Q_SIGNALS:
    void curvesChanged(); ///< another keyword, evaluation or run; pointChanged() follows
    void pointChanged();

private:
    struct Evaluation {
        std::shared_ptr<const Matrix> matrix;
        double area = 0;
    };
    void chooseDetectors();
    void take();  ///< curves of shown_
    void place(); ///< point_ from wanted_

    WatchedRun& run_;
    std::optional<RunId> of_; ///< what the choices below were made for
    bool cleared_ = true;
    std::vector<Detector> detectors_;
    int detector_ = 0;
    std::vector<Evaluation> evaluations_;
    std::size_t shown_ = 0, best_ = 0, point_ = 0;
    bool following_ = true;
    DetectionCurve curve_, best_curve_;
    std::vector<std::pair<std::size_t, DetectionCurve>> earlier_;
    std::optional<double> wanted_; ///< log odds; none: the equal-error point
};

/// The stored points; nothing where the matrix is not what it should be. Thread: any.
DetectionCurve detectionCurve(const Matrix& matrix);

} // namespace descent::ui

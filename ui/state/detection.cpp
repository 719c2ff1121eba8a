#include "ui/state/detection.h"

#include "core/base/format.h"
#include "ui/state/watched_run.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace descent::ui {

namespace {

constexpr auto kPooled = "validation/fa-fr";
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double ratio(std::int64_t part, std::int64_t of) {
    return of > 0 ? double(part) / double(of) : kNaN;
}

double areaOf(const Matrix& matrix) {
    double sum = 0;
    const auto& v = matrix.values;
    for (std::size_t i = 3; i + 2 < v.size(); i += 3)
        sum += (v[i + 1] - v[i - 2]) * (v[i + 2] + v[i - 1]) / 2;
    return sum;
}

double clipSeconds(const WatchedRun& run) {
    if (!run.record()) return 1;
    const auto& values = run.record()->spec.task.params.values;
    const auto it = values.find("duration");
    if (it == values.end()) return 1;
    if (const auto* seconds = std::get_if<double>(&it->second)) return *seconds;
    if (const auto* seconds = std::get_if<std::int64_t>(&it->second)) return double(*seconds);
    return 1;
}

QString percent(double share) {
    return std::isnan(share) ? QStringLiteral("none") : QString::fromStdString(format_percent(share));
}

} // namespace

DetectionCurve detectionCurve(const Matrix& matrix) {
    if (matrix.columns != 3) return {};
    std::vector<DetectionPoint> points;
    points.reserve(std::size_t(matrix.rows));
    for (std::size_t i = 0; i + 2 < matrix.values.size(); i += 3)
        points.push_back({matrix.values[i], matrix.values[i + 1], matrix.values[i + 2]});
    try {
        return DetectionCurve(std::move(points));
    } catch (const std::exception&) { // written by something else
        return {};
    }
}

double OperatingPoint::probability() const {
    return threshold > 0 ? 1 / (1 + std::exp(-threshold))
                         : std::exp(threshold) / (1 + std::exp(threshold)); // neither overflows
}
double OperatingPoint::falseAlarmRate() const {
    return ratio(false_alarms, negatives());
}
double OperatingPoint::falseRejectRate() const {
    return ratio(false_rejects, positives());
}
double OperatingPoint::precision() const {
    return ratio(hits, accepted());
}
double OperatingPoint::falseAlarmsPerHour() const {
    return hours > 0 ? double(false_alarms) / hours : kNaN;
}

Detection::Detection(WatchedRun& run, QObject* parent) : QObject(parent), run_(run) {
    connect(&run_, &WatchedRun::cleared, this, [this] { cleared_ = true; });
    connect(&run_, &WatchedRun::loaded, this, &Detection::sync);
}

bool Detection::present() const {
    return !evaluations_.empty();
}

void Detection::chooseDetectors() {
    const auto& classes = run_.classes();
    std::vector<Detector> found;
    if (!run_.history(kPooled).empty()) {
        const bool one = classes.size() == 2;
        found.push_back({kPooled, one ? QString::fromStdString(classes[1]) : tr("any keyword"), 0});
    }
    for (std::size_t c = 1; c < classes.size(); ++c) {
        const std::string name = std::string(kPooled).append("/").append(classes[c]);
        if (!run_.history(name).empty())
            found.push_back({name, QString::fromStdString(classes[c]), std::int64_t(c)});
    }
    detectors_ = std::move(found);
    if (detector_ >= int(detectors_.size())) detector_ = 0;
}

void Detection::sync() {
    bool anew = false;
    if (cleared_) {
        if (!run_.record()) { // still being read: what was shown stays until something else is there
            if (run_.id() == of_ || evaluations_.empty()) return;
        }
        anew = true;
        cleared_ = !run_.record();
        if (run_.id() != of_) { // the same run read anew keeps what was chosen
            of_ = run_.id();
            detector_ = 0;
            following_ = true;
            wanted_.reset();
        }
        chooseDetectors();
    } else if (detectors_.empty() || (detectors_.size() == 1 && run_.classes().size() > 2)) {
        chooseDetectors(); // the first evaluation has come
        anew = !detectors_.empty() && evaluations_.empty();
    }
    static const WatchedRun::History none;
    const auto& history = detectors_.empty() ? none : run_.history(detectors_[std::size_t(detector_)].matrix);
    if (!anew && history.size() == evaluations_.size()) return;
    const auto shown_update = evaluations_.empty()
                                  ? Update{}
                                  : evaluations_[std::min(shown_, evaluations_.size() - 1)].matrix->update;
    if (anew) evaluations_.clear();
    for (std::size_t i = evaluations_.size(); i < history.size(); ++i)
        evaluations_.push_back({history[i], areaOf(*history[i])});
    if (evaluations_.empty()) {
        shown_ = 0;
    } else if (following_) {
        shown_ = evaluations_.size() - 1;
    } else if (anew) {
        const auto it = std::ranges::upper_bound(evaluations_, shown_update, {},
                                                 [](const auto& e) { return e.matrix->update; });
        shown_ = it == evaluations_.begin() ? 0 : std::size_t(it - evaluations_.begin()) - 1;
    }
    take();
}

void Detection::take() {
    curve_ = best_curve_ = {};
    earlier_.clear();
    best_ = 0;
    if (!evaluations_.empty()) {
        curve_ = detectionCurve(*evaluations_[shown_].matrix);
        for (std::size_t i = 1; i <= shown_; ++i)
            if (evaluations_[i].area < evaluations_[best_].area) best_ = i;
        best_curve_ = best_ == shown_ ? curve_ : detectionCurve(*evaluations_[best_].matrix);
        // A stride that is a power of two leaves most of them where they are as the run goes on.
        std::size_t stride = 1;
        while (shown_ / stride > kEarlier) stride *= 2;
        for (std::size_t i = 0; i < shown_ && earlier_.size() < kEarlier; i += stride)
            earlier_.emplace_back(i, detectionCurve(*evaluations_[i].matrix));
    }
    place();
    Q_EMIT curvesChanged();
    Q_EMIT pointChanged();
}

void Detection::setDetector(int index) {
    if (index == detector_ || index < 0 || index >= int(detectors_.size())) return;
    detector_ = index;
    const bool following = following_;
    const auto update = evaluations_.empty() ? Update{} : evaluations_[shown_].matrix->update;
    evaluations_.clear();
    for (const auto& matrix : run_.history(detectors_[std::size_t(index)].matrix))
        evaluations_.push_back({matrix, areaOf(*matrix)});
    shown_ = evaluations_.empty() ? 0 : evaluations_.size() - 1;
    if (!following)
        while (shown_ > 0 && evaluations_[shown_].matrix->update > update) --shown_;
    take();
}

void Detection::scrub(std::size_t index) {
    if (evaluations_.empty()) return;
    index = std::min(index, evaluations_.size() - 1);
    following_ = index + 1 == evaluations_.size();
    if (index == shown_) return;
    shown_ = index;
    take();
}

std::size_t Detection::equalErrorPoint(const DetectionCurve& curve) const {
    const auto& points = curve.points();
    if (points.empty()) return 0;
    const double positives = points.front().false_reject, negatives = points.back().false_alarm;
    const auto apart = [&](const DetectionPoint& p) {
        return std::abs(p.false_alarm * positives - p.false_reject * negatives);
    };
    return std::size_t(std::ranges::min_element(points, {}, apart) - points.begin());
}

void Detection::place() {
    const auto& points = curve_.points();
    if (!wanted_ || points.empty()) {
        point_ = equalErrorPoint(curve_);
        return;
    }
    const auto below = std::ranges::find_if(points, [&](const auto& p) { return p.threshold < *wanted_; });
    point_ = below == points.begin() ? 0 : std::size_t(below - points.begin()) - 1;
}

void Detection::setPoint(std::size_t index) {
    const auto& points = curve_.points();
    if (points.empty()) return;
    index = std::min(index, points.size() - 1);
    if (wanted_ && index == point_) return;
    wanted_ = points[index].threshold;
    point_ = index;
    Q_EMIT pointChanged();
}

void Detection::movePoint(std::ptrdiff_t by) {
    const auto last = std::ptrdiff_t(curve_.points().size()) - 1;
    if (last < 0) return;
    setPoint(std::size_t(std::clamp<std::ptrdiff_t>(std::ptrdiff_t(point_) + by, 0, last)));
}

void Detection::toEqualError() {
    if (!wanted_) return;
    wanted_.reset();
    place();
    Q_EMIT pointChanged();
}

OperatingPoint Detection::at(const DetectionCurve& curve, std::size_t point) const {
    const auto& points = curve.points();
    if (point >= points.size() || !run_.record()) return {};
    const auto count = [n = double(run_.record()->provenance.validation_examples)](double share) {
        return std::int64_t(std::llround(share * n));
    };
    OperatingPoint at;
    at.threshold = points[point].threshold;
    at.false_alarms = count(points[point].false_alarm);
    at.false_rejects = count(points[point].false_reject);
    at.hits = count(points.front().false_reject) - at.false_rejects;
    at.correct_rejects = count(points.back().false_alarm) - at.false_alarms;
    at.hours = double(at.negatives()) * clipSeconds(run_) / 3600;
    return at;
}

QString Detection::summary() const {
    if (curve_.empty()) return tr("False alarms and rejects: nothing measured yet");
    const auto number = [](double v, int digits) { return QString::fromStdString(format_number(v, digits)); };
    const auto count = [](std::int64_t n) { return QString::fromStdString(format_count(n)); };
    const OperatingPoint p = at();
    QString text = tr("False alarms %1 of %2 (%3), false rejects %4 of %5 (%6), precision %7")
                       .arg(count(p.false_alarms), count(p.negatives()), percent(p.falseAlarmRate()),
                            count(p.false_rejects), count(p.positives()), percent(p.falseRejectRate()),
                            percent(p.precision()));
    text += tr(", %1 false alarms an hour, at threshold %2 (log odds %3), epoch %4; area %5, smallest so far "
               "%6 at "
               "epoch %7")
                .arg(number(p.falseAlarmsPerHour(), 3), number(p.probability(), 3), number(p.threshold, 3),
                     number(epoch(shown_).passes, 4), number(area(shown_), 3), number(area(best_), 3),
                     number(epoch(best_).passes, 4));
    return text;
}

} // namespace descent::ui

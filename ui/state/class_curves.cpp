#include "ui/state/class_curves.h"

#include <QCoreApplication>

#include <cmath>
#include <limits>

namespace descent::ui {

std::int64_t ClassCurves::found(const Curve& curve, std::size_t at) const {
    return std::llround(curve.points[at].true_positive * double(curve.positives));
}
std::int64_t ClassCurves::alarms(const Curve& curve, std::size_t at) const {
    return std::llround(curve.points[at].false_positive * double(curve.negatives));
}
double ClassCurves::precision(const Curve& curve, std::size_t at) const {
    const auto right = found(curve, at), all = right + alarms(curve, at);
    return all > 0 ? double(right) / double(all) : std::numeric_limits<double>::quiet_NaN();
}

std::size_t ClassCurves::usual(const Curve& curve) {
    std::size_t at = 0;
    while (at + 1 < curve.points.size() && curve.points[at + 1].threshold >= 0.5) ++at;
    return at;
}

ClassCurves class_curves(const Matrix& scores, const std::vector<std::string>& classes) {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    const auto of = ClassScores::from_matrix(scores.rows, scores.columns, scores.values);
    ClassCurves made;
    if (of.size() == 0) return made;
    made.update = scores.update;
    made.examples = of.size();
    made.bins = reliability(of);
    made.calibration_error = expected_calibration_error(made.bins);
    const auto counts = of.confusion();
    std::vector<std::vector<RocPoint>> each;
    double sum = 0;
    int defined = 0;
    for (std::int64_t c = 0; c < of.classes; ++c) {
        const auto k = std::size_t(c);
        ClassCurves::Curve curve;
        curve.name = k < classes.size() ? QString::fromStdString(classes[k]) : QString::number(c);
        curve.area = auroc_with_interval(of, c);
        curve.points = roc_points(one_versus_rest(of, c));
        curve.positives = counts.examples(c);
        curve.negatives = of.size() - curve.positives;
        if (!std::isnan(curve.area.area)) {
            sum += curve.area.area;
            ++defined;
        }
        each.push_back(curve.points);
        made.curves.push_back(std::move(curve));
    }
    const auto pooled = pooled_classes(of);
    made.curves.push_back({QCoreApplication::translate("ClassCurves", "micro average"),
                           {pooled.auroc(), nan, nan, nan},
                           roc_points(pooled),
                           0,
                           0,
                           true});
    made.curves.push_back({QCoreApplication::translate("ClassCurves", "macro average"),
                           {defined > 0 ? sum / defined : nan, nan, nan, nan},
                           macro_average(each),
                           0,
                           0,
                           true});
    return made;
}

} // namespace descent::ui

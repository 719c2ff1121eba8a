#pragma once

#include "core/analysis/class_scores.h"
#include "core/base/events.h"

#include <QString>

#include <string>
#include <vector>

namespace descent::ui {

/// The ROC curves of one matrix "…/scores": a class against the rest each, then the micro and the macro
/// average. A value; thread: any.
struct ClassCurves {
    struct Curve {
        QString name;
        Auroc area;                                ///< bounds NaN on averages
        std::vector<RocPoint> points;              ///< empty where a class is missing
        std::int64_t positives = 0, negatives = 0; ///< examples; 0 on averages
        bool average = false;
    };
    std::vector<Curve> curves;
    std::vector<ReliabilityBin> bins;
    double calibration_error = 0;
    std::int64_t examples = 0;
    Update update{};

    std::size_t classes() const { return curves.size() < 2 ? 0 : curves.size() - 2; }
    /// `at`: of a class' points.
    std::int64_t found(const Curve& curve, std::size_t at) const;
    std::int64_t alarms(const Curve& curve, std::size_t at) const;
    double precision(const Curve& curve, std::size_t at) const; ///< NaN where nothing is accepted
    /// The last point that accepts nothing below ½.
    static std::size_t usual(const Curve& curve);
};
ClassCurves class_curves(const Matrix& scores, const std::vector<std::string>& classes);

} // namespace descent::ui

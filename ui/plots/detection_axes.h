#pragma once

#include "core/analysis/detection.h"
#include "ui/plots/ticks.h"

#include <QPointF>
#include <QRectF>
#include <QString>

#include <vector>

namespace descent::ui {

/// How a detection curve is drawn.
enum class DetectionScale {
    linear, ///< false rejects over false alarms, both as shares of all examples
    log,    ///< the same, both logarithmic
    det,    ///< rates of either class on normal deviates (Martin et al. 1997): Gaussian scores give lines
    roc,    ///< found positives over false alarms, as rates
};

/// One axis from shares or rates to [0, 1]. What lies outside is put on the border; on axes that have no zero
/// the lower border stands for it and is labelled so.
struct RateAxis {
    enum class Kind { linear, log, probit };
    Kind kind = Kind::linear;
    double low = 0, high = 1;
    std::vector<Tick> ticks;
    double place(double value) const;
};

/// The two axes of a detection curve in a rectangle. Thread: any.
class DetectionAxes {
public:
    /// Ranges that show all of a curve of these class shares; `examples` is how many were measured (the least
    /// share that can be is 1 / examples), `equal_error` the rate to be seen in detail where it is small.
    DetectionAxes(DetectionScale scale, double positives, double negatives, std::int64_t examples,
                  double equal_error);
    /// Ticks and place for `size`. `line` and `letter`: height of a line and width of a digit of the labels.
    void arrange(const QRectF& area, double line, double letter);

    DetectionScale scale() const { return scale_; }
    const RateAxis& x() const { return x_; }
    const RateAxis& y() const { return y_; }
    const QRectF& area() const { return area_; }
    QString xTitle() const;
    QString yTitle() const;
    QPointF at(const DetectionPoint& point) const; ///< pixels
    double px(double x) const { return area_.left() + x_.place(x) * area_.width(); }
    double py(double y) const { return area_.bottom() - y_.place(y) * area_.height(); }
    double xOf(const DetectionPoint& point) const;
    double yOf(const DetectionPoint& point) const;

private:
    DetectionScale scale_;
    double positives_, negatives_;
    RateAxis x_, y_;
    QRectF area_;
};

} // namespace descent::ui

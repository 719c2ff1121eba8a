#pragma once

#include <QRectF>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace descent::ui {

using AxisRange = std::pair<double, double>; ///< first < second

/// Where numbers lie in pixels: ranges, scales and the rectangle of a line chart. On a log axis the ends are
/// > 0. Thread: any, as a value.
struct PlotFrame {
    double x_min = 0, x_max = 1, y_min = 0, y_max = 1;
    bool log_x = false, log_y = false;
    QRectF area;

    double px(double x) const;
    /// At most four heights outside of the area: huge coordinates are slow to stroke.
    double py(double y) const;
    double xAt(double pixel) const;
    double yAt(double pixel) const;
    bool showsX(double x) const; ///< finite and, on a log axis, above 0
    bool showsY(double y) const;
    /// The borders of that many pixel columns in x, one more than there are columns.
    std::vector<double> edges(std::size_t columns) const;
    bool operator==(const PlotFrame&) const = default;
};

/// PlotFrame::py of many values, each ≤ the largest double and on a log axis above 0.
class PixelRows {
public:
    explicit PixelRows(const PlotFrame& frame)
        : low_(frame.log_y ? std::log(frame.y_min) : frame.y_min / 2)
        , span_((frame.log_y ? std::log(frame.y_max) : frame.y_max / 2) - low_)
        , bottom_(frame.area.bottom())
        , height_(frame.area.height())
        , log_(frame.log_y) {}
    double operator()(double y) const {
        const double at = bottom_ - ((log_ ? std::log(y) : y / 2) - low_) / span_ * height_;
        return std::clamp(at, bottom_ - 5 * height_, bottom_ + 4 * height_);
    }

private:
    double low_, span_, bottom_, height_; ///< halved, so that the widest span is finite
    bool log_;
};

/// The range with the value at share `at` staying where it is and all else `factor` times as far from it.
AxisRange zoomed(AxisRange range, double at, double factor, bool log);
/// Moved by that share of its own width.
AxisRange panned(AxisRange range, double share, bool log);
/// Not wider than `full` and within it; none where it is all of it. Never so narrow that its ends could not
/// be told from each other.
std::optional<AxisRange> within(AxisRange range, AxisRange full, bool log);

} // namespace descent::ui

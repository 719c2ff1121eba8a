#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace descent {

struct PlotPoint {
    double x = 0, y = 0;
};

/// Thins a series, ordered by x, to what `columns` pixel columns over [x_min, x_max] can show, so that every
/// drawn extreme is a true extreme: each column keeps its first, lowest, highest and last point in their
/// order, and the neighbours just outside the window are kept so that lines enter and leave it. Non-finite y
/// are kept as one point each run of them: the plot draws a gap and a marker there. At most 4·columns + 2
/// finite points. With `log_x`, columns are equal in log x and points with x ≤ 0 are left out. Thread: any.
std::vector<PlotPoint> decimate(std::span<const PlotPoint> series, double x_min, double x_max,
                                std::size_t columns, bool log_x = false);

} // namespace descent

#pragma once

#include "ui/plots/curve_source.h"

#include <QImage>

#include <functional>
#include <span>
#include <vector>

namespace descent::ui {

/// What one pixel column shows of a curve, in pixels from the top; nothing where bottom < top.
struct ColumnFill {
    float top = 1, bottom = 0;
    bool any() const { return bottom >= top; }
};

/// A curve or an area as one fill for each pixel column of a picture.
struct RasterCurve {
    std::vector<ColumnFill> fills;
    QColor colour;
    float thickness = 0; ///< of the line, in pixels: what a fill is widened by, half of it to each side
};

/// The fills of a curve in a picture of `width` pixel columns; `frame.area` lies in the picture, in its
/// pixels. Neighbours are joined half way between them, so that the curve is whole; across columns without
/// points it goes straight, and not at all across what is not a number. `dash` leaves flat columns out, by
/// theme::dash, `unit` pixels for a pen's width.
std::vector<ColumnFill> fillsOf(const CurveShape& shape, const PlotFrame& frame, int width,
                                bool steps = false, int dash = 0, double unit = 1);
/// From low to high.
std::vector<ColumnFill> fillsOf(std::span<const BandPoint> band, const PlotFrame& frame, int width);

/// Paints curves, the first undermost, into a picture in ARGB32_Premultiplied; ends of fills are antialiased
/// by how much of the pixel they cover. Splits the columns over `threads`. Thread: any.
void rasterise(QImage& picture, std::span<const RasterCurve> curves, int threads = 2);

/// f(0) … f(count − 1), on this thread and others.
void inParallel(std::size_t count, int threads, const std::function<void(std::size_t)>& f);

} // namespace descent::ui

#pragma once

#include "ui/plots/curve_source.h"

#include <QImage>

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace descent::ui {

/// All that a picture of curves depends on. Thread: any, as a value.
struct CurveWish {
    std::uint64_t number = 0; ///< grows with each wish
    std::vector<CurveSource> curves;
    PlotFrame frame;            ///< its y range is chosen where `fit_y`
    bool fit_y = true;          ///< to what is seen
    bool share = false;         ///< y is a share of 1
    bool positive = false;      ///< y is never below 0, though a band around it may reach there
    int most_ticks = 5;         ///< of the y axis, whose range ends at one
    std::vector<double> lines;  ///< y that are to be seen
    double ratio = 1;           ///< device pixels for one
    bool coarse = false;        ///< while it moves: see coarseShape()
    bool picture = true;        ///< else only the shapes are wanted
    double columns_a_pixel = 1; ///< 2 for export
    QColor broken;              ///< of what marks a value that is not a number
    std::size_t size() const;   ///< points
};

/// Curves as they are drawn: one picture of the plot area and a border of `kBleed` around it.
struct CurvePicture {
    static constexpr int kBleed = 4;
    std::uint64_t number = 0;
    PlotFrame frame;
    std::vector<CurveShape> shapes;
    QImage image;
    bool read = false; ///< what was missing has been looked for
    bool exact = true; ///< nothing was missing, nor is anything coarse
    /// Series with what was fetched for this, to be kept; null where nothing was.
    std::vector<std::shared_ptr<const SeriesPyramid>> filled;
    double cost_ms = 0;
};

/// Draws what there is, or with `fetch` all that belongs there, which may read a store: a `stop` in the
/// middle gives null; a curve that cannot be read is drawn from what there is. Thread: any but, with `fetch`,
/// the GUI's.
std::shared_ptr<const CurvePicture> drawPicture(const CurveWish& wish, bool fetch = false,
                                                const std::stop_token& stop = {});
/// One curve of a picture, thicker, to be laid over it.
QImage drawPicked(const CurveWish& wish, const CurvePicture& picture, std::size_t curve);

} // namespace descent::ui

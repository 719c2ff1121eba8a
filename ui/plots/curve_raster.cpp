#include "ui/plots/curve_raster.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <thread>

namespace descent::ui {

namespace {

constexpr int kBlock = 16; ///< columns painted together: their pixels fit into the cache, and a row of theirs
                           ///< is a cache line of the picture
constexpr double kFlatUpTo = 1.5; ///< pen widths that a dashed curve may rise in a column that is left out

// Two bytes at a time; `a` from 0 to 256.
std::uint32_t times(std::uint32_t pixel, std::uint32_t a) {
    return (((pixel & 0xff00ffu) * a >> 8) & 0xff00ffu) | (((pixel >> 8) & 0xff00ffu) * a & 0xff00ff00u);
}

class Brush {
public:
    explicit Brush(const QColor& colour) : colour_(qPremultiply(colour.rgba())) {}

    void fill(std::uint32_t* column, int height, float top, float bottom) const {
        top = std::max(top, 0.0f);
        bottom = std::min(bottom, float(height));
        if (!(top < bottom)) return;
        int first = int(top);
        const int last = int(bottom);
        if (first == last) return cover(column[first], bottom - top);
        if (float(first) < top) {
            cover(column[first], 1 - (top - float(first)));
            ++first;
        }
        if (const std::uint32_t alpha = colour_ >> 24; alpha == 255)
            std::fill(column + first, column + last, colour_);
        else
            for (int y = first; y < last; ++y) column[y] = colour_ + times(column[y], 256 - alpha);
        if (last < height) cover(column[last], bottom - float(last));
    }

private:
    void cover(std::uint32_t& pixel, float share) const {
        const auto part = times(colour_, std::uint32_t(share * 256 + 0.5f));
        pixel = part + times(pixel, 256 - (part >> 24));
    }

    std::uint32_t colour_;
};

/// Collects what lies in each column.
class Fills {
public:
    Fills(const PlotFrame& frame, int width)
        : fills_(std::size_t(std::max(0, width)))
        , left_(std::clamp(int(std::floor(frame.area.left())), 0, width))
        , right_(std::clamp(int(std::ceil(frame.area.right())), left_, width)) {}

    void touch(int column, double y) {
        if (column < left_ || column >= right_) return;
        auto& fill = fills_[std::size_t(column)];
        if (!fill.any())
            fill = {float(y), float(y)};
        else
            fill = {std::min(fill.top, float(y)), std::max(fill.bottom, float(y))};
    }

    void line(QPointF a, QPointF b) { // a.x() ≤ b.x()
        const double slope = b.x() > a.x() ? (b.y() - a.y()) / (b.x() - a.x()) : 0;
        if (b.x() < left_ || a.x() > right_) return;
        if (a.x() < left_) a = {double(left_), a.y() + (left_ - a.x()) * slope};
        if (b.x() > right_) b = {double(right_), a.y() + (right_ - a.x()) * slope};
        const int first = std::min(int(a.x()), right_ - 1), last = std::min(int(b.x()), right_ - 1);
        touch(first, a.y());
        for (int c = first; c < last; ++c) {
            const double y = a.y() + (c + 1 - a.x()) * slope;
            touch(c, y);
            touch(c + 1, y);
        }
        touch(last, b.y());
    }

    std::vector<ColumnFill> take() { return std::move(fills_); }
    ColumnFill& operator[](int column) { return fills_[std::size_t(column)]; }
    int left() const { return left_; }
    int right() const { return right_; }

private:
    std::vector<ColumnFill> fills_;
    int left_, right_;
};

void takePoints(Fills& fills, const CurveShape& shape, const PlotFrame& frame, bool steps) {
    bool drawn = false;
    QPointF before;
    for (const auto& point : shape.points) {
        if (!frame.showsX(point.x)) continue;
        if (!frame.showsY(point.y)) {
            drawn = false;
            continue;
        }
        const QPointF at(frame.px(point.x), frame.py(point.y));
        if (drawn && steps) {
            fills.line(before, {at.x(), before.y()});
            fills.line({at.x(), before.y()}, at);
            fills.line(at, at);
        } else {
            fills.line(drawn ? before : at, at);
        }
        before = at;
        drawn = true;
    }
}

/// Where the line to the next column is taken to leave: on a log axis the mean may be one of what is not
/// shown.
double middle(const Column& column, const PlotFrame& frame, const PixelRows& row) {
    return frame.log_y ? (row(column.min) + row(column.max)) / 2 : row(column.mean);
}

void takeColumns(Fills& fills, const CurveShape& shape, const PlotFrame& frame, bool steps) {
    const int count = std::min(int(shape.columns.size()), fills.right() - fills.left());
    const auto columns = std::span(shape.columns).first(std::size_t(std::max(0, count)));
    const PixelRows row(frame);
    int before = -1; // the last column with something
    bool whole = false;
    for (int c = 0; c < count; ++c) {
        const auto& column = columns[std::size_t(c)];
        if (column.count == 0) continue;
        if (std::isnan(column.min)) { // nothing that can be shown
            whole = false;
            continue;
        }
        const int at = fills.left() + c;
        fills[at] = {float(row(column.max)), float(row(column.min))};
        const bool apart = before >= 0 && c - before > 1;
        if (apart && whole && columns[std::size_t(before)].broken == 0 && column.broken == 0) {
            const double from = middle(columns[std::size_t(before)], frame, row);
            const double to = middle(column, frame, row);
            const QPointF a(fills.left() + before + 0.5, from);
            const QPointF b(at + 0.5, steps ? from : to);
            fills.line(a, b);
            if (steps) fills.touch(at, from);
        }
        whole = true;
        before = c;
    }
}

/// Neighbours that do not touch are joined half way; of steps the later one takes the whole way.
void join(Fills& fills, const CurveShape& shape, bool steps) {
    const int count = std::min(int(shape.columns.size()), fills.right() - fills.left());
    ColumnFill before; // as it was
    for (int c = 0; c < count; ++c) {
        auto& fill = fills[fills.left() + c];
        const ColumnFill own = fill;
        if (before.any() && own.any()) {
            auto& left = fills[fills.left() + c - 1];
            if (before.bottom < own.top) {
                const float at = steps ? before.bottom : (before.bottom + own.top) / 2;
                left.bottom = std::max(left.bottom, at);
                fill.top = std::min(fill.top, at);
            } else if (own.bottom < before.top) {
                const float at = steps ? before.top : (before.top + own.bottom) / 2;
                left.top = std::min(left.top, at);
                fill.bottom = std::max(fill.bottom, at);
            }
        }
        before = own;
    }
}

/// Only where the curve is flat: a spike is never left out.
void leaveOut(std::vector<ColumnFill>& fills, int dash, double unit) {
    static const std::array<std::vector<double>, 5> patterns{
        {{}, {4.5, 3}, {6, 2.5, 1, 2.5}, {1, 2.6}, {5, 2, 1, 2, 1, 2}}};
    const auto& pattern = patterns[std::size_t(dash) % patterns.size()];
    if (pattern.empty()) return;
    double next = 0;
    for (std::size_t c = 0, part = 0; c < fills.size(); ++part) {
        next += std::max(1.0, pattern[part % pattern.size()] * unit);
        for (; c < fills.size() && double(c) < next; ++c)
            if (part % 2 == 1 && double(fills[c].bottom - fills[c].top) <= kFlatUpTo * unit) fills[c] = {};
    }
}

} // namespace

std::vector<ColumnFill> fillsOf(const CurveShape& shape, const PlotFrame& frame, int width, bool steps,
                                int dash, double unit) {
    Fills fills(frame, width);
    takePoints(fills, shape, frame, steps);
    if (!shape.columns.empty()) {
        takeColumns(fills, shape, frame, steps);
        join(fills, shape, steps);
    }
    auto all = fills.take();
    leaveOut(all, dash, unit);
    return all;
}

std::vector<ColumnFill> fillsOf(std::span<const BandPoint> band, const PlotFrame& frame, int width) {
    Fills fills(frame, width);
    const BandPoint* before = nullptr;
    for (const auto& point : band) {
        const bool there = frame.showsX(point.x) && frame.showsY(point.high) && !std::isnan(point.low);
        if (there && before) {
            const auto low = [&](const BandPoint& p) { // on a log axis an area that reaches 0 has no foot
                return frame.showsY(p.low) ? frame.py(p.low) : frame.area.bottom();
            };
            const double a = frame.px(before->x), b = frame.px(point.x);
            fills.line({a, frame.py(before->high)}, {b, frame.py(point.high)});
            fills.line({a, low(*before)}, {b, low(point)});
        }
        before = there ? &point : nullptr;
    }
    return fills.take();
}

void rasterise(QImage& picture, std::span<const RasterCurve> curves, int threads) {
    const int width = picture.width(), height = picture.height();
    if (width == 0 || height == 0) return;
    auto* pixels = reinterpret_cast<std::uint32_t*>(picture.bits());
    const auto stride = std::size_t(picture.bytesPerLine()) / sizeof(std::uint32_t);
    std::vector<Brush> brushes;
    for (const auto& curve : curves) brushes.emplace_back(curve.colour);
    const auto blocks = std::size_t((width + kBlock - 1) / kBlock);
    // Not a power of two apart, or the columns would share cache lines' places.
    const auto apart = std::size_t(height) | 1;
    constexpr std::size_t kTogether = 4;
    inParallel((blocks + kTogether - 1) / kTogether, threads, [&](std::size_t part) {
        std::vector<std::uint32_t> columns(apart * kBlock);
        for (std::size_t b = part * kTogether; b < std::min(blocks, (part + 1) * kTogether); ++b) {
            const int first = int(b) * kBlock, count = std::min(kBlock, width - first);
            for (int y = 0; y < height; ++y)
                for (int c = 0; c < count; ++c)
                    columns[std::size_t(c) * apart + std::size_t(y)] =
                        pixels[std::size_t(y) * stride + std::size_t(first + c)];
            for (std::size_t i = 0; i < curves.size(); ++i) {
                const auto& curve = curves[i];
                const float half = curve.thickness / 2;
                for (int c = 0; c < count && first + c < int(curve.fills.size()); ++c)
                    if (const auto& fill = curve.fills[std::size_t(first + c)]; fill.any())
                        brushes[i].fill(columns.data() + std::size_t(c) * apart, height, fill.top - half,
                                        fill.bottom + half);
            }
            for (int y = 0; y < height; ++y)
                for (int c = 0; c < count; ++c)
                    pixels[std::size_t(y) * stride + std::size_t(first + c)] =
                        columns[std::size_t(c) * apart + std::size_t(y)];
        }
    });
}

void inParallel(std::size_t count, int threads, const std::function<void(std::size_t)>& f) {
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
        for (std::size_t i = next++; i < count; i = next++) f(i);
    };
    std::vector<std::jthread> others;
    for (int t = 1; t < threads && std::size_t(t) < count; ++t) others.emplace_back(work);
    work();
}

} // namespace descent::ui

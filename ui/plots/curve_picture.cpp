#include "ui/plots/curve_picture.h"

#include "ui/plots/curve_raster.h"
#include "ui/plots/curve_strokes.h"
#include "ui/plots/ticks.h"

#include <QPainter>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <thread>

namespace descent::ui {

namespace {

constexpr std::size_t kStrokeUpTo = 200;     ///< points of a curve that a painter strokes
constexpr std::size_t kStrokeAllUpTo = 2000; ///< of all curves
constexpr std::size_t kKeepChunks = 64;      ///< fetched chunks that a curve may keep
constexpr std::size_t kReadUpTo = 4'000'000; ///< points for one picture, of all curves together

int threads() {
    static const int cores = int(std::clamp(std::thread::hardware_concurrency(), 1u, 4u));
    return cores;
}

void fitY(const CurveWish& wish, const std::vector<CurveShape>& shapes, PlotFrame& frame) {
    double low = std::numeric_limits<double>::infinity(), high = -low;
    const auto take = [&](double y) {
        if (!frame.showsY(y)) return;
        low = std::min(low, y);
        high = std::max(high, y);
    };
    for (const bool faint : {false, true}) { // the faint ones count only where there is nothing else
        for (std::size_t i = 0; i < shapes.size(); ++i) {
            if (wish.curves[i].faint != faint) continue;
            if (const auto found = shapes[i].extremes(frame)) {
                take(found->first);
                take(found->second);
            }
            if (!wish.curves[i].band) continue;
            for (const auto& point : *wish.curves[i].band)
                if (point.x >= frame.x_min && point.x <= frame.x_max) {
                    take(point.low);
                    take(point.high);
                }
        }
        if (low < high) break;
    }
    for (const double y : wish.lines) take(y);
    if (!(low <= high)) {
        low = frame.log_y ? 0.1 : 0;
        high = 1;
    }
    if (frame.log_y) {
        // Within the numbers that have a logarithm worth dividing by.
        low = std::max(low, 1e-300);
        high = std::clamp(high, low, 1e300);
        const double pad = std::max(1.05, std::pow(high / low, 0.04));
        frame.y_min = low / pad;
        frame.y_max = high * (std::isfinite(pad) ? pad : 1.05);
        if (!(frame.y_min > 0)) frame.y_min = low / 1.05;
        return;
    }
    if (!(high - low > 1e-290)) {
        const double pad = std::abs(low) < 1e-290 ? 1 : std::abs(low) * 0.1;
        low -= pad;
        high += pad;
    }
    if (low > 0 && low < 0.4 * high) low = 0; // near enough to zero to show it
    snapOutwards(low, high, wish.most_ticks);
    if (wish.share || wish.positive) low = std::max(low, 0.0);
    if (wish.share) high = std::min(high, 1.0);
    frame.y_min = low;
    frame.y_max = high;
}

/// Reads what is missing, in whole chunks; null where nothing came.
std::shared_ptr<SeriesPyramid> fetched(const CurveSource& curve, const std::vector<PointRange>& missing,
                                       const std::stop_token& stop) {
    if (!curve.pyramid || !curve.fetch || missing.empty()) return nullptr;
    auto filled = std::make_shared<SeriesPyramid>(*curve.pyramid);
    for (const auto& range : missing) {
        const std::size_t end = std::min(filled->size(), range.first + range.count);
        for (std::size_t chunk = range.first / kChunkPoints; chunk * kChunkPoints < end; ++chunk) {
            if (filled->has_points(chunk)) continue;
            if (stop.stop_requested()) return nullptr;
            const std::size_t first = chunk * kChunkPoints;
            std::vector<SeriesPoint> points;
            try {
                points = curve.fetch({first, std::min(kChunkPoints, filled->size() - first)});
            } catch (const std::exception&) { // the store is gone or damaged: what is there is shown
                return nullptr;
            }
            if (points.size() != std::min(kChunkPoints, filled->size() - first)) continue; // changed since
            filled->put_points(chunk, std::make_shared<const std::vector<SeriesPoint>>(std::move(points)));
        }
    }
    return filled;
}

/// Reads the finest buckets of what is missing, which leave few points to be read; null where none came.
std::shared_ptr<SeriesPyramid> fetchedBuckets(const CurveSource& curve,
                                              const std::vector<PointRange>& missing,
                                              const std::stop_token& stop) {
    if (!curve.pyramid || !curve.fetch_buckets || curve.pyramid->levels() == 0) return nullptr;
    std::shared_ptr<SeriesPyramid> filled;
    for (const auto& range : missing)
        for (std::size_t chunk = range.first / kChunkPoints; chunk * kChunkPoints < range.first + range.count;
             ++chunk) {
            if (chunk * kChunkPoints >= curve.pyramid->size() || curve.pyramid->has_buckets(1, chunk) ||
                curve.pyramid->has_points(chunk) || (filled && filled->has_buckets(1, chunk)))
                continue;
            if (stop.stop_requested()) return nullptr;
            auto buckets = curve.fetch_buckets(1, chunk);
            if (!buckets || buckets->empty()) continue;
            if (!filled) filled = std::make_shared<SeriesPyramid>(*curve.pyramid);
            filled->put_buckets(1, chunk, std::move(buckets));
        }
    return filled;
}

/// Points that reading the ranges in whole chunks would bring in.
std::size_t pointsToRead(const SeriesPyramid& series, const std::vector<PointRange>& missing) {
    std::size_t chunks = 0, next = 0;
    for (const auto& range : missing)
        for (std::size_t chunk = std::max(next, range.first / kChunkPoints);
             chunk * kChunkPoints < range.first + range.count; ++chunk) {
            chunks += !series.has_points(chunk);
            next = chunk + 1;
        }
    return chunks * kChunkPoints;
}

std::size_t chunksOf(const SeriesPyramid& series) {
    std::size_t count = 0;
    for (std::size_t chunk = 0; chunk * kChunkPoints < series.size(); ++chunk)
        count += series.has_points(chunk) ||
                 (series.size() > kKeepChunks * kChunkPoints && series.has_buckets(1, chunk));
    return count;
}

/// The shape with all that belongs to it, as far as `most` points read take it: where there are very many
/// curves, an extreme of a bucket of 16 may stay in the column that the bucket begins in.
CurveShape exactShape(const CurveSource& curve, const PlotFrame& frame, std::size_t columns, std::size_t most,
                      const std::stop_token& stop, std::shared_ptr<const SeriesPyramid>& kept, bool& exact) {
    constexpr int kPasses = 4; // where only coarse levels are there, the first does not know all it needs
    CurveSource with = curve;
    CurveShape shape;
    for (int pass = 0;; ++pass) {
        std::vector<PointRange> missing;
        shape = shapeOf(with, frame, columns, &missing);
        exact = missing.empty();
        if (exact || pass == kPasses) break;
        auto filled = fetchedBuckets(with, missing, stop);
        if (!filled && pointsToRead(*with.pyramid, missing) <= most) filled = fetched(with, missing, stop);
        if (!filled) break;
        with.pyramid = filled;
    }
    if (with.pyramid != curve.pyramid && chunksOf(*with.pyramid) <= kKeepChunks) kept = with.pyramid;
    return shape;
}

/// Where the area lies in its picture, in device pixels.
PlotFrame inPicture(PlotFrame frame, double ratio) {
    const double bleed = std::round(CurvePicture::kBleed * ratio);
    frame.area =
        QRectF(bleed, bleed, std::round(frame.area.width() * ratio), std::round(frame.area.height() * ratio));
    return frame;
}

QImage emptyPicture(const PlotFrame& frame, double ratio) {
    const int bleed = int(std::round(CurvePicture::kBleed * ratio));
    QImage image(int(std::round(frame.area.width() * ratio)) + 2 * bleed,
                 int(std::round(frame.area.height() * ratio)) + 2 * bleed,
                 QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    return image;
}

bool strokable(const CurveShape& shape, std::size_t all) {
    return shape.columns.empty() && shape.points.size() <= kStrokeUpTo && all <= kStrokeAllUpTo;
}

RasterCurve rasterCurve(const CurveSource& curve, const CurveShape& shape, const PlotFrame& inside, int width,
                        double ratio, double wider) {
    RasterCurve raster;
    raster.colour = curve.colour;
    if (curve.faint) raster.colour.setAlphaF(kFaintAlpha);
    raster.thickness = float((curve.faint ? 1 : 1.5) * ratio * wider);
    raster.fills = fillsOf(shape, inside, width, curve.steps, curve.faint ? 0 : curve.dash, 1.5 * ratio);
    return raster;
}

void paintInto(QImage& image, const CurveWish& wish, const std::vector<CurveShape>& shapes,
               const PlotFrame& inside, const PlotFrame& logical) {
    std::size_t all = 0;
    for (const auto& shape : shapes) all += shape.points.size();
    std::vector<RasterCurve> raster;
    std::vector<std::size_t> order; // of what is rasterised, bands first, then the faint
    const int width = image.width();
    for (const auto& curve : wish.curves)
        if (curve.band) {
            QColor colour = curve.colour;
            colour.setAlphaF(kBandAlpha);
            raster.push_back({fillsOf(*curve.band, inside, width), colour, 0});
        }
    for (const bool faint : {true, false})
        for (std::size_t i = 0; i < shapes.size(); ++i)
            if (wish.curves[i].faint == faint && !shapes[i].empty() && !strokable(shapes[i], all))
                order.push_back(i);
    const std::size_t bands = raster.size();
    raster.resize(bands + order.size());
    inParallel(order.size(), order.size() > 4 ? threads() : 1, [&](std::size_t k) {
        raster[bands + k] =
            rasterCurve(wish.curves[order[k]], shapes[order[k]], inside, width, wish.ratio, 1);
    });
    if (!raster.empty()) rasterise(image, raster, order.size() > 4 ? threads() : 1);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.scale(wish.ratio, wish.ratio);
    for (const bool faint : {true, false})
        for (std::size_t i = 0; i < shapes.size(); ++i)
            if (wish.curves[i].faint == faint && strokable(shapes[i], all))
                strokeCurve(painter, logical, wish.curves[i], shapes[i]);
    for (std::size_t i = 0; i < shapes.size(); ++i)
        strokeMarks(painter, logical, wish.curves[i], shapes[i], wish.broken);
}

/// In logical pixels of the picture.
PlotFrame logicalIn(const PlotFrame& inside, double ratio) {
    PlotFrame frame = inside;
    frame.area = QRectF(inside.area.topLeft() / ratio, inside.area.size() / ratio);
    return frame;
}

} // namespace

std::size_t CurveWish::size() const {
    std::size_t sum = 0;
    for (const auto& curve : curves) sum += curve.size() + (curve.band ? curve.band->size() : 0);
    return sum;
}

std::shared_ptr<const CurvePicture> drawPicture(const CurveWish& wish, bool fetch,
                                                const std::stop_token& stop) {
    const auto start = std::chrono::steady_clock::now();
    auto picture = std::make_shared<CurvePicture>();
    picture->number = wish.number;
    picture->read = fetch;
    picture->frame = wish.frame;
    const double pixels = wish.frame.area.width() * wish.ratio * wish.columns_a_pixel;
    const auto columns = std::size_t(std::max(16.0, std::round(pixels)));
    const std::size_t count = wish.curves.size();
    picture->shapes.resize(count);
    picture->filled.resize(count);
    std::vector<char> exact(count, 1);
    const std::size_t most = kReadUpTo / std::max<std::size_t>(1, count);
    inParallel(count, wish.size() > 20'000 && count > 1 ? threads() : 1, [&](std::size_t i) {
        if (stop.stop_requested()) return;
        const auto& curve = wish.curves[i];
        bool whole = true;
        if (fetch) {
            picture->shapes[i] =
                exactShape(curve, wish.frame, columns, most, stop, picture->filled[i], whole);
        } else {
            auto coarse = wish.coarse ? coarseShape(curve, wish.frame, columns) : std::nullopt;
            whole = !coarse && !curve.fetch; // asking what is missing costs as much again
            picture->shapes[i] = coarse ? std::move(*coarse) : shapeOf(curve, wish.frame, columns);
        }
        exact[i] = whole;
    });
    if (stop.stop_requested()) return nullptr;
    picture->exact = std::ranges::all_of(exact, [](char e) { return e != 0; });
    if (wish.fit_y) fitY(wish, picture->shapes, picture->frame);
    if (wish.picture && wish.frame.area.width() >= 1 && wish.frame.area.height() >= 1) {
        picture->image = emptyPicture(wish.frame, wish.ratio);
        const PlotFrame inside = inPicture(picture->frame, wish.ratio);
        paintInto(picture->image, wish, picture->shapes, inside, logicalIn(inside, wish.ratio));
    }
    picture->cost_ms =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
    return picture;
}

QImage drawPicked(const CurveWish& wish, const CurvePicture& picture, std::size_t curve) {
    if (curve >= picture.shapes.size() || curve >= wish.curves.size() || picture.image.isNull()) return {};
    constexpr double kWider = 2.5 / 1.5;
    QImage image = emptyPicture(picture.frame, wish.ratio);
    const PlotFrame inside = inPicture(picture.frame, wish.ratio);
    const auto& shape = picture.shapes[curve];
    CurveSource source = wish.curves[curve];
    if (strokable(shape, shape.points.size())) {
        QPainter painter(&image);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.scale(wish.ratio, wish.ratio);
        strokeCurve(painter, logicalIn(inside, wish.ratio), source, shape, kWider);
    } else {
        source.faint = false;
        const RasterCurve raster[] = {rasterCurve(source, shape, inside, image.width(), wish.ratio, kWider)};
        rasterise(image, raster, 1);
    }
    return image;
}

} // namespace descent::ui

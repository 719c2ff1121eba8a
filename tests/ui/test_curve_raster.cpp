#include "ui/plots/curve_picture.h"
#include "ui/plots/curve_raster.h"
#include "ui/theme.h"

#include <QApplication>
#include <QTest>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <random>

using namespace descent;
using namespace descent::ui;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr int kWidth = 160, kHeight = 120;

using Random = std::mt19937_64;

double between(Random& random, double low, double high) {
    return std::uniform_real_distribution(low, high)(random);
}

std::vector<SeriesPoint> seriesOf(Random& random, std::size_t size, int kind) {
    std::vector<SeriesPoint> points;
    std::int64_t update = 0;
    double seconds = 0;
    for (std::size_t i = 0; i < size; ++i) {
        update += 1 + std::int64_t(random() % 3);
        seconds += random() % 50 == 0 ? between(random, 0, 20) : between(random, 0, 0.1);
        double v = between(random, -1, 1);
        switch (kind) {
        case 0: // noise with spikes
            if (random() % 997 == 0) v *= 40;
            break;
        case 1: // and what is not a number
            if (random() % 13 == 0) v = random() % 2 == 0 ? kNaN : kInfinity;
            break;
        case 2:
            v = 3.25;
            break;
        case 3: // as large as numbers get
            v *= 1.7e308;
            break;
        case 4: // and as small
            v *= 4e-310;
            break;
        case 5: // over decades, with zeros and below
            v = random() % 31 == 0 ? v - 1 : std::exp(12 * v);
            break;
        default: // falls in steps
            v = 5 - std::floor(5.0 * double(i) / double(size)) + 0.01 * v;
        }
        points.push_back({Update{update}, Epoch{double(update) / 100}, seconds, v});
    }
    return points;
}

CurveWish wishFor(const std::vector<SeriesPoint>& points, SeriesAxis along, AxisRange range, bool log_x,
                  bool log_y) {
    SeriesPyramid series;
    series.append(points);
    CurveWish wish;
    wish.curves.resize(1);
    wish.curves[0].pyramid = std::make_shared<const SeriesPyramid>(std::move(series));
    wish.curves[0].along = along;
    wish.curves[0].colour = Qt::red;
    wish.broken = Qt::blue;
    wish.frame.x_min = range.first;
    wish.frame.x_max = range.second;
    wish.frame.log_x = log_x;
    wish.frame.log_y = log_y;
    wish.frame.area = QRectF(0, 0, kWidth, kHeight);
    return wish;
}

/// Of the columns by going through all points.
struct Truth {
    double low = kInfinity, high = -kInfinity;
    bool any() const { return low <= high; }
};

/// Rows of the picture's column that the curve covers, from the top of the plot area; none: first > last.
std::pair<int, int> rowsOf(const QImage& image, int column) {
    int first = image.height(), last = -1;
    for (int y = 0; y < image.height(); ++y) {
        const QRgb pixel = image.pixel(column + CurvePicture::kBleed, y);
        if (qRed(pixel) < 24 || qBlue(pixel) > qRed(pixel)) continue; // a mark is blue
        first = std::min(first, y);
        last = std::max(last, y);
    }
    return {first - CurvePicture::kBleed, last - CurvePicture::kBleed};
}

} // namespace

class TestCurveRaster : public QObject {
    Q_OBJECT
private Q_SLOTS:
    /// What is seen in each pixel column, read back from the picture, beside what is in the data.
    void eachColumnsExtremesAreTheTrueOnes() {
        Random random(20);
        int compared = 0, dense = 0;
        for (int round = 0; round < 84; ++round) {
            const int kind = round % 7;
            const bool log_y = kind == 5 || (kind == 0 && round % 2 == 1), log_x = round % 5 == 4;
            const auto points = seriesOf(random, 1500 + random() % 40'000, kind);
            const auto along = SeriesAxis::make(round % 3 == 0   ? XAxis::update
                                                : round % 3 == 1 ? XAxis::epoch
                                                                 : XAxis::seconds);
            const double end = along.of_moment(points.back());
            double low = between(random, 0, 0.5) * end, high = low + between(random, 0.2, 1) * (end - low);
            if (round % 4 == 0) std::tie(low, high) = std::pair(0.0, end);
            if (log_x) low = std::max(low, end * 1e-3);
            CurveWish wish = wishFor(points, along, {low, high}, log_x, log_y);
            wish.broken = Qt::transparent;
            // Small marks at the foot say what a log axis cannot show.
            const int foot = log_y ? kHeight - 6 : kHeight;
            const auto picture = drawPicture(wish);
            QVERIFY(picture->exact);
            const PlotFrame& frame = picture->frame;
            QVERIFY(frame.y_min < frame.y_max);
            const auto edges = frame.edges(kWidth);
            std::vector<Truth> truth(kWidth);
            for (const auto& point : points) {
                const double x = along.of_moment(point);
                if (x < edges.front() || x > edges.back() || !frame.showsY(point.value)) continue;
                const auto over = std::ranges::upper_bound(edges, x) - edges.begin() - 1;
                auto& column = truth[std::size_t(std::clamp<std::ptrdiff_t>(over, 0, kWidth - 1))];
                column.low = std::min(column.low, point.value);
                column.high = std::max(column.high, point.value);
            }
            dense += !picture->shapes[0].columns.empty();
            for (int c = 1; c + 1 < kWidth; ++c) {
                const auto& own = truth[std::size_t(c)];
                const auto &left = truth[std::size_t(c - 1)], &right = truth[std::size_t(c + 1)];
                if (!own.any() || !left.any() || !right.any()) continue;
                const auto [top, bottom] = rowsOf(picture->image, c);
                if (log_y && bottom >= foot) continue;
                QVERIFY2(top <= bottom, qPrintable(QStringLiteral("round %1 column %2").arg(round).arg(c)));
                // A neighbour that lies wholly beyond is met on the way; else nothing is drawn beyond.
                const bool met_above = left.low > own.high || right.low > own.high;
                const bool met_below = left.high < own.low || right.high < own.low;
                constexpr double kHalf = 0.75, kPixel = 1.01;
                const double high_y = frame.py(own.high) - kHalf, low_y = frame.py(own.low) + kHalf;
                const auto say = [&] {
                    return qPrintable(QStringLiteral("round %1 column %2: rows %3 to %4, in truth %5 to %6")
                                          .arg(round)
                                          .arg(c)
                                          .arg(top)
                                          .arg(bottom)
                                          .arg(high_y)
                                          .arg(low_y));
                };
                QVERIFY2(top <= high_y + kPixel, say());
                QVERIFY2(bottom + 1 >= low_y - kPixel, say());
                if (picture->shapes[0].columns.empty()) continue; // lines between points may go beyond
                if (!met_above) QVERIFY2(top >= high_y - kPixel, say());
                if (!met_below) QVERIFY2(bottom + 1 <= low_y + kPixel, say());
                ++compared;
            }
        }
        QVERIFY2(compared > 3000 && dense > 30, qPrintable(QString::number(compared)));
    }

    /// A series that is in the store: its fine buckets are read, then the points of the few that lie over an
    /// edge; of very many curves at once no more points than can be read in a moment.
    void whatIsMissingIsReadFromCoarseToFine() {
        Random random(7);
        const auto points = seriesOf(random, 300'000, 0);
        SeriesPyramid whole;
        whole.append(points);
        SeriesPyramid coarse = SeriesPyramid::of_size(points.size());
        const auto chunksAt = [](std::size_t buckets) {
            return (buckets + kChunkBuckets - 1) / kChunkBuckets;
        };
        const auto bucketsAt = [&](std::size_t level, std::size_t chunk) {
            std::vector<Bucket> found;
            for (std::size_t i = chunk * kChunkBuckets; i < (chunk + 1) * kChunkBuckets; ++i)
                if (const auto* bucket = whole.bucket(level, i)) found.push_back(*bucket);
            return std::make_shared<const std::vector<Bucket>>(std::move(found));
        };
        for (std::size_t level = 2; level <= whole.levels(); ++level)
            for (std::size_t chunk = 0; chunk < chunksAt(points.size() >> (4 * level)) + 1; ++chunk)
                coarse.put_buckets(level, chunk, bucketsAt(level, chunk));
        std::atomic<std::size_t> buckets_read = 0, points_read = 0;
        CurveWish wish = wishFor(points, {}, {0, double(points.back().update.count)}, false, false);
        auto& curve = wish.curves[0];
        curve.pyramid = std::make_shared<const SeriesPyramid>(coarse);
        curve.fetch_buckets = [&](std::size_t level, std::size_t chunk) {
            auto found = bucketsAt(level, chunk);
            buckets_read += found->size();
            return found;
        };
        curve.fetch = [&](PointRange range) {
            points_read += range.count;
            return whole.points(range);
        };
        const auto edges = wish.frame.edges(kWidth);
        const auto truth = whole.columns(edges, {});
        const auto picture = drawPicture(wish, true);
        QVERIFY(picture->exact);
        QVERIFY(buckets_read > 0 && points_read > 0);
        for (std::size_t c = 0; c < truth.size(); ++c) {
            QCOMPARE(picture->shapes[0].columns[c].min, truth[c].min);
            QCOMPARE(picture->shapes[0].columns[c].max, truth[c].max);
        }

        points_read = 0;
        wish.curves.assign(1000, curve);
        const auto many = drawPicture(wish, true);
        QVERIFY(!many->exact);
        QVERIFY(points_read <= 4'000'000);
        for (const auto& shape : many->shapes) {
            double low = kInfinity, high = -kInfinity, true_low = kInfinity, true_high = -kInfinity;
            for (std::size_t c = 0; c < truth.size(); ++c) {
                low = std::min(low, shape.columns[c].min);
                high = std::max(high, shape.columns[c].max);
                true_low = std::min(true_low, truth[c].min);
                true_high = std::max(true_high, truth[c].max);
            }
            QCOMPARE(low, true_low);
            QCOMPARE(high, true_high);
        }
    }

    /// Of few points, what the straight lines between them cover.
    void linesBetweenFewPointsAreWhole() {
        Random random(4);
        for (int round = 0; round < 20; ++round) {
            std::vector<PlotPoint> points;
            double x = 0;
            for (int i = 0; i < 250; ++i)
                points.push_back({x += between(random, 0.1, 3), between(random, -1, 1)});
            CurveShape shape;
            shape.points = points;
            PlotFrame frame;
            frame.x_min = between(random, 0, 100);
            frame.x_max = frame.x_min + between(random, 20, 200);
            frame.y_min = -1;
            frame.area = QRectF(0, 0, kWidth, kHeight);
            const auto fills = fillsOf(shape, frame, kWidth);
            for (int c = 0; c < kWidth; ++c) {
                double top = kInfinity, bottom = -kInfinity;
                for (std::size_t i = 0; i + 1 < points.size(); ++i) {
                    const double a = frame.px(points[i].x), b = frame.px(points[i + 1].x);
                    const double from = std::max(a, double(c)), to = std::min(b, double(c + 1));
                    if (from > to) continue;
                    for (const double at : {from, to}) {
                        const double y = points[i].y + (points[i + 1].y - points[i].y) * (at - a) / (b - a);
                        top = std::min(top, frame.py(y));
                        bottom = std::max(bottom, frame.py(y));
                    }
                }
                if (!(top <= bottom)) {
                    QVERIFY(!fills[std::size_t(c)].any());
                    continue;
                }
                QVERIFY(std::abs(fills[std::size_t(c)].top - top) < 1e-3);
                QVERIFY(std::abs(fills[std::size_t(c)].bottom - bottom) < 1e-3);
            }
        }
    }

    void whatIsNotANumberLeavesAGapAndAMark() {
        Random random(1);
        auto points = seriesOf(random, 40'000, 0);
        for (std::size_t i = 20'000; i < 24'000; ++i) points[i].value = kNaN;
        const auto along = SeriesAxis::make(XAxis::update);
        const double end = along.of_moment(points.back());
        const auto picture = drawPicture(wishFor(points, along, {0, end}, false, false));
        const int middle = int(picture->frame.px(along.of_moment(points[22'000])));
        for (int c = middle - 2; c <= middle + 2; ++c) {
            const auto [top, bottom] = rowsOf(picture->image, c);
            QVERIFY(top > bottom);
        }
        int marked = 0;
        for (int y = 0; y < picture->image.height(); ++y)
            for (int x = 0; x < picture->image.width(); ++x) {
                const QRgb p = picture->image.pixel(x, y);
                marked += qBlue(p) > 200 && qRed(p) < 60;
            }
        QVERIFY(marked > 4);
    }

    void whileItMovesExtremesAreTrueAndNearby() {
        Random random(9);
        int coarse = 0;
        for (int round = 0; round < 6; ++round) {
            const auto points = seriesOf(random, 150'000, 0);
            const auto along = SeriesAxis::make(XAxis::update);
            const double end = along.of_moment(points.back());
            const auto wish = wishFor(points, along, {end * 0.1, end * 0.9}, false, false);
            const auto shape = coarseShape(wish.curves[0], wish.frame, kWidth);
            if (!shape) continue;
            ++coarse;
            const auto exact = shapeOf(wish.curves[0], wish.frame, kWidth);
            for (int c = 1; c + 1 < kWidth; ++c) {
                double low = kInfinity, high = -kInfinity;
                bool found_low = false, found_high = false;
                for (int n = c - 1; n <= c + 1; ++n) {
                    low = std::min(low, exact.columns[std::size_t(n)].min);
                    high = std::max(high, exact.columns[std::size_t(n)].max);
                    found_low =
                        found_low || shape->columns[std::size_t(n)].min <= exact.columns[std::size_t(c)].min;
                    found_high =
                        found_high || shape->columns[std::size_t(n)].max >= exact.columns[std::size_t(c)].max;
                }
                const auto& column = shape->columns[std::size_t(c)];
                QVERIFY(column.min >= low && column.max <= high); // nothing made up
                QVERIFY(found_low && found_high);                 // nothing lost
            }
        }
        QVERIFY(coarse > 3);
    }

    void threadsDrawTheSame() {
        Random random(5);
        std::vector<RasterCurve> curves(9);
        for (std::size_t i = 0; i < curves.size(); ++i) {
            curves[i].colour = QColor::fromHsv(int(i) * 30, 200, 200, i % 2 == 0 ? 255 : 90);
            curves[i].thickness = float(i % 3);
            for (int c = 0; c < 301; ++c) {
                const double y = between(random, -20, 120);
                curves[i].fills.push_back({float(y), float(y + between(random, 0, 60))});
            }
        }
        QImage one(301, 97, QImage::Format_ARGB32_Premultiplied), four = one;
        one.fill(Qt::transparent);
        four.fill(Qt::transparent);
        rasterise(one, curves, 1);
        rasterise(four, curves, 4);
        QCOMPARE(one, four);
        QVERIFY(qAlpha(one.pixel(150, 50)) > 0);
    }

    void coverageOfEndsIsTheirShare() {
        QImage image(1, 10, QImage::Format_ARGB32_Premultiplied);
        image.fill(Qt::transparent);
        const RasterCurve curve[] = {{{{2.25f, 5.5f}}, Qt::red, 0}};
        rasterise(image, curve, 1);
        QCOMPARE(qAlpha(image.pixel(0, 1)), 0);
        QVERIFY(std::abs(qAlpha(image.pixel(0, 2)) - 0.75 * 255) < 2);
        QCOMPARE(qAlpha(image.pixel(0, 3)), 255);
        QCOMPARE(qAlpha(image.pixel(0, 4)), 255);
        QVERIFY(std::abs(qAlpha(image.pixel(0, 5)) - 0.5 * 255) < 2);
        QCOMPARE(qAlpha(image.pixel(0, 6)), 0);
    }

    void dashesLeaveColumnsOut() {
        CurveShape shape;
        shape.points = {{0, 0}, {100, 0}};
        PlotFrame frame;
        frame.x_max = 100;
        frame.y_min = -1;
        frame.area = QRectF(0, 0, 100, 50);
        const auto any = [](const std::vector<ColumnFill>& fills) {
            return std::ranges::count_if(fills, [](const ColumnFill& f) { return f.any(); });
        };
        QCOMPARE(any(fillsOf(shape, frame, 100)), 100);
        const auto dashed = any(fillsOf(shape, frame, 100, false, 1));
        QVERIFY(dashed > 40 && dashed < 80);
    }

    void aBandIsFilledFromLowToHigh() {
        const std::vector<BandPoint> band{
            {0, 5, 2, 8, 3}, {5, 5, 2, 8, 3}, {5.1, 5, kNaN, kNaN, 1}, {10, 5, 2, 8, 3}};
        PlotFrame frame;
        frame.x_max = 10;
        frame.y_max = 10;
        frame.area = QRectF(0, 0, 100, 100);
        const auto fills = fillsOf(band, frame, 100);
        QVERIFY(std::abs(fills[20].top - 20) < 1e-3 && std::abs(fills[20].bottom - 80) < 1e-3);
        QVERIFY(!fills[80].any()); // of one replicate there is no spread
    }
};

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    theme::apply(app, theme::Mode::light);
    TestCurveRaster test;
    return QTest::qExec(&test, argc, argv);
}
#include "test_curve_raster.moc"

#include "core/analysis/pyramid.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <random>
#include <set>
#include <stdexcept>

namespace descent {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
using Series = std::vector<SeriesPoint>;
using Random = std::mt19937_64;

double uniform(Random& random) {
    return std::uniform_real_distribution<>(0, 1)(random);
}

std::size_t below(Random& random, std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
}

double value_of_kind(Random& random, int kind, double before) {
    constexpr double kTiny = std::numeric_limits<double>::denorm_min();
    constexpr double kHuge = std::numeric_limits<double>::max();
    switch (kind) {
    case 0: // a walk with spikes
        return below(random, 200) == 0 ? 1e6 * (uniform(random) - 0.5) : before + uniform(random) - 0.5;
    case 1:
        return 3.25;
    case 2: // with what is not a number
        return below(random, 5) == 0 ? kNaN : below(random, 9) == 0 ? kInfinity : uniform(random);
    case 3:
        return kTiny * static_cast<double>(below(random, 100)) * (below(random, 3) == 0 ? -1 : 1);
    case 4:
        return kHuge * (below(random, 2) == 0 ? -1 : 1) * (below(random, 3) == 0 ? 1 : uniform(random));
    case 5:
        return below(random, 2) == 0 ? kNaN : -kInfinity;
    case 6: // on both sides of zero, and on it
        return static_cast<double>(below(random, 5)) - 2;
    default:
        return std::pow(10, 20 * uniform(random) - 10);
    }
}

constexpr int kKinds = 8;

/// Updates rise with gaps, epochs and seconds stay the same now and then.
Series random_series(Random& random, std::size_t size, int kind) {
    Series series(size);
    SeriesPoint at;
    for (SeriesPoint& point : series) {
        at.update.count += 1 + static_cast<std::int64_t>(below(random, 10) == 0 ? below(random, 50) : 0);
        if (below(random, 3) != 0) at.epoch.passes += 0.25;
        if (below(random, 40) != 0) at.seconds += uniform(random);
        const double v = value_of_kind(random, kind, at.value);
        at.value = std::isfinite(v) ? v : at.value;
        point = at;
        point.value = v;
    }
    return series;
}

SeriesAxis random_axis(Random& random) {
    constexpr XAxis kAll[] = {XAxis::update, XAxis::epoch, XAxis::seconds, XAxis::examples, XAxis::share};
    return SeriesAxis::make(kAll[below(random, 5)], 777, 31'000);
}

std::vector<double> random_edges(Random& random, const Series& series, SeriesAxis axis) {
    double low = 0, high = 1;
    if (!series.empty()) {
        const auto x = [&] { return axis.of_moment(series[below(random, series.size())]); };
        low = x();
        high = x();
        if (low > high) std::swap(low, high);
        if (below(random, 4) == 0) {
            low = axis.of_moment(series.front());
            high = axis.of_moment(series.back());
        }
        if (below(random, 5) == 0) high += 0.3 * (high - low) + 1;
        if (below(random, 5) == 0) low -= 0.3 * (high - low) + 1;
        if (high == low) high = low + 1;
    }
    const std::size_t columns = 1 + below(random, below(random, 2) == 0 ? 12 : 1100);
    const bool log = low > 0 && below(random, 3) == 0;
    std::vector<double> edges(columns + 1);
    for (std::size_t i = 0; i <= columns; ++i) {
        const double share = static_cast<double>(i) / static_cast<double>(columns);
        edges[i] = log ? low * std::pow(high / low, share) : low + share * (high - low);
    }
    return edges;
}

/// The same the slow way.
std::vector<Column> true_columns(const Series& series, const std::vector<double>& edges, SeriesAxis axis,
                                 bool log_y) {
    std::vector<Column> columns(edges.size() - 1, {kNaN, kNaN, kNaN, 0, 0});
    std::vector<long double> sums(columns.size());
    for (const SeriesPoint& point : series) {
        const double x = axis.of_moment(point);
        if (x < edges.front() || x > edges.back()) continue;
        const auto right = std::upper_bound(edges.begin(), edges.end() - 1, x);
        const auto c = static_cast<std::size_t>(right - edges.begin()) - 1;
        Column& column = columns[std::min(c, columns.size() - 1)];
        ++column.count;
        if (!std::isfinite(point.value)) {
            ++column.broken;
            continue;
        }
        sums[std::min(c, columns.size() - 1)] += point.value;
        if (log_y && !(point.value > 0)) continue;
        if (!(point.value >= column.min)) column.min = point.value;
        if (!(point.value <= column.max)) column.max = point.value;
    }
    for (std::size_t c = 0; c < columns.size(); ++c)
        if (const auto finite = columns[c].count - columns[c].broken)
            columns[c].mean = static_cast<double>(sums[c] / finite);
    return columns;
}

bool same(double a, double b) {
    return a == b || (std::isnan(a) && std::isnan(b));
}

double largest(const Series& series) {
    double size = 0;
    for (const SeriesPoint& p : series)
        if (std::isfinite(p.value)) size = std::max(size, std::abs(p.value));
    return size;
}

void expect_extremes(const std::vector<Column>& shown, const std::vector<Column>& truth) {
    ASSERT_EQ(shown.size(), truth.size());
    for (std::size_t c = 0; c < truth.size(); ++c) {
        ASSERT_TRUE(same(shown[c].min, truth[c].min)) << c << ": " << shown[c].min << ", " << truth[c].min;
        ASSERT_TRUE(same(shown[c].max, truth[c].max)) << c << ": " << shown[c].max << ", " << truth[c].max;
    }
}

void expect_all(const std::vector<Column>& shown, const std::vector<Column>& truth, double scale) {
    ASSERT_NO_FATAL_FAILURE(expect_extremes(shown, truth));
    for (std::size_t c = 0; c < truth.size(); ++c) {
        ASSERT_EQ(shown[c].count, truth[c].count) << c;
        ASSERT_EQ(shown[c].broken, truth[c].broken) << c;
        ASSERT_EQ(std::isnan(shown[c].mean), std::isnan(truth[c].mean)) << c;
        if (!std::isnan(truth[c].mean)) {
            ASSERT_LE(std::abs(shown[c].mean / 2 - truth[c].mean / 2), 1e-12 * scale + 1e-322) << c;
        }
    }
}

SeriesPyramid built(const Series& series) {
    SeriesPyramid pyramid;
    pyramid.append(series);
    return pyramid;
}

/// A copy of a chunk's items, as the store would bring them.
SeriesPyramid::Points points_of(const SeriesPyramid& whole, std::size_t chunk) {
    return std::make_shared<std::vector<SeriesPoint>>(whole.points({chunk * kChunkPoints, kChunkPoints}));
}

SeriesPyramid::Buckets buckets_in(const SeriesPyramid& whole, std::size_t level, std::size_t chunk) {
    auto items = std::make_shared<std::vector<Bucket>>();
    for (std::size_t i = chunk * kChunkBuckets; i < (chunk + 1) * kChunkBuckets; ++i)
        if (const Bucket* bucket = whole.bucket(level, i)) items->push_back(*bucket);
    return items;
}

std::size_t chunks_of(const SeriesPyramid& whole, std::size_t level) {
    const std::size_t each = level == 0 ? kChunkPoints : kChunkBuckets;
    return (buckets_of(whole.size(), level) + each - 1) / each;
}

/// The series with its coarsest level whole and a share of the rest.
SeriesPyramid with_gaps(Random& random, const SeriesPyramid& whole, double share) {
    SeriesPyramid part = SeriesPyramid::of_size(whole.size());
    for (std::size_t level = 0; level <= whole.levels(); ++level)
        for (std::size_t chunk = 0; chunk < chunks_of(whole, level); ++chunk) {
            if (level < whole.levels() && uniform(random) >= share) continue;
            if (level == 0)
                part.put_points(chunk, points_of(whole, chunk));
            else
                part.put_buckets(level, chunk, buckets_in(whole, level, chunk));
        }
    return part;
}

const std::size_t kSizes[] = {0,   1,   2,    7,    15,   16,   17,     100,    255,    256,
                              257, 999, 4095, 4096, 4097, 9000, 65'535, 65'536, 70'001, 140'000};

bool equal(const Bucket& a, const Bucket& b) {
    return std::memcmp(&a, &b, sizeof(Bucket)) == 0;
}
static_assert(sizeof(Bucket) == 64, "no padding, so that buckets can be compared by their bytes");

void expect_equal(const SeriesPyramid& a, const SeriesPyramid& b) {
    ASSERT_EQ(a.size(), b.size());
    ASSERT_EQ(a.levels(), b.levels());
    for (std::size_t i = 0; i < a.size(); ++i)
        ASSERT_EQ(std::memcmp(a.point(i), b.point(i), sizeof(SeriesPoint)), 0) << i;
    for (std::size_t level = 1; level <= a.levels(); ++level)
        for (std::size_t i = 0; i < buckets_of(a.size(), level); ++i) {
            ASSERT_TRUE(a.bucket(level, i) && b.bucket(level, i)) << level << ", " << i;
            ASSERT_TRUE(equal(*a.bucket(level, i), *b.bucket(level, i))) << level << ", " << i;
        }
}

} // namespace

TEST(Pyramid, ItsBucketsSumUpTheirPoints) {
    Random random(1);
    for (const std::size_t size : kSizes)
        for (int kind = 0; kind < kKinds; ++kind) {
            const Series series = random_series(random, size, kind);
            const double scale = largest(series);
            const SeriesPyramid pyramid = built(series);
            ASSERT_EQ(pyramid.size(), size);
            ASSERT_EQ(pyramid.levels(), size <= 16 ? 0u : size <= 4096 ? 1u : size <= 65'536 ? 2u : 3u);
            std::size_t width = 1;
            for (std::size_t level = 1; level <= pyramid.levels(); ++level) {
                width *= 16;
                ASSERT_EQ(pyramid.bucket(level, (size + width - 1) / width), nullptr);
                for (std::size_t i = 0; i * width < size; ++i) {
                    const Bucket* bucket = pyramid.bucket(level, i);
                    ASSERT_TRUE(bucket);
                    Bucket truth{series[i * width].update,
                                 series[i * width].epoch,
                                 series[i * width].seconds,
                                 kNaN,
                                 kNaN,
                                 kNaN};
                    long double sum = 0;
                    for (std::size_t p = i * width; p < std::min(size, (i + 1) * width); ++p) {
                        const double v = series[p].value;
                        ++truth.count;
                        if (!std::isfinite(v)) continue;
                        ++truth.finite;
                        sum += v;
                        if (!(v >= truth.min)) truth.min = v;
                        if (!(v <= truth.max)) truth.max = v;
                        if (v > 0 && !(v >= truth.min_positive)) truth.min_positive = v;
                    }
                    EXPECT_EQ(bucket->update, truth.update);
                    EXPECT_EQ(bucket->epoch, truth.epoch);
                    EXPECT_EQ(bucket->seconds, truth.seconds);
                    EXPECT_TRUE(same(bucket->min, truth.min));
                    EXPECT_TRUE(same(bucket->max, truth.max));
                    EXPECT_TRUE(same(bucket->min_positive, truth.min_positive));
                    ASSERT_EQ(bucket->count, truth.count);
                    ASSERT_EQ(bucket->finite, truth.finite);
                    if (truth.finite > 0)
                        ASSERT_LE(std::abs(bucket->mean / 2 - static_cast<double>(sum / truth.finite) / 2),
                                  1e-12 * scale + 1e-322);
                    else
                        ASSERT_TRUE(std::isnan(bucket->mean));
                }
            }
        }
}

TEST(Pyramid, WithAllPointsEachColumnIsTheTruth) {
    Random random(2);
    for (const std::size_t size : kSizes)
        for (int kind = 0; kind < kKinds; ++kind) {
            const Series series = random_series(random, size, kind);
            const SeriesPyramid pyramid = built(series);
            for (int window = 0; window < (size > 60'000 ? 6 : 20); ++window) {
                const SeriesAxis axis = random_axis(random);
                const auto edges = random_edges(random, series, axis);
                const bool log_y = below(random, 2) == 0;
                SCOPED_TRACE(::testing::Message() << size << " of kind " << kind << ", window " << window
                                                  << (log_y ? ", log" : ""));
                std::vector<PointRange> missing{{1, 1}};
                const auto shown = pyramid.columns(edges, axis, log_y, &missing);
                ASSERT_NO_FATAL_FAILURE(
                    expect_all(shown, true_columns(series, edges, axis, log_y), largest(series)));
                EXPECT_TRUE(missing.empty());
            }
        }
}

TEST(Pyramid, WithoutAllPointsItIsTrueAndSaysWhatItLacks) {
    Random random(3);
    std::size_t lacking = 0, spared = 0;
    for (const std::size_t size : kSizes)
        for (int kind = 0; kind < kKinds; ++kind) {
            const Series series = random_series(random, size, kind);
            const SeriesPyramid whole = built(series);
            std::set<double> values;
            for (const SeriesPoint& p : series)
                if (std::isfinite(p.value)) values.insert(p.value);
            for (int window = 0; window < (size > 60'000 ? 5 : 15); ++window) {
                const SeriesAxis axis = random_axis(random);
                const auto edges = random_edges(random, series, axis);
                const bool log_y = below(random, 2) == 0;
                SCOPED_TRACE(::testing::Message() << size << " of kind " << kind << ", window " << window
                                                  << (log_y ? ", log" : ""));
                SeriesPyramid part = with_gaps(random, whole, 0.3 * static_cast<double>(below(random, 3)));
                std::vector<PointRange> missing;
                const auto shown = part.columns(edges, axis, log_y, &missing);
                for (const Column& column : shown) {
                    ASSERT_EQ(std::isnan(column.min), std::isnan(column.max));
                    if (std::isnan(column.min)) continue;
                    ASSERT_TRUE(values.contains(column.min)) << column.min;
                    ASSERT_TRUE(values.contains(column.max)) << column.max;
                }
                std::size_t end = 0;
                for (const PointRange& range : missing) {
                    ASSERT_TRUE(range.count > 0 && range.first + range.count <= size);
                    ASSERT_TRUE(end == 0 || range.first > end) << "in order, and joined where they meet";
                    end = range.first + range.count;
                    for (std::size_t c = range.first / kChunkPoints; c * kChunkPoints < end; ++c) {
                        part.put_points(c, points_of(whole, c));
                    }
                }
                ++(missing.empty() ? spared : lacking);
                const auto truth = true_columns(series, edges, axis, log_y);
                ASSERT_NO_FATAL_FAILURE(expect_extremes(part.columns(edges, axis, log_y), truth));
            }
        }
    EXPECT_GT(lacking, 100u);
    EXPECT_GT(spared, 100u);
}

TEST(Pyramid, AsksOnlyForWhatCouldChangeAColumn) {
    Series series(70'000);
    for (std::size_t i = 0; i < series.size(); ++i)
        series[i] = {Update{static_cast<std::int64_t>(i)}, {}, 0, i % 2 == 0 ? 1.0 : 2.0};
    series[1234].value = -9;  // in a bucket over no edge
    series[35'010].value = 9; // in one over the edge at 35,000
    const SeriesPyramid whole = built(series);
    SeriesPyramid coarse = SeriesPyramid::of_size(series.size());
    for (std::size_t level = 2; level <= whole.levels(); ++level)
        for (std::size_t chunk = 0; chunk < chunks_of(whole, level); ++chunk)
            coarse.put_buckets(level, chunk, buckets_in(whole, level, chunk));
    const std::vector<double> edges{0, 7'000, 14'000, 21'000, 28'000, 35'000, 42'000, 49'000, 69'999};
    std::vector<PointRange> missing;
    coarse.columns(edges, {}, false, &missing);
    EXPECT_EQ(missing, (std::vector<PointRange>{{34'816, 256}}));
    coarse.columns(edges, {}, true, &missing);
    EXPECT_EQ(missing, (std::vector<PointRange>{{34'816, 256}}));
    series[35'010].value = -9; // nothing to a log axis, unlike …
    const SeriesPyramid other = built(series);
    SeriesPyramid again = SeriesPyramid::of_size(series.size());
    again.put_buckets(2, 0, buckets_in(other, 2, 0));
    again.put_buckets(2, 1, buckets_in(other, 2, 1));
    again.columns(edges, {}, true, &missing);
    EXPECT_TRUE(missing.empty());
    again.columns(edges, {}, false, &missing);
    EXPECT_EQ(missing, (std::vector<PointRange>{{34'816, 256}})) << "… to a linear one";
    SeriesPyramid::of_size(5000).columns(edges, {}, false, &missing);
    EXPECT_EQ(missing, (std::vector<PointRange>{{0, 5000}})) << "nothing is there yet";
}

TEST(Pyramid, GrowsAsIfBuiltAtOnce) {
    Random random(4);
    for (const std::size_t size : kSizes) {
        const Series series = random_series(random, size, static_cast<int>(below(random, kKinds)));
        SeriesPyramid grown;
        const std::size_t step = size > 20'000 ? 9000 : 1 + below(random, 700);
        for (std::size_t at = 0; at < size;) {
            const std::size_t count = std::min(size - at, below(random, step) + 1);
            grown.append(std::span(series).subspan(at, count));
            at += count;
        }
        ASSERT_NO_FATAL_FAILURE(expect_equal(grown, built(series))) << size;
    }
}

TEST(Pyramid, ASnapshotStaysAsItWas) {
    Random random(5);
    const Series series = random_series(random, 80'000, 0);
    SeriesPyramid live;
    for (std::size_t at = 0; at < series.size();) {
        const std::size_t count = std::min(series.size() - at, below(random, 8000) + 1);
        const SeriesPyramid snapshot = live;
        live.append(std::span(series).subspan(at, count));
        ASSERT_NO_FATAL_FAILURE(expect_equal(
            snapshot, built({series.begin(), series.begin() + static_cast<std::ptrdiff_t>(at)})));
        at += count;
    }
    expect_equal(live, built(series));
}

TEST(Pyramid, FromWhatTheStoreBringsItGrowsToo) {
    Random random(6);
    for (const std::size_t size : {1u, 16u, 17u, 4096u, 4100u, 65'536u, 66'000u}) {
        const Series series = random_series(random, size + 70'000, 0);
        const SeriesPyramid whole = built({series.begin(), series.begin() + size});
        SeriesPyramid part = SeriesPyramid::of_size(size); // the last chunks, and the coarsest level
        for (std::size_t level = 0; level <= whole.levels(); ++level) {
            const std::size_t last = chunks_of(whole, level) - 1;
            if (level == 0)
                part.put_points(last, points_of(whole, last));
            else
                part.put_buckets(level, last, buckets_in(whole, level, last));
        }
        part.append(std::span(series).subspan(size));
        const SeriesPyramid all = built(series);
        ASSERT_EQ(part.levels(), all.levels());
        for (std::size_t level = 1; level <= all.levels(); ++level)
            for (std::size_t i = 0; i < buckets_of(all.size(), level); ++i)
                if (const Bucket* bucket = part.bucket(level, i)) {
                    ASSERT_TRUE(equal(*bucket, *all.bucket(level, i))) << level << ", " << i;
                }
        for (std::size_t i = 0; i < buckets_of(all.size(), all.levels()); ++i)
            ASSERT_TRUE(part.bucket(all.levels(), i)) << "the coarsest is whole";
    }
    EXPECT_THROW(SeriesPyramid::of_size(5000).append(random_series(random, 1, 0)), std::logic_error);
}

TEST(Pyramid, AChunkThatDoesNotFitIsCutOrLeftOut) {
    Random random(7);
    const Series series = random_series(random, 5000, 0);
    const SeriesPyramid whole = built(series);
    SeriesPyramid part = SeriesPyramid::of_size(4200);
    part.put_points(1, points_of(whole, 1)); // 904 points
    ASSERT_TRUE(part.has_points(1));
    EXPECT_EQ(part.points({4096, 4096}).size(), 104u);
    part.put_points(0, points_of(whole, 1));
    EXPECT_FALSE(part.has_points(0));
    part.put_points(2, points_of(whole, 1));
    part.put_buckets(0, 0, buckets_in(whole, 1, 0));
    part.put_buckets(9, 0, buckets_in(whole, 1, 0));
    EXPECT_FALSE(part.has_points(2) || part.has_buckets(0, 0) || part.has_buckets(9, 0));
    EXPECT_EQ(part.point(0), nullptr);
    EXPECT_EQ(part.point(4200), nullptr);
    part.drop_points(1);
    EXPECT_FALSE(part.has_points(1));
}

TEST(Pyramid, FindsThePlaceOfX) {
    Random random(8);
    for (const std::size_t size : kSizes) {
        const Series series = random_series(random, size, 0);
        const SeriesPyramid whole = built(series);
        for (int i = 0; i < 60; ++i) {
            const SeriesAxis axis = random_axis(random);
            const bool inclusive = below(random, 2) == 0;
            double x = size == 0 ? 1 : axis.of_moment(series[below(random, size)]);
            if (below(random, 3) == 0) x += (uniform(random) - 0.5) * (below(random, 4) == 0 ? 1e9 : 1);
            const auto truth =
                static_cast<std::size_t>(std::ranges::count_if(series, [&](const SeriesPoint& p) {
                    return inclusive ? axis.of_moment(p) <= x : axis.of_moment(p) < x;
                }));
            const auto place = whole.place(x, axis, inclusive);
            ASSERT_TRUE(place.exact);
            ASSERT_EQ(place.index, truth) << size;
            const SeriesPyramid part = with_gaps(random, whole, 0.4);
            const auto near = part.place(x, axis, inclusive);
            ASSERT_LE(near.index, truth);
            if (near.exact) {
                ASSERT_EQ(near.index, truth);
            } else {
                ASSERT_LE(truth - near.index, std::size_t{1} << (4 * whole.levels()));
            }
        }
        EXPECT_TRUE(size == 0 ? std::isnan(whole.first_x({})) && std::isnan(whole.last_x({}))
                              : whole.first_x({}) == static_cast<double>(series.front().update.count) &&
                                    whole.last_x({}) == static_cast<double>(series.back().update.count));
    }
}

TEST(Pyramid, GivesThePointsThatAreThere) {
    Random random(9);
    const Series series = random_series(random, 10'000, 0);
    SeriesPyramid part = built(series);
    part.drop_points(1);
    const auto first = [&](PointRange range) -> std::optional<std::int64_t> {
        const auto found = part.points(range);
        if (found.empty()) return std::nullopt;
        return found.front().update.count;
    };
    EXPECT_EQ(part.points({0, 10'000}).size(), 10'000u - 4096u);
    EXPECT_EQ(part.points({4000, 200}).size(), 96u);
    EXPECT_EQ(first({4100, 8000}), series[8192].update.count);
    EXPECT_EQ(first({4100, 1000}), std::nullopt);
    EXPECT_EQ(part.points({9999, SIZE_MAX}).size(), 1u);
    EXPECT_EQ(part.points({10'000, 1}).size(), 0u);
}

} // namespace descent

#include "core/store/series_reader.h"

#include "core/store/pyramid_rows.h"
#include "core/store/reader_impl.h"

#include <algorithm>
#include <limits>

namespace descent {
namespace {

constexpr std::int64_t kBeforeAll = std::numeric_limits<std::int64_t>::min();
/// An overview has a level of at least this many buckets whole, so that a chart's columns are narrow enough.
constexpr std::size_t kFineEnough = 2048;
/// Chunks of points that are as quickly read as summed up.
constexpr std::size_t kFewChunks = 2;

std::int64_t bounded(std::size_t n) {
    return static_cast<std::int64_t>(
        std::min(n, static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max())));
}

/// Buckets [first, …) of a level.
struct Stretch {
    std::size_t first = 0;
    std::vector<Bucket> buckets;
};

template<class T>
void add_sums(std::vector<Bucket>& to, std::span<const T> items) {
    for (std::size_t i = 0; i < items.size(); i += kFanOut)
        to.push_back(bucket_of(items.subspan(i, std::min(kFanOut, items.size() - i))));
}

template<class T>
std::shared_ptr<std::vector<T>> slice(const std::vector<T>& items, std::size_t first, std::size_t count) {
    const auto begin = items.begin() + static_cast<std::ptrdiff_t>(first);
    return std::make_shared<std::vector<T>>(
        begin, begin + static_cast<std::ptrdiff_t>(std::min(count, items.size() - first)));
}

} // namespace

SeriesReader::Rows::Rows(SQLite::Database& db)
    : last(db, "SELECT chunk, last_update FROM pyramid WHERE metric_no = ? AND level = 1 AND chunk < ?"
               " ORDER BY chunk DESC LIMIT 1")
    , chunks(db, "SELECT chunk, data FROM pyramid WHERE metric_no = ? AND level = ? AND chunk >= ?"
                 " AND chunk < ? ORDER BY chunk") {}

SeriesReader::SeriesReader(SQLite::Database& db)
    : metric_(db, "SELECT m.metric_no FROM metric m JOIN run r ON r.run_no = m.run_no"
                  " WHERE r.run_id = ? AND m.name = ?")
    , samples_(db, "SELECT update_count, epoch, seconds, value FROM sample WHERE metric_no = ?"
                   " AND update_count >= ? ORDER BY update_count LIMIT ? OFFSET ?")
    , at_(db, "SELECT update_count, epoch, seconds, value FROM sample WHERE metric_no = ?"
              " AND update_count <= ? ORDER BY update_count DESC LIMIT 1") {
    if (db.tableExists("pyramid")) rows_.emplace(db);
}

std::optional<std::int64_t> SeriesReader::metric(const RunId& run, const std::string& name) {
    metric_.bind(1, run.uuid);
    metric_.bind(2, name);
    std::optional<std::int64_t> found;
    if (metric_.executeStep()) found = metric_.getColumn(0).getInt64();
    metric_.reset();
    return found;
}

SeriesReader::Sealed SeriesReader::sealed(std::int64_t metric_no, std::size_t at_most) {
    Sealed found{0, kBeforeAll};
    if (!rows_) return found;
    rows_->last.bind(1, metric_no);
    rows_->last.bind(2, bounded(at_most));
    if (rows_->last.executeStep())
        found = {static_cast<std::size_t>(rows_->last.getColumn(0).getInt64()) + 1,
                 rows_->last.getColumn(1).getInt64()};
    rows_->last.reset();
    return found;
}

// None where one of them is absent.
std::optional<std::vector<Bucket>> SeriesReader::rows(std::int64_t metric_no, std::size_t level,
                                                      std::size_t first, std::size_t end) {
    std::vector<Bucket> found;
    if (first == end) return found;
    if (!rows_) return std::nullopt;
    rows_->chunks.bind(1, metric_no);
    rows_->chunks.bind(2, static_cast<std::int64_t>(level));
    rows_->chunks.bind(3, bounded(first));
    rows_->chunks.bind(4, bounded(end));
    found.reserve((end - first) * kChunkBuckets);
    while (rows_->chunks.executeStep()) {
        const auto part = sql::buckets_at(rows_->chunks, 1);
        found.insert(found.end(), part.begin(), part.end());
    }
    rows_->chunks.reset();
    if (found.size() != (end - first) * kChunkBuckets) return std::nullopt;
    return found;
}

std::vector<SeriesPoint> SeriesReader::samples(std::int64_t metric_no, std::int64_t from, std::size_t skip,
                                               std::size_t count) {
    std::vector<SeriesPoint> found;
    samples_.bind(1, metric_no);
    samples_.bind(2, from);
    samples_.bind(3, bounded(count));
    samples_.bind(4, bounded(skip));
    while (samples_.executeStep()) found.push_back(sql::point_at(samples_));
    samples_.reset();
    return found;
}

SeriesPyramid SeriesReader::overview(std::int64_t metric_no) {
    if (auto series = overview_on(metric_no, sealed(metric_no))) return std::move(*series);
    return *overview_on(metric_no, {0, kBeforeAll});
}

// From the rows of level 1 and what they lead to, and the samples after them. None where a row is absent.
std::optional<SeriesPyramid> SeriesReader::overview_on(std::int64_t metric_no, Sealed sealed) {
    const auto after = [&] {
        return samples(metric_no, sealed.chunks > 0 ? sealed.last_update + 1 : kBeforeAll, 0, SIZE_MAX);
    };
    std::vector<SeriesPoint> tail;
    if (sealed.chunks > kFewChunks) {
        tail = after();
        if (tail.empty()) { // the last chunk of points is full: it is wanted all the same
            const std::size_t chunks = sealed.chunks - 1;
            sealed = this->sealed(metric_no, chunks);
            if (sealed.chunks != chunks) return std::nullopt;
            tail = after();
        }
    } else {
        sealed = {0, kBeforeAll};
        tail = after();
    }

    const std::size_t size = sealed.chunks * kChunkPoints + tail.size();
    SeriesPyramid series = SeriesPyramid::of_size(size);
    std::size_t whole = std::max<std::size_t>(series.levels(), 1);
    while (whole > 1 && buckets_of(size, whole) < kFineEnough) --whole;

    Stretch below;
    std::size_t chunks = sealed.chunks; // of this level that have rows
    for (std::size_t level = 1; level <= series.levels(); ++level, chunks /= kFanOut) {
        Stretch here;
        if (level <= whole) {
            const std::size_t first = level < whole ? chunks / kFanOut * kFanOut : 0;
            auto stored = rows(metric_no, level, first, chunks);
            if (!stored) return std::nullopt;
            here = {first * kChunkBuckets, std::move(*stored)};
        }
        const std::size_t from = here.first + here.buckets.size();
        if (level == 1)
            add_sums(here.buckets, std::span<const SeriesPoint>(tail));
        else
            add_sums(here.buckets,
                     std::span<const Bucket>(below.buckets).subspan(from * kFanOut - below.first));
        for (std::size_t i = 0; i < here.buckets.size(); i += kChunkBuckets)
            series.put_buckets(level, (here.first + i) / kChunkBuckets,
                               slice(here.buckets, i, kChunkBuckets));
        below = std::move(here);
    }
    const std::size_t kept =
        tail.size() <= (kFewChunks + 1) * kChunkPoints ? 0 : (tail.size() - 1) / kChunkPoints * kChunkPoints;
    for (std::size_t i = kept; i < tail.size(); i += kChunkPoints)
        series.put_points(sealed.chunks + i / kChunkPoints, slice(tail, i, kChunkPoints));
    return series;
}

std::vector<Bucket> SeriesReader::buckets(std::int64_t metric_no, std::size_t level, std::size_t chunk) {
    if (auto stored = rows(metric_no, level, chunk, chunk + 1)) return std::move(*stored);
    std::vector<Bucket> made;
    if (level == 1) {
        const auto items = points(metric_no, {chunk * kChunkPoints, kChunkPoints});
        add_sums(made, std::span<const SeriesPoint>(items));
        return made;
    }
    for (std::size_t part = chunk * kFanOut; part < (chunk + 1) * kFanOut; ++part) {
        const auto items = buckets(metric_no, level - 1, part);
        add_sums(made, std::span<const Bucket>(items));
        if (items.size() < kChunkBuckets) break;
    }
    return made;
}

std::vector<SeriesPoint> SeriesReader::points(std::int64_t metric_no, PointRange range) {
    const std::size_t chunk = range.first / kChunkPoints, at = range.first % kChunkPoints;
    if (const auto stored = rows(metric_no, 1, chunk, chunk + 1))
        return samples(metric_no, (*stored)[at / kFanOut].update.count, at % kFanOut, range.count);
    const Sealed before = sealed(metric_no, chunk);
    return samples(metric_no, before.chunks > 0 ? before.last_update + 1 : kBeforeAll,
                   range.first - before.chunks * kChunkPoints, range.count);
}

std::optional<SeriesPoint> SeriesReader::value_at(std::int64_t metric_no, Update at) {
    at_.bind(1, metric_no);
    at_.bind(2, at.count);
    std::optional<SeriesPoint> found;
    if (at_.executeStep()) found = sql::point_at(at_);
    at_.reset();
    return found;
}

SeriesPyramid StoreReader::overview(const RunId& run, const std::string& metric) const {
    return impl_->at_one_moment([&] {
        const auto number = impl_->series.metric(run, metric);
        return number ? impl_->series.overview(*number) : SeriesPyramid();
    });
}

SeriesPyramid::Points StoreReader::point_chunk(const RunId& run, const std::string& metric,
                                               std::size_t chunk) const {
    return std::make_shared<std::vector<SeriesPoint>>(
        points(run, metric, {chunk * kChunkPoints, kChunkPoints}));
}

SeriesPyramid::Buckets StoreReader::bucket_chunk(const RunId& run, const std::string& metric,
                                                 std::size_t level, std::size_t chunk) const {
    return impl_->at_one_moment([&] {
        auto buckets = std::make_shared<std::vector<Bucket>>();
        const auto number = impl_->series.metric(run, metric);
        if (number && level > 0) *buckets = impl_->series.buckets(*number, level, chunk);
        return buckets;
    });
}

std::vector<SeriesPoint> StoreReader::points(const RunId& run, const std::string& metric,
                                             PointRange range) const {
    return impl_->at_one_moment([&] {
        const auto number = impl_->series.metric(run, metric);
        return number && range.count > 0 ? impl_->series.points(*number, range) : std::vector<SeriesPoint>();
    });
}

std::optional<SeriesPoint> StoreReader::value_at(const RunId& run, const std::string& metric,
                                                 Update at) const {
    return impl_->at_one_moment([&]() -> std::optional<SeriesPoint> {
        const auto number = impl_->series.metric(run, metric);
        return number ? impl_->series.value_at(*number, at) : std::nullopt;
    });
}

} // namespace descent

#include "core/store/pyramid_rows.h"

#include <bit>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <type_traits>

namespace descent {

// A row holds buckets as they lie in memory.
static_assert(sizeof(Bucket) == 64 && std::is_trivially_copyable_v<Bucket> &&
                  std::endian::native == std::endian::little && std::numeric_limits<double>::is_iec559,
              "pyramid.data is an int64, 6 float64 and 2 uint32, little-endian");

void PyramidBuilder::add(const SeriesPoint& point, const Sealed& sealed) {
    points_[waiting_++] = point;
    if (waiting_ < kFanOut) return;
    waiting_ = 0;
    add(1, bucket_of(points_), point.update, sealed);
}

void PyramidBuilder::add(std::size_t level, const Bucket& bucket, Update last, const Sealed& sealed) {
    if (levels_.size() < level) levels_.resize(level);
    levels_[level - 1].buckets.push_back(bucket);
    if (levels_[level - 1].buckets.size() % kFanOut == 0)
        add(level + 1, bucket_of(std::span(levels_[level - 1].buckets).last(kFanOut)), last, sealed);
    Level& here = levels_[level - 1];
    if (here.buckets.size() < kChunkBuckets) return;
    sealed(level, here.chunks++, last, here.buckets);
    here.buckets.clear();
}

PyramidRows::PyramidRows(SQLite::Database& db)
    : write_(db, "REPLACE INTO pyramid (metric_no, level, chunk, last_update, data)"
                 " VALUES (?, ?, ?, ?, ?)")
    , remove_(db, "DELETE FROM pyramid WHERE metric_no = ? AND last_update >= ?")
    , counts_(db, "SELECT level, count(*), max(chunk) FROM pyramid WHERE metric_no = ?"
                  " GROUP BY level ORDER BY level")
    , chunks_(db, "SELECT data FROM pyramid WHERE metric_no = ? AND level = ? AND chunk >= ? ORDER BY chunk")
    , last_(db, "SELECT last_update FROM pyramid WHERE metric_no = ? AND level = 1"
                " ORDER BY chunk DESC LIMIT 1")
    , samples_(db, "SELECT update_count, epoch, seconds, value FROM sample"
                   " WHERE metric_no = ? AND update_count > ? ORDER BY update_count") {}

// What each level has, from 1 on; empty where the levels do not go together.
std::vector<std::size_t> PyramidRows::chunk_counts(std::int64_t metric_no) {
    std::vector<std::size_t> counts;
    bool sound = true;
    counts_.bind(1, metric_no);
    while (counts_.executeStep()) {
        const auto count = static_cast<std::size_t>(counts_.getColumn(1).getInt64());
        sound = sound && counts_.getColumn(0).getInt64() == static_cast<std::int64_t>(counts.size()) + 1 &&
                counts_.getColumn(2).getInt64() == static_cast<std::int64_t>(count) - 1 &&
                (counts.empty() || counts.back() / kFanOut == count);
        counts.push_back(count);
    }
    counts_.reset();
    if (!counts.empty() && counts.back() >= kFanOut) sound = false;
    if (!sound) counts.clear();
    return counts;
}

std::vector<Bucket> PyramidRows::buckets_from(std::int64_t metric_no, std::size_t level, std::size_t chunk) {
    std::vector<Bucket> buckets;
    chunks_.bind(1, metric_no);
    chunks_.bind(2, static_cast<std::int64_t>(level));
    chunks_.bind(3, static_cast<std::int64_t>(chunk));
    while (chunks_.executeStep()) {
        const std::vector<Bucket> part = sql::buckets_at(chunks_, 0);
        buckets.insert(buckets.end(), part.begin(), part.end());
    }
    chunks_.reset();
    return buckets;
}

PyramidBuilder PyramidRows::resume(std::int64_t metric_no) {
    PyramidBuilder builder;
    const std::vector<std::size_t> counts = chunk_counts(metric_no);
    std::int64_t last = std::numeric_limits<std::int64_t>::min();
    if (counts.empty()) {
        remove_from(metric_no, Update{last});
    } else {
        // What of a level has no row yet comes from the rows of the one below and from what that has over.
        builder.levels_.resize(counts.size() + 1);
        for (std::size_t level = 1; level <= counts.size(); ++level) {
            PyramidBuilder::Level& here = builder.levels_[level - 1];
            PyramidBuilder::Level& above = builder.levels_[level];
            here.chunks = counts[level - 1];
            above.chunks = here.chunks / kFanOut;
            std::vector<Bucket> below = buckets_from(metric_no, level, above.chunks * kFanOut);
            below.insert(below.end(), here.buckets.begin(), here.buckets.end());
            const std::span<const Bucket> all(below);
            for (std::size_t i = 0; i + kFanOut <= all.size(); i += kFanOut)
                above.buckets.push_back(bucket_of(all.subspan(i, kFanOut)));
        }
        last_.bind(1, metric_no);
        last_.executeStep();
        last = last_.getColumn(0).getInt64();
        last_.reset();
    }
    samples_.bind(1, metric_no);
    samples_.bind(2, last);
    while (samples_.executeStep()) add(builder, metric_no, sql::point_at(samples_));
    samples_.reset();
    return builder;
}

void PyramidRows::add(PyramidBuilder& builder, std::int64_t metric_no, const SeriesPoint& point) {
    builder.add(point,
                [&](std::size_t level, std::size_t chunk, Update last, std::span<const Bucket> buckets) {
                    write(metric_no, level, chunk, last, buckets);
                });
}

void PyramidRows::write(std::int64_t metric_no, std::size_t level, std::size_t chunk, Update last,
                        std::span<const Bucket> buckets) {
    write_.bind(1, metric_no);
    write_.bind(2, static_cast<std::int64_t>(level));
    write_.bind(3, static_cast<std::int64_t>(chunk));
    write_.bind(4, last.count);
    write_.bindNoCopy(5, static_cast<const void*>(buckets.data()), static_cast<int>(buckets.size_bytes()));
    write_.exec();
    write_.reset();
    write_.clearBindings();
}

void PyramidRows::remove_from(std::int64_t metric_no, Update update) {
    remove_.bind(1, metric_no);
    remove_.bind(2, update.count);
    remove_.exec();
    remove_.reset();
}

void rebuild_pyramids(SQLite::Database& db) {
    PyramidRows rows(db);
    // Updates are at least 0 and all different: fewer samples than a row sums up need none.
    std::vector<std::int64_t> metrics;
    SQLite::Statement row(db, "SELECT metric_no FROM metric WHERE last_update >= ? ORDER BY metric_no");
    row.bind(1, static_cast<std::int64_t>(kChunkPoints) - 1);
    while (row.executeStep()) metrics.push_back(row.getColumn(0).getInt64());
    row.reset();
    for (const std::int64_t metric_no : metrics) rows.resume(metric_no);
}

namespace sql {

std::vector<Bucket> buckets_at(SQLite::Statement& row, int column) {
    const SQLite::Column data = row.getColumn(column);
    const auto bytes = static_cast<std::size_t>(data.getBytes());
    if (bytes != kChunkBuckets * sizeof(Bucket))
        throw std::runtime_error("the summary of a series is damaged: " + std::to_string(bytes) +
                                 " bytes where " + std::to_string(kChunkBuckets * sizeof(Bucket)) +
                                 " were expected");
    std::vector<Bucket> buckets(kChunkBuckets);
    std::memcpy(static_cast<void*>(buckets.data()), data.getBlob(), bytes);
    return buckets;
}

SeriesPoint point_at(SQLite::Statement& row) {
    return {Update{row.getColumn(0).getInt64()}, Epoch{number_at(row, 1)}, number_at(row, 2),
            number_at(row, 3)};
}

} // namespace sql
} // namespace descent

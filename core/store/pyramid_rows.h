#pragma once

#include "core/analysis/pyramid.h"
#include "core/store/connection.h"

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

namespace descent {

/// Sums up a metric's samples as they come, oldest first. Thread: one at a time.
class PyramidBuilder {
public:
    /// A row of table pyramid that is complete: the numbers of the level and the chunk, its last sample's
    /// update, its 256 buckets.
    using Sealed = std::function<void(std::size_t level, std::size_t chunk, Update last,
                                      std::span<const Bucket> buckets)>;
    void add(const SeriesPoint& point, const Sealed& sealed);

private:
    friend class PyramidRows;
    struct Level {
        std::size_t chunks = 0;      ///< complete, and no more here
        std::vector<Bucket> buckets; ///< after them
    };
    void add(std::size_t level, const Bucket& bucket, Update last, const Sealed& sealed);

    std::array<SeriesPoint, kFanOut> points_{};
    std::size_t waiting_ = 0;   ///< in points_
    std::vector<Level> levels_; ///< from level 1 on
};

/// Writes table pyramid. Inside a transaction of the caller's. Thread: that of its connection.
class PyramidRows {
public:
    explicit PyramidRows(SQLite::Database& db);
    /// Ready for the sample after all that are stored: reads what the rows leave over and writes rows that
    /// are due. Rows that do not go together are made anew.
    PyramidBuilder resume(std::int64_t metric_no);
    void add(PyramidBuilder& builder, std::int64_t metric_no, const SeriesPoint& point);
    /// The samples from that update on are not what they were.
    void remove_from(std::int64_t metric_no, Update update);

private:
    void write(std::int64_t metric_no, std::size_t level, std::size_t chunk, Update last,
               std::span<const Bucket> buckets);
    std::vector<std::size_t> chunk_counts(std::int64_t metric_no);
    std::vector<Bucket> buckets_from(std::int64_t metric_no, std::size_t level, std::size_t chunk);

    SQLite::Statement write_, remove_, counts_, chunks_, last_, samples_;
};

/// Adds what is absent to the pyramids of all metrics, inside a transaction of the caller's: after samples
/// came by another way than StoreWriter. Metrics whose pyramids are whole cost a few reads.
void rebuild_pyramids(SQLite::Database& db);

namespace sql {
/// The buckets of a row. Throws std::runtime_error where its size says that it is damaged.
std::vector<Bucket> buckets_at(SQLite::Statement& row, int column);
/// A sample in the columns update_count, epoch, seconds, value, from the first on.
SeriesPoint point_at(SQLite::Statement& row);
} // namespace sql

} // namespace descent

#pragma once

#include "core/analysis/pyramid.h"
#include "core/base/units.h"
#include "core/store/connection.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace descent {

/// Reads long series in parts, with statements that stay prepared. Where table pyramid is absent (an archive
/// of version 1 or 2) or lacks rows, all comes from the samples. Inside a transaction of the caller's; see
/// StoreReader for the members. Thread: that of its connection.
class SeriesReader {
public:
    explicit SeriesReader(SQLite::Database& db);

    std::optional<std::int64_t> metric(const RunId& run, const std::string& name);
    SeriesPyramid overview(std::int64_t metric_no);
    std::vector<Bucket> buckets(std::int64_t metric_no, std::size_t level, std::size_t chunk);
    std::vector<SeriesPoint> points(std::int64_t metric_no, PointRange range);
    std::optional<SeriesPoint> value_at(std::int64_t metric_no, Update at);

private:
    struct Sealed {
        std::size_t chunks = 0;   ///< of level 1 that have rows
        std::int64_t last_update; ///< of their last sample
    };
    Sealed sealed(std::int64_t metric_no, std::size_t at_most = SIZE_MAX);
    std::optional<std::vector<Bucket>> rows(std::int64_t metric_no, std::size_t level, std::size_t first,
                                            std::size_t end);
    std::vector<SeriesPoint> samples(std::int64_t metric_no, std::int64_t from, std::size_t skip,
                                     std::size_t count);
    std::optional<SeriesPyramid> overview_on(std::int64_t metric_no, Sealed sealed);

    /// Statements on table pyramid, where there is one.
    struct Rows {
        explicit Rows(SQLite::Database& db);
        SQLite::Statement last, chunks;
    };
    SQLite::Statement metric_, samples_, at_;
    std::optional<Rows> rows_;
};

} // namespace descent

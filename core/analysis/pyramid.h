#pragma once

#include "core/base/series.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace descent {

/// What consecutive points of a series come down to: 16 at level 1, 16² at level 2, …
struct Bucket {
    Update update{}; ///< of its first point
    Epoch epoch{};
    double seconds = 0;
    double min = 0, max = 0;  ///< of the finite values; NaN where there is none
    double min_positive = 0;  ///< the smallest above 0, for log axes; NaN where there is none
    double mean = 0;          ///< of the finite values; NaN where there is none
    std::uint32_t count = 0;  ///< points
    std::uint32_t finite = 0; ///< of them neither NaN nor infinite
};

/// What points, or buckets of one level, come down to. At least one.
Bucket bucket_of(std::span<const SeriesPoint> points);
Bucket bucket_of(std::span<const Bucket> buckets);

inline constexpr std::size_t kFanOut = 16;        ///< buckets (points) to a bucket of the next level
inline constexpr std::size_t kChunkPoints = 4096; ///< points that are kept, read and dropped together
inline constexpr std::size_t kChunkBuckets = 256; ///< the same of buckets; a chunk of level k covers 256·16^k

/// The levels of buckets of a series with that many points: 0 up to 16, then as many as it takes to come down
/// to 256 buckets.
std::size_t levels_of(std::size_t points);
/// The buckets of one level of it (0: its points).
std::size_t buckets_of(std::size_t points, std::size_t level);

/// A range of a series by the number of its points.
struct PointRange {
    std::size_t first = 0, count = 0;
    bool operator==(const PointRange&) const = default;
};

/// What one pixel column shows of a series.
struct Column {
    double min = 0,
           max = 0;  ///< of the finite values (on a log axis: of those above 0); NaN where there is none
    double mean = 0; ///< of the finite values
    std::uint32_t count = 0;  ///< points in it
    std::uint32_t broken = 0; ///< of them not finite
};

/// A series ordered by update, in levels: its points, buckets of 16, of 256, … up to the level of at most 256
/// buckets. Finer levels may be partly absent (they are in the store): what is drawn from the rest is true
/// all the same, and says what it lacks. Chunks are shared and never change, so a copy costs a few pointers a
/// chunk and is a snapshot for another thread. Thread: as a value.
class SeriesPyramid {
public:
    /// At most kChunkPoints and kChunkBuckets. Made as vectors that are not const: append() goes on in the
    /// last one while nobody else has it.
    using Points = std::shared_ptr<const std::vector<SeriesPoint>>;
    using Buckets = std::shared_ptr<const std::vector<Bucket>>;

    std::size_t size() const { return size_; } ///< points
    bool empty() const { return size_ == 0; }
    std::size_t levels() const { return levels_.size(); } ///< of buckets; 0 where there are at most 16 points

    /// Adds points at the end; their updates rise. The last chunks of all levels must be there, else
    /// std::logic_error. Amortised constant time a point, but for the last chunk, which is copied where it is
    /// shared.
    void append(std::span<const SeriesPoint> points);

    /// A series of `size` points of which nothing is there yet; then put in what the store has. A chunk may
    /// be longer than it should (the series has grown since); a shorter one is left out.
    static SeriesPyramid of_size(std::size_t size);
    void put_points(std::size_t chunk, Points points);
    void put_buckets(std::size_t level, std::size_t chunk, Buckets buckets); ///< level from 1
    bool has_points(std::size_t chunk) const;
    bool has_buckets(std::size_t level, std::size_t chunk) const;
    void drop_points(std::size_t chunk);

    const SeriesPoint* point(std::size_t index) const;                ///< null where not there
    const Bucket* bucket(std::size_t level, std::size_t index) const; ///< null where not there

    /// The number of points whose x is below (≤ `x`, where `inclusive`), and whether that is exact: where the
    /// points around x are not there, the first of the finest bucket that is.
    struct Place {
        std::size_t index = 0;
        bool exact = true;
    };
    Place place(double x, SeriesAxis axis, bool inclusive = false) const;
    /// The points in the range that are there, each chunk's absent part left out.
    std::vector<SeriesPoint> points(PointRange range) const;
    double first_x(SeriesAxis axis) const, last_x(SeriesAxis axis) const; ///< NaN of nothing

    /// Column c shows the points with edges[c] ≤ x < edges[c + 1] (the last edge counts as inside). Every
    /// min and max is that of true points in the column, but that of a bucket over an edge whose points are
    /// not there goes to the column it begins in; `missing`, if given, gets the points, in order, that must
    /// be read to know better (left out is what could not change a min or a max). Nothing is shown until one
    /// level is there whole. O(columns · 16 · levels).
    std::vector<Column> columns(std::span<const double> edges, SeriesAxis axis, bool log_y = false,
                                std::vector<PointRange>* missing = nullptr) const;

private:
    std::size_t size_ = 0;
    std::vector<Points> points_;
    std::vector<std::vector<Buckets>> levels_; ///< levels_[k − 1]: chunks of level k
};

} // namespace descent

#include "core/analysis/pyramid.h"

#include "core/analysis/pyramid_sum.h"

#include <algorithm>
#include <stdexcept>

namespace descent {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

constexpr std::size_t width(std::size_t level) {
    return std::size_t{1} << (4 * level);
}

/// Extremes while they are gathered.
struct Extremes {
    double min = kInfinity, max = -kInfinity, min_positive = kInfinity;
    void write(Bucket& bucket) const {
        bucket.min = bucket.finite > 0 ? min : kNaN;
        bucket.max = bucket.finite > 0 ? max : kNaN;
        bucket.min_positive = min_positive < kInfinity ? min_positive : kNaN;
    }
};

/// The chunk for changing it: as it is where nobody else has it, else a copy.
template<class T>
std::vector<T>& writable(std::shared_ptr<const std::vector<T>>& chunk, std::size_t capacity) {
    if (chunk && chunk.use_count() == 1) {
        // Whoever let go of it last had read it before: letting go of one more in turn waits for that.
        std::shared_ptr<const std::vector<T>>(chunk).reset();
        return const_cast<std::vector<T>&>(*chunk);
    }
    auto copy = std::make_shared<std::vector<T>>();
    if (chunk) {
        copy->reserve(std::min(capacity, 2 * chunk->size()));
        copy->assign(chunk->begin(), chunk->end());
    }
    std::vector<T>& items = *copy;
    chunk = std::move(copy);
    return items;
}

/// Adds items from number `first` on to chunks of `capacity`; whatever they hold from there on is replaced.
template<class T>
void lay(std::vector<std::shared_ptr<const std::vector<T>>>& chunks, std::size_t first,
         std::span<const T> items, std::size_t capacity) {
    while (!items.empty()) {
        const std::size_t chunk = first / capacity, at = first % capacity;
        if (chunk == chunks.size()) chunks.emplace_back();
        if (chunk > chunks.size() || (at > 0 && (!chunks[chunk] || chunks[chunk]->size() < at)))
            throw std::logic_error("a series can only grow where its end is in memory");
        std::vector<T>& place = writable(chunks[chunk], capacity);
        place.resize(at);
        const std::size_t count = std::min(items.size(), capacity - at);
        place.insert(place.end(), items.begin(), items.begin() + static_cast<std::ptrdiff_t>(count));
        items = items.subspan(count);
        first += count;
    }
}

template<class T>
std::shared_ptr<const std::vector<T>> fitting(std::shared_ptr<const std::vector<T>> chunk,
                                              std::size_t expected) {
    if (!chunk || chunk->size() < expected || expected == 0) return {};
    if (chunk->size() == expected) return chunk;
    return std::make_shared<std::vector<T>>(chunk->begin(),
                                            chunk->begin() + static_cast<std::ptrdiff_t>(expected));
}

} // namespace

Bucket bucket_of(std::span<const SeriesPoint> points) {
    const SeriesPoint& first = points.front();
    Bucket bucket{first.update, first.epoch, first.seconds};
    Extremes extremes;
    MeanOf mean;
    for (const SeriesPoint& point : points) {
        const double v = point.value;
        if (!std::isfinite(v)) continue;
        extremes.min = std::min(extremes.min, v);
        extremes.max = std::max(extremes.max, v);
        if (v > 0) extremes.min_positive = std::min(extremes.min_positive, v);
        mean.add(v, 1);
        ++bucket.finite;
    }
    bucket.count = static_cast<std::uint32_t>(points.size());
    extremes.write(bucket);
    bucket.mean = mean.value(bucket.min, bucket.max, bucket.finite);
    return bucket;
}

Bucket bucket_of(std::span<const Bucket> buckets) {
    const Bucket& first = buckets.front();
    Bucket bucket{first.update, first.epoch, first.seconds};
    Extremes extremes;
    MeanOf mean;
    for (const Bucket& part : buckets) {
        bucket.count += part.count;
        if (part.finite == 0) continue;
        extremes.min = std::min(extremes.min, part.min);
        extremes.max = std::max(extremes.max, part.max);
        if (part.min_positive < extremes.min_positive) extremes.min_positive = part.min_positive;
        mean.add(part.mean, part.finite);
        bucket.finite += part.finite;
    }
    extremes.write(bucket);
    bucket.mean = mean.value(bucket.min, bucket.max, bucket.finite);
    return bucket;
}

std::size_t buckets_of(std::size_t points, std::size_t level) {
    return (points + width(level) - 1) / width(level);
}

std::size_t levels_of(std::size_t points) {
    if (points <= kFanOut) return 0;
    std::size_t level = 1;
    while (buckets_of(points, level) > kChunkBuckets) ++level;
    return level;
}

void SeriesPyramid::append(std::span<const SeriesPoint> points) {
    if (points.empty()) return;
    const std::size_t before = size_, after = size_ + points.size();
    lay(points_, before, points, kChunkPoints);
    size_ = after;
    levels_.resize(levels_of(after));
    std::vector<Bucket> made;
    for (std::size_t level = 1; level <= levels_.size(); ++level) {
        // From the one that was not full, or from the first where the level is new.
        std::size_t from = levels_[level - 1].empty() ? 0 : before / width(level);
        const std::size_t end = buckets_of(after, level), below = buckets_of(after, level - 1);
        made.clear();
        const std::size_t first = from;
        for (; from < end; ++from) {
            const std::size_t child = from * kFanOut, children = std::min(kFanOut, below - child);
            if (level == 1) {
                const SeriesPoint* p = point(child);
                if (!p) throw std::logic_error("a series can only grow where its end is in memory");
                made.push_back(bucket_of(std::span(p, children)));
            } else {
                const Bucket* b = bucket(level - 1, child);
                if (!b) throw std::logic_error("a series can only grow where its end is in memory");
                made.push_back(bucket_of(std::span(b, children)));
            }
        }
        lay(levels_[level - 1], first, std::span<const Bucket>(made), kChunkBuckets);
    }
}

SeriesPyramid SeriesPyramid::of_size(std::size_t size) {
    SeriesPyramid series;
    series.size_ = size;
    series.points_.resize((size + kChunkPoints - 1) / kChunkPoints);
    series.levels_.resize(levels_of(size));
    for (std::size_t level = 1; level <= series.levels_.size(); ++level)
        series.levels_[level - 1].resize((buckets_of(size, level) + kChunkBuckets - 1) / kChunkBuckets);
    return series;
}

void SeriesPyramid::put_points(std::size_t chunk, Points points) {
    if (chunk >= points_.size()) return;
    const std::size_t expected = std::min(kChunkPoints, size_ - chunk * kChunkPoints);
    if (Points fits = fitting(std::move(points), expected)) points_[chunk] = std::move(fits);
}

void SeriesPyramid::put_buckets(std::size_t level, std::size_t chunk, Buckets buckets) {
    if (level < 1 || level > levels_.size() || chunk >= levels_[level - 1].size()) return;
    const std::size_t expected = std::min(kChunkBuckets, buckets_of(size_, level) - chunk * kChunkBuckets);
    if (Buckets fits = fitting(std::move(buckets), expected)) levels_[level - 1][chunk] = std::move(fits);
}

bool SeriesPyramid::has_points(std::size_t chunk) const {
    return chunk < points_.size() && points_[chunk];
}

bool SeriesPyramid::has_buckets(std::size_t level, std::size_t chunk) const {
    return level >= 1 && level <= levels_.size() && chunk < levels_[level - 1].size() &&
           levels_[level - 1][chunk];
}

void SeriesPyramid::drop_points(std::size_t chunk) {
    if (chunk < points_.size()) points_[chunk].reset();
}

const SeriesPoint* SeriesPyramid::point(std::size_t index) const {
    const std::size_t chunk = index / kChunkPoints;
    return index < size_ && points_[chunk] ? points_[chunk]->data() + index % kChunkPoints : nullptr;
}

const Bucket* SeriesPyramid::bucket(std::size_t level, std::size_t index) const {
    if (level < 1 || level > levels_.size()) return nullptr;
    const auto& chunks = levels_[level - 1];
    const std::size_t chunk = index / kChunkBuckets, at = index % kChunkBuckets;
    return chunk < chunks.size() && chunks[chunk] && at < chunks[chunk]->size() ? chunks[chunk]->data() + at
                                                                                : nullptr;
}

std::vector<SeriesPoint> SeriesPyramid::points(PointRange range) const {
    std::vector<SeriesPoint> found;
    const std::size_t first = std::min(range.first, size_);
    const std::size_t end = first + std::min(range.count, size_ - first);
    for (std::size_t i = first; i < end;) {
        const std::size_t stop = std::min(end, (i / kChunkPoints + 1) * kChunkPoints);
        if (const SeriesPoint* p = point(i)) found.insert(found.end(), p, p + (stop - i));
        i = stop;
    }
    return found;
}

double SeriesPyramid::first_x(SeriesAxis axis) const {
    if (const SeriesPoint* first = point(0)) return axis.of_moment(*first);
    for (std::size_t level = 1; level <= levels(); ++level)
        if (const Bucket* first = bucket(level, 0)) return axis.of_moment(*first);
    return kNaN;
}

double SeriesPyramid::last_x(SeriesAxis axis) const {
    if (empty()) return kNaN;
    if (const SeriesPoint* last = point(size_ - 1)) return axis.of_moment(*last);
    for (std::size_t level = 1; level <= levels(); ++level)
        if (const Bucket* last = bucket(level, (size_ - 1) / width(level))) return axis.of_moment(*last);
    return kNaN;
}

SeriesPyramid::Place SeriesPyramid::place(double x, SeriesAxis axis, bool inclusive) const {
    const auto is_before = [&](const auto& moment) {
        const double at = axis.of_moment(moment);
        return inclusive ? at <= x : at < x;
    };
    // [first, end) of the level holds the last item that begins before x, if any does.
    std::size_t level = levels(), first = 0, end = buckets_of(size_, level);
    Place best{0, false};
    for (;; --level) {
        const auto item_is_before = [&](std::size_t i) {
            return level == 0 ? is_before(*point(i)) : is_before(*bucket(level, i));
        };
        const auto is_there = [&] {
            for (std::size_t i = first; i < end; i = (i / kChunkBuckets + 1) * kChunkBuckets)
                if (level == 0 ? !point(i) : !bucket(level, i)) return false;
            return true;
        };
        if (is_there()) {
            std::size_t low = first, high = end;
            while (low < high) {
                const std::size_t middle = low + (high - low) / 2;
                if (item_is_before(middle))
                    low = middle + 1;
                else
                    high = middle;
            }
            if (level == 0) return {low, true};
            if (low == first) return {first * width(level), true};
            best = {(low - 1) * width(level), false};
            first = low - 1;
            end = low;
        }
        if (level == 0) return best;
        first *= kFanOut;
        end = std::min(end * kFanOut, buckets_of(size_, level - 1));
    }
}

} // namespace descent

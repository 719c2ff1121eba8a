#include "core/analysis/pyramid.h"
#include "core/analysis/pyramid_sum.h"

#include <algorithm>
#include <type_traits>

namespace descent {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// A column while it is gathered. On a log axis only values above 0 have extremes.
struct Gathered {
    double min = kInfinity, max = -kInfinity;
    MeanOf mean;
    std::uint32_t count = 0, finite = 0;

    Column column(bool log) const {
        Column shown{kNaN, kNaN, kNaN, count, count - finite};
        if (min < kInfinity) {
            shown.min = min;
            shown.max = max;
        }
        constexpr double kLargest = std::numeric_limits<double>::max();
        if (finite > 0) shown.mean = mean.value(log ? -kLargest : min, log ? kLargest : max, finite);
        return shown;
    }
};

/// What follows one another in a column: kept apart from it, in registers.
template<bool kLog>
class Stretch {
public:
    void take(const SeriesPoint& point) {
        ++count_;
        const double v = point.value;
        if (!(std::abs(v) <= std::numeric_limits<double>::max())) return;
        extend(kLog && !(v > 0) ? kInfinity : v, v);
        sum_ += v;
        ++finite_;
    }
    void take(const Bucket& bucket) {
        count_ += bucket.count;
        if (bucket.finite == 0) return;
        extend(kLog ? bucket.min_positive : bucket.min, bucket.max);
        sum_ += bucket.mean * bucket.finite;
        finite_ += bucket.finite;
    }
    /// False where the sum was too large: `again` has to add the mean.
    bool move_to(Gathered& to) {
        to.min = std::min(to.min, min_);
        to.max = std::max(to.max, max_);
        to.count += count_;
        to.finite += finite_;
        const bool fine = std::isfinite(sum_);
        if (fine) to.mean.add(sum_);
        *this = {};
        return fine;
    }

private:
    void extend(double least, double largest) {
        min_ = least < min_ ? least : min_; // not where it is NaN
        max_ = largest > max_ ? largest : max_;
    }
    double min_ = kInfinity, max_ = kLog ? 0 : -kInfinity, sum_ = 0;
    std::uint32_t count_ = 0, finite_ = 0;
};

void add_mean(Gathered& to, const SeriesPoint& point) {
    if (std::isfinite(point.value)) to.mean.add(point.value, 1);
}

void add_mean(Gathered& to, const Bucket& bucket) {
    if (bucket.finite > 0) to.mean.add(bucket.mean, bucket.finite);
}

/// Items [first, end) of a level, all there, that begin in a slot and have no point beyond `until`.
struct Part {
    std::size_t first, end, slot;
    double until;
};

/// A bucket over an edge whose points are not there.
struct Torn {
    const Bucket* bucket;
    PointRange points;
    std::size_t slot; ///< that it begins in
    double until;     ///< no point of it is beyond
};

/// What a walk needs, kept from one to the next: to ask the system for it each time takes longer than the
/// walk.
struct Workspace {
    std::vector<double> right; ///< the edge where slot s ends
    std::vector<Gathered> slots;
    std::vector<std::vector<Part>> parts; ///< by level, what is to be gone through
    std::vector<Torn> torn;
};

/// Goes through a series level by level, coarse first. A bucket that ends before its column does is taken
/// whole; one over an edge gives way to what it is made of, at the next level. What comes soon is asked of
/// the memory early: that, not arithmetic, takes the time. Slot 0 is what lies before the first edge, slot c
/// + 1 column c.
template<SeriesAxis::Of kOf, bool kLog>
class Walk {
public:
    Walk(const SeriesPyramid& series, std::span<const double> edges, double scale)
        : series_(series)
        , scale_(scale) {
        right_.assign(edges.begin(), edges.end());
        right_.back() = std::nextafter(right_.back(), kInfinity); // the last edge counts as inside
        slots_.assign(edges.size(), {});
        parts_.resize(std::max(parts_.size(), series.levels() + 1));
        for (auto& parts : parts_) parts.clear();
        torn_.clear();
    }

    std::vector<Column> columns(std::vector<PointRange>* missing) {
        const std::size_t size = series_.size();
        std::size_t level = series_.levels();
        while (level > 0 && !is_there(level, 0, buckets_of(size, level))) --level;
        if (level > 0 || is_there(0, 0, size)) {
            const SeriesPoint* last = size > 0 ? series_.point(size - 1) : nullptr;
            begin(level, last ? x_of(*last) : kInfinity);
            for (; level > 0; --level) go<Bucket>(level);
            go<SeriesPoint>(0);
            gather_torn(missing);
        } else if (missing) {
            missing->push_back({0, size});
        }
        std::vector<Column> shown(slots_.size() - 1);
        for (std::size_t c = 0; c < shown.size(); ++c) shown[c] = slots_[c + 1].column(kLog);
        return shown;
    }

private:
    static constexpr std::size_t kAhead = 4; ///< parts

    template<class Moment>
    double x_of(const Moment& m) const {
        if constexpr (kOf == SeriesAxis::Of::update) return scale_ * static_cast<double>(m.update.count);
        if constexpr (kOf == SeriesAxis::Of::epoch) return scale_ * m.epoch.passes;
        return scale_ * m.seconds;
    }

    bool is_there(std::size_t level, std::size_t first, std::size_t end) const {
        const std::size_t chunk = level == 0 ? kChunkPoints : kChunkBuckets;
        for (std::size_t i = first / chunk; i * chunk < end; ++i)
            if (level == 0 ? !series_.has_points(i) : !series_.has_buckets(level, i)) return false;
        return true;
    }
    template<class Item>
    const Item* item(std::size_t level, std::size_t index) const {
        if constexpr (std::is_same_v<Item, Bucket>)
            return series_.bucket(level, index);
        else
            return series_.point(index);
    }

    /// The whole of a level, but for what ends before the first edge.
    void begin(std::size_t level, double until) {
        const std::size_t end = buckets_of(series_.size(), level);
        std::size_t low = 0, high = end;
        while (low < high) {
            const std::size_t middle = low + (high - low) / 2;
            const double x = level == 0 ? x_of(*series_.point(middle)) : x_of(*series_.bucket(level, middle));
            if (x < right_.front())
                low = middle + 1;
            else
                high = middle;
        }
        parts_[level].push_back({low > 0 ? low - 1 : 0, end, 0, until});
    }

    template<class Item>
    void go(std::size_t level) {
        constexpr std::size_t kChunk = std::is_same_v<Item, Bucket> ? kChunkBuckets : kChunkPoints;
        const std::vector<Part>& parts = parts_[level];
        for (std::size_t p = 0; p < parts.size(); ++p) {
            if (p + kAhead < parts.size()) ask_for<Item>(level, parts[p + kAhead]);
            std::size_t slot = parts[p].slot, first = parts[p].first;
            while (first < parts[p].end) {
                const std::size_t stop = std::min(parts[p].end, (first / kChunk + 1) * kChunk);
                const double next = stop < parts[p].end ? x_of(*item<Item>(level, stop)) : parts[p].until;
                slot = go(level, first, std::span(item<Item>(level, first), stop - first), slot, next);
                if (slot == slots_.size()) break;
                first = stop;
            }
        }
    }

    template<class Item>
    void ask_for(std::size_t level, const Part& part) const {
        const auto* memory = reinterpret_cast<const char*>(item<Item>(level, part.first));
        const std::size_t bytes = std::min(part.end - part.first, kFanOut) * sizeof(Item);
        for (std::size_t i = 0; i < bytes; i += 64) __builtin_prefetch(memory + i);
    }

    /// Items that lie together, from the slot that the first begins in. Returns the slot that they end in, or
    /// the number of slots where all that follow are beyond.
    template<class Item>
    std::size_t go(std::size_t level, std::size_t first, std::span<const Item> items, std::size_t slot,
                   double until) {
        Stretch<kLog> now;
        std::size_t begin = 0; // of the stretch
        const auto end_stretch = [&](std::size_t end) {
            if (!now.move_to(slots_[slot]))
                for (std::size_t i = begin; i < end; ++i) add_mean(slots_[slot], items[i]);
            begin = end;
        };
        double right = right_[slot], next = x_of(items.front());
        for (std::size_t i = 0; i < items.size(); ++i) {
            const double x = next;
            next = i + 1 < items.size() ? x_of(items[i + 1]) : until;
            if (x >= right) {
                end_stretch(i);
                while (x >= right_[slot])
                    if (++slot == slots_.size()) return slot;
                right = right_[slot];
            }
            if constexpr (std::is_same_v<Item, Bucket>) {
                if (!(next < right)) {
                    end_stretch(i);
                    begin = i + 1;
                    take_apart(level, first + i, items[i], slot, next);
                    continue;
                }
            }
            now.take(items[i]);
        }
        end_stretch(items.size());
        return slot;
    }

    void take_apart(std::size_t level, std::size_t index, const Bucket& bucket, std::size_t slot,
                    double until) {
        std::size_t first = index, end = index + 1;
        for (std::size_t finer = level; finer-- > 0;) {
            first *= kFanOut;
            end = std::min(end * kFanOut, buckets_of(series_.size(), finer));
            if (is_there(finer, first, end)) return parts_[finer].push_back({first, end, slot, until});
        }
        torn_.push_back({&bucket, {first, end - first}, slot, until});
    }

    /// Whether those points of a bucket that may be in this slot could give it another extreme.
    static bool could_change(const Gathered& slot, const Bucket& bucket) {
        if (bucket.finite == 0) return false;
        if constexpr (kLog)
            return bucket.max > 0 && (bucket.min_positive < slot.min || bucket.max > slot.max);
        return bucket.min < slot.min || bucket.max > slot.max;
    }

    /// What is torn can be judged once all else is known; only then it goes to the column it begins in.
    void gather_torn(std::vector<PointRange>* missing) {
        const auto place = [](const Torn& torn) { return torn.points.first; };
        if (!std::ranges::is_sorted(torn_, {}, place)) std::ranges::sort(torn_, {}, place);
        for (const Torn& torn : torn_) {
            if (!missing) break;
            bool matters = false;
            std::size_t slot = torn.slot;
            do {
                matters = slot > 0 && could_change(slots_[slot], *torn.bucket);
            } while (!matters && ++slot < slots_.size() && !(torn.until < right_[slot - 1]));
            if (!matters) continue;
            if (!missing->empty() && missing->back().first + missing->back().count == torn.points.first)
                missing->back().count += torn.points.count;
            else
                missing->push_back(torn.points);
        }
        for (const Torn& torn : torn_) {
            Stretch<kLog> alone;
            alone.take(*torn.bucket);
            if (!alone.move_to(slots_[torn.slot])) add_mean(slots_[torn.slot], *torn.bucket);
        }
    }

    const SeriesPyramid& series_;
    const double scale_;
    static Workspace& workspace() {
        thread_local Workspace kept;
        return kept;
    }
    std::vector<double>& right_ = workspace().right;
    std::vector<Gathered>& slots_ = workspace().slots;
    std::vector<std::vector<Part>>& parts_ = workspace().parts;
    std::vector<Torn>& torn_ = workspace().torn;
};

template<bool kLog>
std::vector<Column> walk(const SeriesPyramid& series, std::span<const double> edges, SeriesAxis axis,
                         std::vector<PointRange>* missing) {
    switch (axis.of) {
    case SeriesAxis::Of::epoch:
        return Walk<SeriesAxis::Of::epoch, kLog>(series, edges, axis.scale).columns(missing);
    case SeriesAxis::Of::seconds:
        return Walk<SeriesAxis::Of::seconds, kLog>(series, edges, axis.scale).columns(missing);
    case SeriesAxis::Of::update:
        break;
    }
    return Walk<SeriesAxis::Of::update, kLog>(series, edges, axis.scale).columns(missing);
}

} // namespace

std::vector<Column> SeriesPyramid::columns(std::span<const double> edges, SeriesAxis axis, bool log_y,
                                           std::vector<PointRange>* missing) const {
    if (missing) missing->clear();
    if (edges.size() < 2) return {};
    return log_y ? walk<true>(*this, edges, axis, missing) : walk<false>(*this, edges, axis, missing);
}

} // namespace descent

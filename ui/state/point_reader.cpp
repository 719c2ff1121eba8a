#include "ui/state/point_reader.h"

#include "core/store/reader.h"

#include <mutex>
#include <utility>

namespace descent::ui {

struct PointReader::Impl {
    const std::filesystem::path store;
    std::mutex mutex{};
    std::unique_ptr<StoreReader> reader{}; // guarded by mutex

    template<class Read>
    auto read(const Read& how) -> decltype(how(*reader)) {
        const std::lock_guard lock(mutex);
        auto found = guarded([&] {
            if (!reader) reader = unwrap(StoreReader::open(store));
            return how(*reader);
        });
        return found ? std::move(*found) : decltype(how(*reader)){};
    }
};

PointReader::PointReader(std::filesystem::path store) : impl_(new Impl{std::move(store)}) {}
PointReader::~PointReader() = default;

std::vector<SeriesPoint> PointReader::read(const RunId& run, const std::string& metric, PointRange range) {
    return impl_->read([&](const StoreReader& reader) { return reader.points(run, metric, range); });
}

SeriesPyramid::Buckets PointReader::readBuckets(const RunId& run, const std::string& metric,
                                                std::size_t level, std::size_t chunk) {
    return impl_->read(
        [&](const StoreReader& reader) { return reader.bucket_chunk(run, metric, level, chunk); });
}

PointFetch PointReader::of(std::shared_ptr<PointReader> reader, RunId run, std::string metric) {
    return [reader = std::move(reader), run = std::move(run), metric = std::move(metric)](PointRange range) {
        return reader->read(run, metric, range);
    };
}

BucketFetch PointReader::buckets(std::shared_ptr<PointReader> reader, RunId run, std::string metric) {
    return [reader = std::move(reader), run = std::move(run), metric = std::move(metric)](std::size_t level,
                                                                                          std::size_t chunk) {
        return reader->readBuckets(run, metric, level, chunk);
    };
}

} // namespace descent::ui

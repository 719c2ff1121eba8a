#pragma once

#include "core/base/units.h"
#include "ui/plots/plot_view.h"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>

namespace descent::ui {

/// Reads points that charts lack, on whatever thread draws: a connection of its own behind a mutex, opened
/// with the first question. Thread: any.
class PointReader {
public:
    explicit PointReader(std::filesystem::path store);
    ~PointReader();

    /// Empty where the store cannot be read; the picture then keeps what it has.
    std::vector<SeriesPoint> read(const RunId& run, const std::string& metric, PointRange range);
    SeriesPyramid::Buckets readBuckets(const RunId& run, const std::string& metric, std::size_t level,
                                       std::size_t chunk);
    /// For PlotCurve::fetch and fetch_buckets; they keep the reader alive.
    static PointFetch of(std::shared_ptr<PointReader> reader, RunId run, std::string metric);
    static BucketFetch buckets(std::shared_ptr<PointReader> reader, RunId run, std::string metric);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace descent::ui

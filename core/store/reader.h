#pragma once

#include "core/analysis/pyramid.h"
#include "core/base/events.h"
#include "core/base/result.h"
#include "core/base/run_record.h"
#include "core/base/series.h"
#include "core/store/sweeps.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace descent {

/// When a matrix was measured.
struct Moment {
    Update update{};
    Epoch epoch{};
    bool operator==(const Moment&) const = default;
};

/// What to list. Trashed runs are listed only when asked for, and then only they.
struct RunQuery {
    std::string where;    ///< the filter grammar of core/store/filter.h; "" = all
    bool trashed = false; ///< a filter with the term `trashed` needs no such asking
    std::optional<std::int64_t> limit;
};

/// Reads a store, also while another process writes it. Own connection that cannot change anything. Members
/// that return plain values throw std::runtime_error where the store cannot be read (its disk is gone, a page
/// is damaged). Thread: one at a time (a reader a thread); destroy on any.
class StoreReader {
public:
    static Result<std::unique_ptr<StoreReader>> open(const std::filesystem::path& store);
    ~StoreReader();

    /// Newest first. Error: the filter does not parse (the message points at the place).
    Result<std::vector<RunRecord>> runs(const RunQuery& query = {}) const;
    /// Those of the runs that there are, trashed ones too, in the order of `ids`, as lists have them.
    std::vector<RunRecord> runs_by_id(const std::vector<RunId>& ids) const;
    /// Those with this identity (Catalog::key) that are not in the trash, newest first, as lists have them.
    std::vector<RunRecord> runs_by_key(const std::string& key) const;
    /// How many runs that would be, `limit` left aside: without a filter in milliseconds whatever their
    /// number.
    Result<std::int64_t> count(const RunQuery& query = {}) const;
    /// The run with everything, manifest included.
    Result<RunRecord> run(const RunId& id) const;
    /// By exact name, UUID, or unique prefix of either. Error: none ("no run 'x'; did you mean …") or
    /// several.
    Result<RunId> find(const std::string& word) const;

    std::vector<MetricInfo> metrics(const RunId& run) const;
    /// Full resolution, ordered by update. Empty where the run has no such metric.
    std::vector<SeriesPoint> series(const RunId& run, const std::string& metric) const;
    /// The series with every level of which a picture needs something at once, and with its last, incomplete
    /// chunks whole, so that it can be appended to; whole where it has few points. Reads some 300 kB of a
    /// million points. Empty where the run has no such metric.
    SeriesPyramid overview(const RunId& run, const std::string& metric) const;
    /// Chunk `chunk` of level `level` (0: points). Empty where there is none.
    SeriesPyramid::Points point_chunk(const RunId& run, const std::string& metric, std::size_t chunk) const;
    SeriesPyramid::Buckets bucket_chunk(const RunId& run, const std::string& metric, std::size_t level,
                                        std::size_t chunk) const;
    /// Points by their number in the series, ordered; ranges in order. Fewer where the series ends.
    std::vector<SeriesPoint> points(const RunId& run, const std::string& metric, PointRange range) const;
    /// The last sample at or before `at`: a metric's value at a step. None before the first.
    std::optional<SeriesPoint> value_at(const RunId& run, const std::string& metric, Update at) const;
    /// The same for every run that has the metric, trashed ones included, in any order.
    std::vector<std::pair<RunId, SeriesPoint>> values_at(const std::string& metric, Update at) const;
    /// Every sample, ordered by update then metric, handed over one by one without loading them all.
    void each_sample(const RunId& run,
                     const std::function<void(const MetricInfo&, const SeriesPoint&)>& visit) const;
    /// The stored matrix of that name at or before `at` (the last one where not given).
    std::optional<Matrix> matrix(const RunId& run, const std::string& name,
                                 std::optional<Update> at = std::nullopt) const;
    /// The names of the matrices that the run has stored, sorted.
    std::vector<std::string> matrix_names(const RunId& run) const;
    /// When the stored matrices of that name were measured, in order. Empty where there are none.
    std::vector<Moment> matrix_moments(const RunId& run, const std::string& name) const;
    std::vector<LogLine> log(const RunId& run) const;
    std::optional<CheckpointInfo> last_checkpoint(const RunId& run) const;
    /// All that a run has, in order.
    std::vector<CheckpointInfo> checkpoints(const RunId& run) const;
    /// Newest first; `trashed`: only those in the trash.
    std::vector<SweepRecord> sweeps(bool trashed = false) const;
    /// By exact name, UUID, or unique prefix of either. Error: none, or several.
    Result<SweepRecord> sweep(const std::string& word) const;
    SweepStatus sweep_status(const std::string& id) const;
    /// The cells that have a run, in order.
    std::vector<CellRun> sweep_runs(const std::string& id) const;
    /// Every tag in use, sorted.
    std::vector<std::string> tags() const;
    std::int64_t trashed_count() const;

    /// Changes whenever any process commits to the store: poll it, then re-read (`PRAGMA data_version`).
    std::int64_t change_counter() const;

private:
    struct Impl;
    explicit StoreReader(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// Writes tidy CSV (run_id, run, seed, update, epoch, wall_time, metric, value), full resolution, values as
/// the shortest text that reads back bit-equal, NaN as "nan". Written beside and renamed: the file is
/// replaced whole or not at all.
Result<std::int64_t> export_csv(const StoreReader& store, const std::vector<RunId>& runs,
                                const std::filesystem::path& file,
                                const std::function<bool(double fraction)>& progress = {});

} // namespace descent

#pragma once

#include "core/base/events.h"
#include "core/base/result.h"
#include "core/base/run_record.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace descent {

struct SeriesPoint {
    Update update{};
    Epoch epoch{};
    double seconds = 0;
    double value = 0; ///< NaN where the store holds NULL
};

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
    /// The run with everything, manifest included.
    Result<RunRecord> run(const RunId& id) const;
    /// By exact name, UUID, or unique prefix of either. Error: none ("no run 'x'; did you mean …") or
    /// several.
    Result<RunId> find(const std::string& word) const;

    std::vector<MetricInfo> metrics(const RunId& run) const;
    /// Full resolution, ordered by update. Empty where the run has no such metric.
    std::vector<SeriesPoint> series(const RunId& run, const std::string& metric) const;
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

#pragma once

#include "core/base/events.h"
#include "core/store/checkpoints.h"
#include "core/store/metric_summary.h"
#include "core/store/pyramid_rows.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace descent {

/// Turns batches into rows: statements stay prepared, samples go in many at a time, and what the run's row
/// and its metrics' summaries say is gathered and written once a transaction. Throws on any error; the
/// transaction must then be rolled back and the object given up. Thread: the writer's only.
class BatchWriter {
public:
    explicit BatchWriter(SQLite::Database& db);

    /// Inside a transaction. Throws std::runtime_error on a batch that contradicts itself or the store.
    void add(const MetricBatch& batch);
    /// Before the commit: writes what was gathered.
    void finish();
    /// After the commit: checkpoint files that no row mentions any more.
    std::vector<std::string> take_obsolete_files() { return std::exchange(obsolete_files_, {}); }
    /// The run was changed past this object: what is remembered of it no longer holds.
    void forget(const RunId& run) { runs_.erase(run); }

private:
    struct Metric {
        std::int64_t metric_no = 0; ///< 0: no row yet
        MetricSummary summary;
        /// For finish(): the rows of a metric lie together, and so are written together.
        std::vector<Sample> waiting;
        bool summary_written = false; ///< by the insertion of its row, within this finish()
        /// A sample came that is not the newest: the summary has to be read from the samples.
        bool replaced = false;
        std::optional<Update> changed_from; ///< the earliest such sample
        /// None where it has to be read first.
        std::optional<PyramidBuilder> pyramid;
    };
    struct NewMetric {
        std::int64_t position;
        MetricInfo info;
        Metric* metric;
    };
    struct Run {
        std::int64_t run_no = 0;
        std::map<std::string, Metric> metrics; ///< by name
        std::vector<Metric*> by_index;         ///< by MetricInfo::index; nullptr where not declared
        std::int64_t next_position = 0;        ///< after those of all its metrics
        std::vector<NewMetric> declared;       ///< without a row yet, in order
        std::optional<Progress> progress;      ///< the furthest since the last finish()
        bool over = false;
    };
    using Row = std::pair<std::int64_t, const Sample*>; ///< of a metric_no
    static constexpr std::size_t kRowsAtOnce = 32, kSomeRows = 8;
    static constexpr std::uint32_t kLargestIndex = 65'535;    ///< of a metric within a run
    static constexpr std::size_t kLargestMatrix = 16'777'216; ///< values

    Run& find(const RunId& id);
    void declare(Run& run, const MetricInfo& info);
    void insert_metrics(Run& run);
    void insert_metrics(SQLite::Statement& statement, std::int64_t run_no, std::span<const NewMetric> rows);
    void add_sample(const Run& run, const Sample& sample);
    void write_samples(const Run& run);
    void sum_up(Metric& metric);
    static void write_rows(SQLite::Statement& statement, std::span<const Row> rows);
    void add_matrix(const Run& run, const Matrix& matrix);
    void add_log_line(const Run& run, const LogLine& line);
    void add_change(const Run& run, const Change& change);
    void add_checkpoint(const Run& run, const CheckpointInfo& checkpoint);
    void drop_checkpoint(const Run& run, const CheckpointInfo& checkpoint);
    void change_state(Run& run, const StateChange& change);
    void write_progress(Run& run);

    SQLite::Database& db_;
    std::map<RunId, Run> runs_; ///< the ones that batches came for
    std::vector<std::string> obsolete_files_;

    SQLite::Statement find_run_, find_metrics_, some_metrics_, one_metric_, redeclare_, many_samples_,
        some_samples_, one_sample_, matrix_, log_, change_, checkpoints_, delete_checkpoint_, unmark_best_,
        checkpoint_, state_, progress_;
    SummaryRows summaries_;
    PyramidRows pyramids_;
};

} // namespace descent

#include "core/store/batch_writer.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace descent {
namespace {

// "OR FAIL" and the deferred foreign key spare SQLite a journal for undoing half a statement, which costs
// more than the rows: after any error the whole transaction is rolled back anyway.
std::string sample_sql(std::size_t rows) {
    std::string sql =
        "INSERT OR FAIL INTO sample (metric_no, update_count, epoch, seconds, value) VALUES (?, ?, ?, ?, ?)";
    for (std::size_t row = 1; row < rows; ++row) sql += ", (?, ?, ?, ?, ?)";
    return sql + " ON CONFLICT DO UPDATE SET epoch = excluded.epoch, seconds = excluded.seconds,"
                 " value = excluded.value";
}

std::string metric_sql(std::size_t rows) {
    std::string sql =
        "INSERT INTO metric (run_no, position, name, unit, direction, last, last_update, best, best_update)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
    for (std::size_t row = 1; row < rows; ++row) sql += ", (?, ?, ?, ?, ?, ?, ?, ?, ?)";
    return sql;
}

double finite(double v) {
    return std::isfinite(v) ? v : 0;
}

// Where it is none, NULL.
void bind_number(SQLite::Statement& to, int index, std::optional<double> value) {
    if (value && !std::isnan(*value))
        to.bind(index, *value);
    else
        to.bind(index);
}

} // namespace

BatchWriter::BatchWriter(SQLite::Database& db)
    : db_(db)
    , find_run_(db, "SELECT run_no FROM run WHERE run_id = ?")
    , find_metrics_(db, "SELECT name, metric_no, position, direction, last_update, last, best_update, best"
                        " FROM metric WHERE run_no = ?")
    , some_metrics_(db, metric_sql(kSomeRows))
    , one_metric_(db, metric_sql(1))
    , redeclare_(db, "UPDATE metric SET unit = ?, direction = ? WHERE metric_no = ?")
    , many_samples_(db, sample_sql(kRowsAtOnce))
    , some_samples_(db, sample_sql(kSomeRows))
    , one_sample_(db, sample_sql(1))
    , matrix_(db, "REPLACE INTO curve (run_no, name, update_count, epoch, row_count, column_count, data)"
                  " VALUES (?, ?, ?, ?, ?, ?, ?)")
    , log_(db, "INSERT INTO log (run_no, time_ms, level, text) VALUES (?, ?, ?, ?)")
    , change_(db, "REPLACE INTO change (run_no, update_count, path, value) VALUES (?, ?, ?, ?)")
    , checkpoints_(db, "SELECT update_count, file, bytes, best FROM checkpoint WHERE run_no = ?"
                       " ORDER BY update_count")
    , delete_checkpoint_(db, "DELETE FROM checkpoint WHERE run_no = ? AND update_count = ?")
    , unmark_best_(db, "UPDATE checkpoint SET best = 0 WHERE run_no = ? AND update_count <> ? AND best = 1")
    , checkpoint_(db, "REPLACE INTO checkpoint (run_no, update_count, file, bytes, created_ms, sha256, epoch,"
                      " loss, best) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
    , state_(db, "UPDATE run SET state = ?1, reason = ?2,"
                 // A clock may have been set back in between.
                 " ended_ms = iif(?3, max(?4, ifnull(started_ms, created_ms)), NULL),"
                 " started_ms = iif(?1 = 'queued', started_ms, ifnull(started_ms, ?4)),"
                 " process_id = iif(?3, 0, process_id), updated_ms = ?4 WHERE run_no = ?5")
    , progress_(
          db, "UPDATE run SET updates = max(updates, ?1), epoch = max(epoch, ?2), seconds = max(seconds, ?3),"
              " planned_updates = iif(?4 > 0, ?4, planned_updates), updated_ms = ?5 WHERE run_no = ?6")
    , summaries_(db)
    , pyramids_(db) {}

BatchWriter::Run& BatchWriter::find(const RunId& id) {
    if (const auto known = runs_.find(id); known != runs_.end()) return known->second;
    find_run_.bind(1, id.uuid);
    if (!find_run_.executeStep()) throw std::runtime_error("there is no run " + id.uuid + " in the store");
    Run run{find_run_.getColumn(0).getInt64()};
    find_run_.reset();
    find_metrics_.bind(1, run.run_no);
    std::map<std::size_t, std::string> positions;
    while (find_metrics_.executeStep()) {
        Metric metric{find_metrics_.getColumn(1).getInt64(),
                      {sql::direction_named(sql::text_at(find_metrics_, 3))}};
        const auto update = [&](int column) -> std::optional<Update> {
            const SQLite::Column value = find_metrics_.getColumn(column);
            return value.isNull() ? std::nullopt : std::optional(Update{value.getInt64()});
        };
        metric.summary.last_update = update(4);
        metric.summary.last = sql::number_at(find_metrics_, 5);
        metric.summary.best_update = update(6);
        metric.summary.best = sql::number_at(find_metrics_, 7);
        if (!metric.summary.last_update) metric.pyramid.emplace(); // of nothing yet
        const std::string name = sql::text_at(find_metrics_, 0);
        const auto position = find_metrics_.getColumn(2).getInt64();
        positions[static_cast<std::size_t>(position)] = name;
        run.next_position = std::max(run.next_position, position + 1);
        run.metrics.emplace(name, metric);
    }
    find_metrics_.reset();
    Run& stored = runs_.emplace(id, std::move(run)).first->second;
    for (const auto& [position, name] : positions) {
        if (position > kLargestIndex) continue;
        if (stored.by_index.size() <= position) stored.by_index.resize(position + 1);
        stored.by_index[position] = &stored.metrics.at(name);
    }
    return stored;
}

void BatchWriter::declare(Run& run, const MetricInfo& info) {
    if (info.index > kLargestIndex)
        throw std::runtime_error("metric '" + info.name + "' has the number " + std::to_string(info.index));
    // A resumed run may declare its metrics in another order: the name decides, the position is for lists.
    const auto [entry, is_new] = run.metrics.try_emplace(info.name);
    Metric& metric = entry->second;
    if (is_new) {
        metric.pyramid.emplace();
        metric.summary.direction = info.direction;
        const auto position = std::max(run.next_position, static_cast<std::int64_t>(info.index));
        run.next_position = position + 1;
        run.declared.push_back({position, info, &metric});
    } else if (metric.metric_no == 0) {
        const auto waiting = std::ranges::find(run.declared, &metric, &NewMetric::metric);
        waiting->info.unit = info.unit;
        waiting->info.direction = info.direction;
    } else {
        redeclare_.bind(1, info.unit);
        redeclare_.bind(2, sql::word(info.direction));
        redeclare_.bind(3, metric.metric_no);
        redeclare_.exec();
        redeclare_.reset();
    }
    if (metric.summary.direction != info.direction) {
        metric.summary.direction = info.direction;
        metric.replaced = true; // what was best may not be so any more
    }
    if (run.by_index.size() <= info.index) run.by_index.resize(info.index + 1);
    run.by_index[info.index] = &metric;
}

/// With what is known of their samples already: most runs of a sweep are so short that this is all.
void BatchWriter::insert_metrics(Run& run) {
    std::span<const NewMetric> rows = run.declared;
    for (; rows.size() >= kSomeRows; rows = rows.subspan(kSomeRows))
        insert_metrics(some_metrics_, run.run_no, rows.first(kSomeRows));
    for (std::size_t i = 0; i < rows.size(); ++i) insert_metrics(one_metric_, run.run_no, rows.subspan(i, 1));
    run.declared.clear();
}

void BatchWriter::insert_metrics(SQLite::Statement& statement, std::int64_t run_no,
                                 std::span<const NewMetric> rows) {
    int column = 0;
    for (const auto& [position, info, metric] : rows) {
        statement.bind(++column, run_no);
        statement.bind(++column, position);
        statement.bind(++column, info.name);
        statement.bind(++column, info.unit);
        statement.bind(++column, sql::word(info.direction));
        SummaryRows::bind(statement, ++column, metric->summary);
        column += 3;
    }
    statement.exec();
    statement.reset();
    // Each row gets the largest number so far and one (SQLite, "ROWIDs and the INTEGER PRIMARY KEY").
    auto metric_no = db_.getLastInsertRowid() - std::ssize(rows);
    for (const auto& row : rows) {
        row.metric->metric_no = ++metric_no;
        row.metric->summary_written = true;
    }
}

void BatchWriter::add(const MetricBatch& batch) {
    Run& target = find(batch.run);
    for (const MetricInfo& info : batch.metrics) declare(target, info);
    for (const Sample& sample : batch.samples) add_sample(target, sample);
    for (const Matrix& matrix : batch.matrices) add_matrix(target, matrix);
    for (const LogLine& line : batch.log) add_log_line(target, line);
    for (const Change& change : batch.changes) add_change(target, change);
    if (batch.checkpoint) add_checkpoint(target, *batch.checkpoint);
    if (!target.progress || target.progress->update <= batch.progress.update)
        target.progress = batch.progress;
    if (batch.state) change_state(target, *batch.state);
}

void BatchWriter::add_sample(const Run& run, const Sample& sample) {
    Metric* metric = sample.metric < run.by_index.size() ? run.by_index[sample.metric] : nullptr;
    if (!metric)
        throw std::runtime_error("a sample came for metric " + std::to_string(sample.metric) +
                                 ", which the run did not declare");
    metric->waiting.push_back(sample);
    if (metric->summary.last_update && sample.update <= *metric->summary.last_update) {
        metric->replaced = true;
        metric->changed_from = std::min(sample.update, metric->changed_from.value_or(sample.update));
    } else {
        metric->summary.take(sample.update, sample.value);
    }
}

/// Those of all its metrics, in the order in which they lie in the table.
void BatchWriter::write_samples(const Run& run) {
    std::vector<const Metric*> metrics;
    std::vector<Row> gathered;
    for (const auto& [name, metric] : run.metrics)
        if (!metric.waiting.empty()) metrics.push_back(&metric);
    std::ranges::sort(metrics, {}, &Metric::metric_no);
    for (const auto* metric : metrics)
        for (const Sample& sample : metric->waiting) gathered.emplace_back(metric->metric_no, &sample);
    std::span<const Row> rows = gathered;
    for (; rows.size() >= kRowsAtOnce; rows = rows.subspan(kRowsAtOnce))
        write_rows(many_samples_, rows.first(kRowsAtOnce));
    for (; rows.size() >= kSomeRows; rows = rows.subspan(kSomeRows))
        write_rows(some_samples_, rows.first(kSomeRows));
    for (std::size_t i = 0; i < rows.size(); ++i) write_rows(one_sample_, rows.subspan(i, 1));
}

void BatchWriter::sum_up(Metric& metric) {
    if (metric.changed_from) {
        pyramids_.remove_from(metric.metric_no, *metric.changed_from);
        metric.pyramid.reset();
    }
    if (!metric.pyramid) {
        metric.pyramid = pyramids_.resume(metric.metric_no); // what waited is among the samples
        return;
    }
    for (const Sample& sample : metric.waiting)
        pyramids_.add(*metric.pyramid, metric.metric_no,
                      {sample.update, sample.epoch, sample.seconds, sample.value});
}

void BatchWriter::write_rows(SQLite::Statement& statement, std::span<const Row> rows) {
    int column = 0;
    for (const auto& [metric_no, sample] : rows) {
        statement.bind(++column, metric_no);
        statement.bind(++column, sample->update.count);
        statement.bind(++column, sample->epoch.passes);
        statement.bind(++column, sample->seconds);
        statement.bind(++column, sample->value); // SQLite takes NaN for NULL
    }
    statement.exec();
    statement.reset();
}

void BatchWriter::add_matrix(const Run& run, const Matrix& matrix) {
    static_assert(std::endian::native == std::endian::little && std::numeric_limits<double>::is_iec559,
                  "curve.data is little-endian");
    if (matrix.rows < 0 || matrix.columns < 0 ||
        static_cast<std::uint64_t>(matrix.rows) * static_cast<std::uint64_t>(matrix.columns) !=
            matrix.values.size() ||
        matrix.values.size() > kLargestMatrix)
        throw std::runtime_error("matrix '" + matrix.name + "' of " + std::to_string(matrix.rows) + " by " +
                                 std::to_string(matrix.columns) + " has " +
                                 std::to_string(matrix.values.size()) + " values");
    matrix_.bind(1, run.run_no);
    matrix_.bind(2, matrix.name);
    matrix_.bind(3, matrix.update.count);
    matrix_.bind(4, matrix.epoch.passes);
    matrix_.bind(5, matrix.rows);
    matrix_.bind(6, matrix.columns);
    matrix_.bind(7, matrix.values.empty() ? "" : static_cast<const void*>(matrix.values.data()),
                 static_cast<int>(matrix.values.size() * sizeof(double)));
    matrix_.exec();
    matrix_.reset();
}

void BatchWriter::add_log_line(const Run& run, const LogLine& line) {
    log_.bind(1, run.run_no);
    log_.bind(2, line.time_ms);
    log_.bind(3, sql::word(line.level));
    log_.bind(4, line.text);
    log_.exec();
    log_.reset();
}

void BatchWriter::add_change(const Run& run, const Change& change) {
    change_.bind(1, run.run_no);
    change_.bind(2, change.at.count);
    change_.bind(3, change.path);
    change_.bind(4, change.value);
    change_.exec();
    change_.reset();
}

void BatchWriter::add_checkpoint(const Run& run, const CheckpointInfo& checkpoint) {
    if (checkpoint.best) {
        unmark_best_.bind(1, run.run_no);
        unmark_best_.bind(2, checkpoint.update.count);
        unmark_best_.exec();
        unmark_best_.reset();
    }
    std::vector<CheckpointInfo> all;
    checkpoints_.bind(1, run.run_no);
    while (checkpoints_.executeStep()) {
        CheckpointInfo& stored = all.emplace_back();
        stored.update = Update{checkpoints_.getColumn(0).getInt64()};
        stored.file = sql::text_at(checkpoints_, 1);
        stored.bytes = checkpoints_.getColumn(2).getInt64();
        stored.best = checkpoints_.getColumn(3).getInt() != 0;
    }
    checkpoints_.reset();
    const auto place = std::ranges::lower_bound(all, checkpoint.update, {}, &CheckpointInfo::update);
    if (place != all.end() && place->update == checkpoint.update) {
        if (place->file != checkpoint.file) obsolete_files_.push_back(place->file);
        *place = checkpoint;
    } else {
        all.insert(place, checkpoint);
    }
    checkpoint_.bind(1, run.run_no);
    checkpoint_.bind(2, checkpoint.update.count);
    checkpoint_.bind(3, checkpoint.file);
    checkpoint_.bind(4, checkpoint.bytes);
    checkpoint_.bind(5, now_ms());
    checkpoint_.bind(6, checkpoint.sha256);
    bind_number(checkpoint_, 7, checkpoint.epoch ? std::optional(checkpoint.epoch->passes) : std::nullopt);
    bind_number(checkpoint_, 8, checkpoint.loss);
    checkpoint_.bind(9, checkpoint.best ? 1 : 0);
    checkpoint_.exec();
    checkpoint_.reset();
    for (const std::size_t index : superfluous(all)) drop_checkpoint(run, all[index]);
}

void BatchWriter::drop_checkpoint(const Run& run, const CheckpointInfo& checkpoint) {
    delete_checkpoint_.bind(1, run.run_no);
    delete_checkpoint_.bind(2, checkpoint.update.count);
    delete_checkpoint_.exec();
    delete_checkpoint_.reset();
    obsolete_files_.push_back(checkpoint.file);
}

void BatchWriter::change_state(Run& run, const StateChange& change) {
    write_progress(run);
    run.over = is_over(change.state);
    state_.bind(1, std::string(to_string(change.state)));
    state_.bind(2, change.reason);
    state_.bind(3, run.over ? 1 : 0);
    state_.bind(4, now_ms());
    state_.bind(5, run.run_no);
    state_.exec();
    state_.reset();
}

void BatchWriter::write_progress(Run& run) {
    if (!run.progress) return;
    progress_.bind(1, run.progress->update.count);
    progress_.bind(2, finite(run.progress->epoch.passes));
    progress_.bind(3, finite(run.progress->seconds));
    progress_.bind(4, run.progress->planned.count);
    progress_.bind(5, now_ms());
    progress_.bind(6, run.run_no);
    progress_.exec();
    progress_.reset();
    run.progress.reset();
}

void BatchWriter::finish() {
    for (auto& [id, run] : runs_) {
        write_progress(run);
        insert_metrics(run);
        write_samples(run);
        for (auto& [name, metric] : run.metrics) {
            const bool written = std::exchange(metric.summary_written, false);
            if (metric.waiting.empty() && !metric.replaced) continue;
            sum_up(metric);
            if (metric.replaced)
                metric.summary = summaries_.from_samples(metric.metric_no, metric.summary.direction);
            if (metric.replaced || !written) summaries_.write(metric.metric_no, metric.summary);
            metric.waiting.clear();
            metric.replaced = false;
            metric.changed_from.reset();
        }
    }
    std::erase_if(runs_, [](const auto& entry) { return entry.second.over; });
}

} // namespace descent

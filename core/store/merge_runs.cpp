#include "core/store/merge_runs.h"

#include "core/base/uuid.h"
#include "core/store/changes.h"
#include "core/store/merge_rows.h"
#include "core/store/metric_summary.h"
#include "core/store/pyramid_rows.h"

#include <algorithm>

#include <sqlite3.h>

namespace descent {
namespace {

using SQLite::Database;
using SQLite::Statement;

constexpr std::int64_t kRowsBetweenReports = 8'192;

/// state, reason, started_ms, ended_ms, updated_ms, updates, planned_updates, epoch, seconds: how far the run
/// is. Returns the next place.
int bind_course(Statement& into, int place, const MergeRow& run) {
    into.bind(place++, run.state);
    into.bind(place++, run.reason);
    sql::bind(into, place++, run.started_ms);
    sql::bind(into, place++, run.ended_ms);
    into.bind(place++, run.updated_ms);
    into.bind(place++, run.updates);
    into.bind(place++, run.planned);
    into.bind(place++, run.epoch);
    into.bind(place++, run.seconds);
    return place;
}

/// Takes one run over. Members do a table each; `theirs_decides_` where both have something.
class Merger {
public:
    Merger(Database& db, RunSource::Impl& from, const RunId& run, FilePlace& files,
           const std::function<bool(double)>& progress)
        : db_(db)
        , from_(from)
        , run_(run)
        , files_(files)
        , progress_(progress) {}

    MergedRun merge();

private:
    void insert_run(const MergeRow& theirs);
    void join_rows(const MergeRow& ours, const MergeRow& theirs);
    void replace_spec(const MergeRow& theirs);
    std::optional<std::int64_t> dataset(std::int64_t theirs);
    void copy_provenance(std::int64_t theirs);
    void join_metrics(std::int64_t theirs);
    std::int64_t declare(Statement& metric, bool& fresh);
    std::optional<Update> join_samples(std::int64_t theirs, std::int64_t ours, double from, double to);
    void join_matrices(std::int64_t theirs);
    void join_log(std::int64_t theirs);
    void join_checkpoints(std::int64_t theirs);
    void mark_best(std::optional<std::int64_t> theirs);
    void copy_rows(const std::string& select, std::int64_t theirs, const std::string& insert,
                   std::int64_t ours);
    void update(const std::string& column, const auto& value);
    void clear(const std::string& table);
    int changes() const { return sqlite3_total_changes(db_.getHandle()); }
    void report(double fraction) const {
        if (progress_ && !progress_(fraction)) throw InputError("cancelled");
    }

    Database& db_;
    RunSource::Impl& from_;
    const RunId run_;
    FilePlace& files_;
    const std::function<bool(double)>& progress_;
    std::int64_t run_no_ = 0; ///< here
    bool theirs_decides_ = true;
    MergedRun merged_;
};

MergedRun Merger::merge() {
    report(0);
    auto theirs = find_row(from_.db, run_);
    if (theirs && !is_uuid(run_.uuid))
        throw InputError("store '" + from_.path.string() + "': expected a UUID as a run's id, found '" +
                         run_.uuid + "'");
    if (!theirs) throw InputError("there is no run " + run_.uuid + " in store '" + from_.path.string() + "'");
    end_copy(*theirs);
    const auto ours = find_row(db_, run_);
    if (ours && ours->active) return {MergedRun::How::left, {}};
    const int before = changes();
    if (ours) {
        run_no_ = ours->run_no;
        theirs_decides_ = theirs->rank() > ours->rank();
        join_rows(*ours, *theirs);
    } else {
        insert_run(*theirs);
        copy_provenance(theirs->run_no);
    }
    // A table's word that it was imported says nothing of a run that was not.
    const bool word_counts = !ours || ours->from_table || !theirs->from_table;
    copy_rows("SELECT tag FROM tag WHERE run_no = ?" +
                  std::string(word_counts ? "" : " AND tag <> '" + std::string(kImported) + "'"),
              theirs->run_no, "INSERT OR IGNORE INTO tag (run_no, tag) VALUES (?, ?)", run_no_);
    join_metrics(theirs->run_no);
    join_matrices(theirs->run_no);
    join_log(theirs->run_no);
    if (from_.has("change"))
        copy_rows(
            "SELECT update_count, path, value FROM change WHERE run_no = ?", theirs->run_no,
            "INSERT INTO change (run_no, update_count, path, value) VALUES (?, ?, ?, ?) ON CONFLICT DO " +
                std::string(theirs_decides_
                                ? "UPDATE SET value = excluded.value WHERE value <> excluded.value"
                                : "NOTHING"),
            run_no_);
    join_checkpoints(theirs->run_no);
    merged_.how = !ours                 ? MergedRun::How::added
                  : changes() != before ? MergedRun::How::grown
                                        : MergedRun::How::known;
    return merged_;
}

// `select` yields what `insert` takes after its first value, the number that the rows belong to here.
void Merger::copy_rows(const std::string& select, std::int64_t theirs, const std::string& insert,
                       std::int64_t ours) {
    Statement row(from_.db, select), into(db_, insert);
    row.bind(1, theirs);
    while (row.executeStep()) {
        into.bind(1, ours);
        for (int i = 0; i < row.getColumnCount(); ++i) sql::bind(into, i + 2, row.getColumn(i));
        into.exec();
        into.reset();
    }
}

void Merger::update(const std::string& column, const auto& value) {
    Statement set(db_, "UPDATE run SET " + column + " = ? WHERE run_no = ?");
    sql::bind(set, 1, value);
    set.bind(2, run_no_);
    set.exec();
}

void Merger::clear(const std::string& table) {
    Statement remove(db_, "DELETE FROM " + table + " WHERE run_no = ?");
    remove.bind(1, run_no_);
    remove.exec();
}

void Merger::insert_run(const MergeRow& theirs) {
    Statement row(
        from_.db,
        "SELECT name, key, task, model, optimizer, regime, seed, created_ms FROM run WHERE run_no = ?");
    row.bind(1, theirs.run_no);
    row.executeStep();
    Statement insert(
        db_,
        "INSERT INTO run (name, key, task, model, optimizer, regime, seed, created_ms, run_id, state, reason,"
        " started_ms, ended_ms, updated_ms, updates, planned_updates, epoch, seconds, starred, trashed_ms,"
        " note, colour, parent, parent_update) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
        " ?, ?, ?, ?, ?, ?)");
    insert.bind(1, free_name(db_, as_message(sql::text_at(row, 0))));
    for (int i = 1; i < row.getColumnCount(); ++i) sql::bind(insert, i + 1, row.getColumn(i));
    insert.bind(9, run_.uuid);
    bind_course(insert, 10, theirs);
    insert.bind(19, theirs.starred ? 1 : 0);
    sql::bind(insert, 20, theirs.trashed_ms);
    insert.bind(21, theirs.note);
    sql::bind(insert, 22, theirs.colour);
    if (theirs.parent) {
        insert.bind(23, theirs.parent->run.uuid);
        insert.bind(24, theirs.parent->at.count);
    }
    insert.exec();
    run_no_ = db_.getLastInsertRowid();
}

void Merger::join_rows(const MergeRow& ours, const MergeRow& theirs) {
    if (ours.from_table && !theirs.from_table) replace_spec(theirs);
    if (theirs_decides_ && theirs.course() != ours.course()) {
        Statement set(db_,
                      "UPDATE run SET state = ?, reason = ?, started_ms = ?, ended_ms = ?, updated_ms = ?,"
                      " updates = ?, planned_updates = ?, epoch = ?, seconds = ? WHERE run_no = ?");
        set.bind(bind_course(set, 1, theirs), run_no_);
        set.exec();
    }
    if (theirs.starred && !ours.starred) update("starred", std::optional<std::int64_t>(1));
    const MergeRow &first = theirs_decides_ ? theirs : ours, &second = theirs_decides_ ? ours : theirs;
    if (const auto colour = first.colour ? first.colour : second.colour; colour != ours.colour)
        update("colour", colour);
    if (theirs.parent && !ours.parent) {
        update("parent", theirs.parent->run.uuid);
        update("parent_update", std::optional(theirs.parent->at.count));
    }
    const auto trashed =
        ours.trashed_ms && theirs.trashed_ms ? std::min(ours.trashed_ms, theirs.trashed_ms) : std::nullopt;
    if (trashed != ours.trashed_ms) update("trashed_ms", trashed);
    if (const std::string note = joined_notes(ours.note, theirs.note); note != ours.note)
        update("note", note);
}

// Until now only a table was known of it.
void Merger::replace_spec(const MergeRow& theirs) {
    clear("param");
    clear("provenance");
    Statement tag(db_, "DELETE FROM tag WHERE run_no = ? AND tag = ?");
    tag.bind(1, run_no_);
    tag.bind(2, kImported);
    tag.exec();
    Statement row(from_.db, "SELECT key, task, model, optimizer, regime, seed, created_ms FROM run"
                            " WHERE run_no = ?");
    row.bind(1, theirs.run_no);
    row.executeStep();
    Statement set(db_, "UPDATE run SET key = ?, task = ?, model = ?, optimizer = ?, regime = ?, seed = ?,"
                       " created_ms = ? WHERE run_no = ?");
    for (int i = 0; i < row.getColumnCount(); ++i) sql::bind(set, i + 1, row.getColumn(i));
    set.bind(8, run_no_);
    set.exec();
    copy_provenance(theirs.run_no);
}

std::optional<std::int64_t> Merger::dataset(std::int64_t theirs) {
    Statement row(from_.db,
                  "SELECT d.digest, d.data_hash, d.source, d.train_examples, d.validation_examples,"
                  " d.test_examples, d.majority_baseline, d.classes, d.report, d.manifest"
                  " FROM dataset d JOIN provenance p ON p.dataset_no = d.dataset_no WHERE p.run_no = ?");
    row.bind(1, theirs);
    if (!row.executeStep()) return std::nullopt;
    Statement insert(db_,
                     "INSERT INTO dataset (digest, data_hash, source, train_examples, validation_examples,"
                     " test_examples, majority_baseline, classes, report, manifest)"
                     " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (digest) DO NOTHING");
    for (int i = 0; i < row.getColumnCount(); ++i) sql::bind(insert, i + 1, row.getColumn(i));
    insert.exec();
    Statement find(db_, "SELECT dataset_no FROM dataset WHERE digest = ?");
    find.bind(1, sql::text_at(row, 0));
    find.executeStep();
    return find.getColumn(0).getInt64();
}

void Merger::copy_provenance(std::int64_t theirs) {
    if (const auto data = dataset(theirs)) {
        copy_rows("SELECT " + std::to_string(*data) +
                      ", studio_version, torch_version, blas, threads, host,"
                      " parameters, spec FROM provenance WHERE run_no = ?",
                  theirs,
                  "INSERT INTO provenance (run_no, dataset_no, studio_version, torch_version, blas, threads,"
                  " host, parameters, spec) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                  run_no_);
    }
    copy_rows("SELECT part, name, value, number FROM param WHERE run_no = ?", theirs,
              "INSERT INTO param (run_no, part, name, value, number) VALUES (?, ?, ?, ?, ?)", run_no_);
}

// Its number here. `metric`: metric_no, position, name, unit, direction, last, last_update, best,
// best_update.
std::int64_t Merger::declare(Statement& metric, bool& fresh) {
    Statement find(db_, "SELECT metric_no FROM metric WHERE run_no = ? AND name = ?");
    find.bind(1, run_no_);
    find.bind(2, sql::text_at(metric, 2));
    fresh = !find.executeStep();
    if (fresh) {
        Statement insert(
            db_,
            "INSERT INTO metric (run_no, position, name, unit, direction, last, last_update, best,"
            " best_update) SELECT ?1, iif(EXISTS (SELECT 1 FROM metric WHERE run_no = ?1 AND position = ?2),"
            " (SELECT max(position) + 1 FROM metric WHERE run_no = ?1), ?2), ?3, ?4, ?5, ?6, ?7, ?8, ?9");
        insert.bind(1, run_no_);
        for (int i = 1; i <= 8; ++i) sql::bind(insert, i + 1, metric.getColumn(i));
        insert.exec();
        return db_.getLastInsertRowid();
    }
    const std::int64_t metric_no = find.getColumn(0).getInt64();
    if (theirs_decides_) {
        Statement set(db_, "UPDATE metric SET unit = ?2, direction = ?3"
                           " WHERE metric_no = ?1 AND (unit <> ?2 OR direction <> ?3)");
        set.bind(1, metric_no);
        sql::bind(set, 2, metric.getColumn(3));
        sql::bind(set, 3, metric.getColumn(4));
        set.exec();
    }
    return metric_no;
}

void Merger::join_metrics(std::int64_t theirs) {
    Statement count(from_.db, "SELECT count(*) FROM metric WHERE run_no = ?");
    count.bind(1, theirs);
    count.executeStep();
    const double metrics = std::max(1.0, count.getColumn(0).getDouble());
    SummaryRows summaries(db_);
    PyramidRows pyramids(db_);
    const bool summed_up = from_.has("pyramid");
    Statement metric(from_.db, "SELECT metric_no, position, name, unit, direction, last, last_update, best,"
                               " best_update FROM metric WHERE run_no = ? ORDER BY position");
    metric.bind(1, theirs);
    for (double i = 0; metric.executeStep(); ++i) {
        const std::int64_t number = metric.getColumn(0).getInt64();
        const int before = changes();
        bool fresh = false;
        const std::int64_t ours = declare(metric, fresh);
        const auto changed_from = join_samples(number, ours, i / metrics, (i + 1) / metrics);
        if (fresh && summed_up) // from the same samples
            copy_rows(
                "SELECT level, chunk, last_update, data FROM pyramid WHERE metric_no = ?", number,
                "INSERT INTO pyramid (metric_no, level, chunk, last_update, data) VALUES (?, ?, ?, ?, ?)",
                ours);
        if (changed_from && !fresh) pyramids.remove_from(ours, *changed_from);
        if (changed_from) pyramids.resume(ours); // makes what is absent
        if (fresh || changes() == before) continue;
        Statement direction(db_, "SELECT direction FROM metric WHERE metric_no = ?");
        direction.bind(1, ours);
        direction.executeStep();
        summaries.write(ours, summaries.from_samples(ours, sql::direction_named(sql::text_at(direction, 0))));
    }
}

// The first update at which something was added or is another value now.
std::optional<Update> Merger::join_samples(std::int64_t theirs, std::int64_t ours, double from, double to) {
    Statement span(from_.db, "SELECT max(update_count) FROM sample WHERE metric_no = ?");
    span.bind(1, theirs);
    span.executeStep();
    const double last = std::max(1.0, span.getColumn(0).getDouble());
    Statement row(from_.db, "SELECT update_count, epoch, seconds, value FROM sample WHERE metric_no = ?"
                            " ORDER BY update_count");
    row.bind(1, theirs);
    Statement insert(db_,
                     std::string("INSERT INTO sample (metric_no, update_count, epoch, seconds, value)"
                                 " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO ") +
                         (theirs_decides_ ? "UPDATE SET epoch = excluded.epoch, seconds = excluded.seconds,"
                                            " value = excluded.value WHERE value IS NOT excluded.value OR"
                                            " epoch IS NOT excluded.epoch OR seconds IS NOT excluded.seconds"
                                          : "NOTHING"));
    std::optional<Update> changed_from;
    for (std::int64_t rows = 0; row.executeStep(); ++rows) {
        if (rows % kRowsBetweenReports == 0)
            report(from + (to - from) * std::clamp(row.getColumn(0).getDouble() / last, 0.0, 1.0));
        insert.bind(1, ours);
        for (int i = 0; i < 4; ++i) sql::bind(insert, i + 2, row.getColumn(i));
        if (insert.exec() > 0 && !changed_from) changed_from = Update{row.getColumn(0).getInt64()};
        insert.reset();
    }
    return changed_from;
}

void Merger::join_matrices(std::int64_t theirs) {
    copy_rows(
        "SELECT name, update_count, epoch, row_count, column_count, data FROM curve WHERE run_no = ?", theirs,
        std::string("INSERT INTO curve (run_no, name, update_count, epoch, row_count, column_count, data)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO ") +
            (theirs_decides_ ? "UPDATE SET epoch = excluded.epoch, row_count = excluded.row_count,"
                               " column_count = excluded.column_count, data = excluded.data"
                               " WHERE data <> excluded.data OR row_count <> excluded.row_count OR"
                               " column_count <> excluded.column_count OR epoch IS NOT excluded.epoch"
                             : "NOTHING"),
        run_no_);
}

void Merger::join_log(std::int64_t theirs) {
    const std::vector<MergeLine> here = log_of(db_, run_no_), there = log_of(from_.db, theirs);
    const auto both = theirs_decides_ ? joined_log(there, here) : joined_log(here, there);
    // The order may differ where two lines were said in the same millisecond; that is no reason to rewrite
    // it.
    if (both.size() == here.size()) return;
    clear("log");
    Statement insert(db_, "INSERT INTO log (run_no, time_ms, level, text) VALUES (?, ?, ?, ?)");
    for (const MergeLine& line : both) {
        insert.bind(1, run_no_);
        insert.bind(2, line.time_ms);
        insert.bind(3, line.level);
        insert.bind(4, line.text);
        insert.exec();
        insert.reset();
    }
}

void Merger::join_checkpoints(std::int64_t theirs) {
    Statement here(db_, "SELECT 1 FROM checkpoint WHERE run_no = ? AND update_count = ?");
    Statement insert(db_, "INSERT INTO checkpoint (run_no, update_count, file, bytes, created_ms, sha256,"
                          " epoch, loss) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    const auto column = [&](const char* name, const char* otherwise) {
        return sql::column_or(from_.db, "checkpoint", name, otherwise);
    };
    Statement row(from_.db, "SELECT update_count, file, bytes, created_ms, " + column("sha256", "''") + ", " +
                                column("epoch", "NULL") + ", " + column("loss", "NULL") + ", " +
                                column("best", "0") + " FROM checkpoint WHERE run_no = ?" +
                                " ORDER BY update_count");
    std::optional<std::int64_t> best; // theirs
    row.bind(1, theirs);
    while (row.executeStep()) {
        here.bind(1, run_no_);
        here.bind(2, row.getColumn(0).getInt64());
        if (row.getColumn(7).getInt() != 0) best = row.getColumn(0).getInt64();
        const bool known = here.executeStep();
        here.reset();
        if (known) continue;
        const std::string file = sql::text_at(row, 1);
        const auto name = files_.take(from_, file);
        if (!name) {
            merged_.warnings.push_back("checkpoint '" + file + "' of run " + run_.uuid +
                                       " is not there any more and was left out");
            continue;
        }
        insert.bind(1, run_no_);
        insert.bind(2, row.getColumn(0).getInt64());
        insert.bind(3, *name);
        for (int i = 2; i <= 6; ++i) sql::bind(insert, i + 2, row.getColumn(i));
        insert.exec();
        insert.reset();
    }
    mark_best(best);
}

// One a run, whoever found it: the one of least loss.
void Merger::mark_best(std::optional<std::int64_t> theirs) {
    if (!theirs) return;
    Statement mark(db_, "UPDATE checkpoint SET best = 1 WHERE run_no = ?1 AND update_count = ?2 AND best = 0"
                        " AND NOT EXISTS (SELECT 1 FROM checkpoint c WHERE c.run_no = ?1 AND c.best = 1 AND"
                        " c.loss <= checkpoint.loss)");
    mark.bind(1, run_no_);
    mark.bind(2, *theirs);
    if (mark.exec() == 0) return;
    Statement others(db_,
                     "UPDATE checkpoint SET best = 0 WHERE run_no = ? AND update_count <> ? AND best = 1");
    others.bind(1, run_no_);
    others.bind(2, *theirs);
    others.exec();
}

} // namespace

MergedRun merge_run(Database& db, RunSource::Impl& from, const RunId& run, FilePlace& files,
                    const std::function<bool(double fraction)>& progress) {
    try {
        return Merger(db, from, run, files, progress).merge();
    } catch (const SQLite::Exception& e) {
        // Which of the two it was is in the connections only.
        const int code = sqlite3_errcode(from.db.getHandle()) & 0xff;
        if (code != SQLITE_OK && code != SQLITE_ROW && code != SQLITE_DONE) sql::rethrow(e, from.path);
        throw;
    }
}

} // namespace descent

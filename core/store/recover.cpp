#include "core/store/recover.h"

#include "core/base/format.h"
#include "core/base/json_text.h"
#include "core/store/checkpoint_file.h"
#include "core/store/connection.h"
#include "core/store/file_name.h"
#include "core/store/file_replacement.h"
#include "core/store/merge.h"
#include "core/store/metric_summary.h"
#include "core/store/migrations.h"
#include "core/store/pyramid_rows.h"
#include "core/store/spec_text.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <tuple>

#include <nlohmann/json.hpp>
#include <sqlite3.h>

namespace descent {
namespace {

namespace fs = std::filesystem;
constexpr auto kEntryLost = "its entry in the damaged store was lost";
using RawStatement = std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)>;

RawStatement prepared(SQLite::Database& db, const std::string& query) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v2(db.getHandle(), query.c_str(), -1, &statement, nullptr);
    if (code != SQLITE_OK) throw SQLite::Exception(db.getHandle(), code);
    return {statement, sqlite3_finalize};
}

std::vector<std::string> names(SQLite::Database& db, const std::string& pragma, int column) {
    std::vector<std::string> found;
    SQLite::Statement row(db, pragma);
    while (row.executeStep()) found.push_back(sql::text_at(row, column));
    return found;
}

struct Table {
    std::string name;
    std::vector<std::string> columns, key;
};

/// With the columns that both have; a table of an older version may lack some.
std::optional<Table> shared_table(SQLite::Database& from, SQLite::Database& to, const std::string& name) {
    Table table{name, {}, {}};
    const auto theirs = names(from, "PRAGMA table_info(" + name + ")", 1);
    SQLite::Statement column(to, "PRAGMA table_info(" + name + ")");
    std::map<int, std::string> key;
    while (column.executeStep()) {
        const auto word = sql::text_at(column, 1);
        if (std::ranges::find(theirs, word) == theirs.end()) continue;
        table.columns.push_back(word);
        if (const int place = column.getColumn(5).getInt(); place > 0) key[place] = word;
    }
    for (const auto& [place, word] : key) table.key.push_back(word);
    if (table.columns.empty() || table.key.empty()) return std::nullopt;
    return table;
}

/// Reads the rows of a table, or of one value of its key's first column, from both ends.
class Salvage {
public:
    Salvage(SQLite::Database& from, SQLite::Database& to, const Table& table, const std::string& where = "")
        : from_(from)
        , to_(to)
        , table_(table)
        , where_(where)
        , insert_(prepared(to, "INSERT OR IGNORE INTO " + table.name + " (" + joined(table.columns) +
                                   ") VALUES (" +
                                   joined(std::vector<std::string>(table.columns.size(), "?")) + ")")) {}

    /// True: all of it could be read.
    bool copy() {
        if (one_way("")) return true;
        one_way(" DESC"); // as far as the damage from behind; what comes twice is left out
        return false;
    }
    std::int64_t rows = 0;

private:
    bool one_way(const std::string& direction) {
        std::vector<std::string> order;
        for (const auto& word : table_.key) order.push_back(word + direction);
        // The table itself in the order of its key, not by way of another index, which may be whole or not.
        const bool by_rowid = table_.key.size() == 1;
        const auto query = "SELECT " + joined(table_.columns) + " FROM " + table_.name +
                           (by_rowid ? " NOT INDEXED" : "") + where_ + " ORDER BY " + joined(order);
        int code = SQLITE_OK;
        bool all = true;
        const auto read = prepared(from_, query);
        while ((code = sqlite3_step(read.get())) == SQLITE_ROW) {
            for (int i = 0; i < sqlite3_column_count(read.get()); ++i)
                sqlite3_bind_value(insert_.get(), i + 1, sqlite3_column_value(read.get(), i));
            if (sqlite3_step(insert_.get()) != SQLITE_DONE) {
                const int failed = sqlite3_reset(insert_.get());
                throw SQLite::Exception(to_.getHandle(), failed);
            }
            const int taken = sqlite3_changes(to_.getHandle());
            rows += taken;
            all = all && taken == 1; // what the schema refuses was never written so
            sqlite3_reset(insert_.get());
        }
        return code == SQLITE_DONE && all;
    }

    SQLite::Database &from_, &to_;
    const Table& table_;
    std::string where_;
    RawStatement insert_;
};

/// Takes away what refers to rows that are lost, until all goes together. Returns how many rows went.
std::int64_t remove_orphans(SQLite::Database& to, const std::vector<std::string>& tables) {
    std::int64_t gone = 0;
    for (std::int64_t before = -1; before != gone;) {
        before = gone;
        for (const auto& name : tables) {
            SQLite::Statement reference(to, "PRAGMA foreign_key_list(" + name + ")");
            while (reference.executeStep()) {
                const auto parent = sql::text_at(reference, 2), column = sql::text_at(reference, 3);
                SQLite::Statement key(to, "SELECT name FROM pragma_table_info(?) WHERE pk = 1");
                key.bind(1, parent);
                key.executeStep();
                gone += to.exec("DELETE FROM " + name + " WHERE " + column + " NOT IN (SELECT " +
                                sql::text_at(key, 0) + " FROM " + parent + ")");
            }
        }
    }
    return gone;
}

void make_derived(SQLite::Database& to) {
    rebuild_pyramids(to);
    SummaryRows summaries(to);
    std::vector<std::pair<std::int64_t, Direction>> metrics;
    SQLite::Statement row(to, "SELECT metric_no, direction FROM metric");
    while (row.executeStep())
        metrics.emplace_back(row.getColumn(0).getInt64(), sql::direction_named(sql::text_at(row, 1)));
    for (const auto& [metric_no, direction] : metrics)
        summaries.write(metric_no, summaries.from_samples(metric_no, direction));
    SQLite::Statement updates(to,
                              "UPDATE run SET updates = coalesce((SELECT max(last_update) FROM metric m WHERE"
                              " m.run_no = run.run_no), 0) WHERE reason = ?");
    updates.bind(1, kEntryLost);
    updates.exec();
    // Whoever trained them: they are copies, and no process holds them.
    to.exec("UPDATE run SET state = 'interrupted', reason = 'the store was damaged',"
            " ended_ms = max(updated_ms, ifnull(started_ms, created_ms)),"
            " process_id = 0 WHERE state IN ('queued', 'running', 'paused')");
    to.exec("UPDATE sweep SET process_id = 0");
}

class Recovery {
public:
    Recovery(const fs::path& damaged, SQLite::Database& to, const std::function<bool(double)>& progress)
        : from_(damaged.string(), SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX,
                static_cast<int>(sql::kBusyTimeout.count()))
        , to_(to)
        , progress_(progress) {}

    void copy_rows() {
        SQLite::Statement row(
            to_, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%'"
                 " ESCAPE '\\' ORDER BY name = 'sample', rowid");
        while (row.executeStep()) tables_.push_back(sql::text_at(row, 0));
        to_.exec("PRAGMA foreign_keys = OFF");
        SQLite::Transaction tx(to_);
        for (const auto& name : tables_) {
            const auto table = shared_table(from_, to_, name);
            if (!table || name == "pyramid") continue; // derived, and made anew
            if (name == "sample") {
                restore_runs();
                copy_samples(*table);
            } else if (Salvage rows(from_, to_, *table); !rows.copy())
                lose("a part of table '" + name + "'; " + counted(rows.rows, "row") + " of it could be read");
        }
        // Rather a run whose data are not known any more than no spec.
        if (to_.exec("INSERT INTO dataset (dataset_no, digest, data_hash, source, train_examples, "
                     "validation_examples,"
                     " test_examples, majority_baseline, classes, report, manifest) SELECT DISTINCT "
                     "dataset_no, 'lost-' || dataset_no, '', '(lost)', "
                     "0, 0, 0, NULL,"
                     " '[]', '{}', '{}' FROM provenance WHERE dataset_no NOT IN (SELECT dataset_no FROM "
                     "dataset)") > 0)
            lose("what some runs learnt from: their data cannot be compared, so that they cannot be resumed");
        if (const auto gone = remove_orphans(to_, tables_); gone > 0)
            lose(counted(gone, "row") + " that belonged to what is lost");
        make_derived(to_);
        tx.commit();
    }

    void copy_checkpoints(const fs::path& damaged, const fs::path& to) {
        std::vector<std::pair<std::string, std::string>> files;
        {
            SQLite::Statement row(to_, "SELECT c.file, r.name FROM checkpoint c JOIN run r USING (run_no)");
            while (row.executeStep()) files.emplace_back(sql::text_at(row, 0), sql::text_at(row, 1));
        }
        for (const auto& [file, run] : files) {
            const auto copied = guarded([&] {
                if (!is_plain_name(file)) throw InputError("its name reaches out of the folder");
                make_folder(checkpoint_folder(to));
                write_tensor_file(checkpoint_folder(to) / file,
                                  read_tensor_file(checkpoint_folder(damaged) / file));
            });
            if (copied) {
                ++found.checkpoints;
                continue;
            }
            lose("a checkpoint of run '" + run + "' (" + copied.error().message + ")");
            SQLite::Statement remove(to_, "DELETE FROM checkpoint WHERE file = ?");
            remove.bind(1, file);
            remove.exec();
        }
    }

    void count() {
        found.runs = to_.execAndGet("SELECT count(*) FROM run").getInt64();
        found.samples = to_.execAndGet("SELECT count(*) FROM sample").getInt64();
    }

    Recovered found;

private:
    /// Of runs whose own rows are lost: what their indices and specs still know, so that the rest has a
    /// place.
    void restore_runs() {
        const auto remembered = [&](const std::string& column) {
            std::map<std::int64_t, std::string> by_run;
            // Answered by the column's index alone.
            const auto row = prepared(from_, "SELECT " + column + ", run_no FROM run ORDER BY " + column);
            while (sqlite3_step(row.get()) == SQLITE_ROW)
                if (const auto* text = sqlite3_column_text(row.get(), 0))
                    by_run[sqlite3_column_int64(row.get(), 1)] = reinterpret_cast<const char*>(text);
            return by_run;
        };
        auto ids = remembered("run_id"), run_names = remembered("name"), keys = remembered("key");
        SQLite::Statement lost(
            to_, "SELECT run_no, max(spec) FROM (SELECT run_no, spec FROM provenance UNION"
                 " SELECT run_no, NULL FROM metric) WHERE run_no NOT IN (SELECT run_no FROM run)"
                 " GROUP BY run_no");
        SQLite::Statement insert(
            to_, "INSERT OR IGNORE INTO run (run_no, run_id, name, key, task, model, optimizer,"
                 " regime, seed, state, reason, created_ms, updated_ms)"
                 " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'interrupted', ?, ?, ?)");
        std::int64_t restored = 0;
        while (lost.executeStep()) {
            const auto run_no = lost.getColumn(0).getInt64();
            RunSpec spec{{kImported}, {kImported}, {kImported}, {kImported}};
            try {
                spec = spec_from_json(foreign_json(sql::text_at(lost, 1)));
            } catch (const std::exception&) { // nothing is known of it
            }
            int column = 0;
            insert.bind(++column, run_no);
            insert.bind(++column, ids.contains(run_no) ? ids[run_no] : RunId::random().uuid);
            insert.bind(++column, run_names.contains(run_no) ? run_names[run_no]
                                                             : "recovered-" + std::to_string(run_no));
            insert.bind(++column, keys[run_no]);
            for (const auto* id : {&spec.task.id, &spec.model.id, &spec.optimizer.id, &spec.regime.id})
                insert.bind(++column, *id);
            insert.bind(++column, static_cast<std::int64_t>(spec.seed));
            insert.bind(++column, kEntryLost);
            insert.bind(++column, now_ms());
            insert.bind(++column, now_ms());
            restored += insert.exec();
            insert.reset();
        }
        if (restored > 0)
            lose("the entries of " + counted(restored, "run") +
                 ": state, dates and note; the rest of them was put under their names again");
    }
    void lose(std::string what) { found.losses.push_back(std::move(what)); }

    /// Metric by metric, so that damage stays where it is.
    void copy_samples(const Table& table) {
        std::vector<std::tuple<std::int64_t, std::string, std::string>> metrics;
        SQLite::Statement row(to_,
                              "SELECT m.metric_no, m.name, r.name FROM metric m JOIN run r USING (run_no)");
        while (row.executeStep())
            metrics.emplace_back(row.getColumn(0).getInt64(), sql::text_at(row, 1), sql::text_at(row, 2));
        std::map<std::string, std::vector<std::string>> damaged; // metrics by run
        std::size_t done = 0;
        for (const auto& [metric_no, name, run] : metrics) {
            Salvage rows(from_, to_, table, " WHERE metric_no = " + std::to_string(metric_no));
            if (!rows.copy()) damaged[run].push_back(name);
            if (progress_ && !progress_(static_cast<double>(++done) / static_cast<double>(metrics.size())))
                throw InputError("interrupted; nothing was written");
        }
        for (const auto& [run, of] : damaged)
            lose("samples of run '" + run + "', in " +
                 counted(static_cast<std::int64_t>(of.size()), "metric") + ": " +
                 joined({of.begin(), of.begin() + std::min<std::ptrdiff_t>(std::ssize(of), 4)}) +
                 (of.size() > 4 ? ", …" : ""));
    }

    SQLite::Database from_;
    SQLite::Database& to_;
    const std::function<bool(double)>& progress_;
    std::vector<std::string> tables_;
};

} // namespace

Result<Recovered> recover_store(const fs::path& damaged, const fs::path& to,
                                const std::function<bool(double)>& progress) {
    return guarded([&] {
        if (fs::exists(to)) throw InputError("'" + to.string() + "' is there already; expected a new name");
        if (inspect_store(damaged, store_schema_version()).kind != StoreFile::Kind::store)
            throw InputError("store '" + damaged.string() + "': there is nothing to recover");
        FileReplacement out(to);
        unwrap(prepare_store(out.temporary()));
        Recovered found;
        try {
            SQLite::Database db = sql::open_connection(out.temporary(), sql::Access::write);
            Recovery recovery(damaged, db, progress);
            recovery.copy_rows();
            recovery.copy_checkpoints(damaged, to);
            recovery.count();
            db.execAndGet("PRAGMA journal_mode = DELETE"); // one file, to be renamed
            found = std::move(recovery.found);
        } catch (const SQLite::Exception& e) {
            const int code = e.getErrorCode() & 0xff;
            if (code != SQLITE_CORRUPT && code != SQLITE_NOTADB) sql::rethrow(e, out.temporary());
            throw InputError(
                "store '" + damaged.string() +
                "': its list of tables cannot be read any more; the sqlite3 program may find rows "
                "all the same: sqlite3 OLD .recover | sqlite3 NEW");
        }
        out.commit();
        return found;
    });
}

} // namespace descent

#pragma once

#include "tests/ui/runs_fixture.h"

#include <sqlite3.h>

#include <stdexcept>

namespace descent::test {

/// Adds runs to a prepared store by copying one, quickly: they differ in name, time, seed (five replicates),
/// learning rate, model and results, each with `samples` samples a metric.
inline void addManyRuns(const std::filesystem::path& store, int runs, int samples = 2) {
    RunId first;
    {
        const auto writer = must(StoreWriter::open(store));
        first = addRun(*writer, {.updates = 20, .tags = {"many"}});
    }
    sqlite3* db = nullptr;
    sqlite3_open(store.c_str(), &db);
    const auto run = [&](const std::string& sql) {
        char* error = nullptr;
        if (sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &error) == SQLITE_OK) return;
        const std::string why = error ? error : "?";
        sqlite3_close(db);
        throw std::runtime_error(why + " in " + sql);
    };
    const std::string n = std::to_string(runs);
    const std::string of = "(SELECT run_no FROM run WHERE run_id = '" + first.uuid + "')";
    const auto copy = [&](const char* table, const std::string& columns, const std::string& values) {
        run("INSERT INTO " + std::string(table) + " (" + columns + ") SELECT " + values + " FROM " + table +
            " t, many WHERE t.run_no = " + of);
    };
    run("PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; BEGIN");
    run("CREATE TEMP TABLE many AS WITH RECURSIVE c(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM c WHERE i "
        "< " +
        n +
        ") SELECT i, (i * 2654435761) % 1000 / 1000.0 AS u, pow(10, -3 + (i / 5 * 40503) % 100 / 33.0) AS lr,"
        " (SELECT max(run_no) FROM run) + i AS new_no FROM c");
    copy("run",
         "run_no, run_id, name, key, task, model, optimizer, regime, seed, state, reason, created_ms, "
         "started_ms,"
         " ended_ms, updated_ms, updates, planned_updates, epoch, seconds, note",
         "new_no, printf('%08x-0000-4000-8000-%012x', i, i), printf('copied-otter-%d', i), printf('%016x', i "
         "/ 5), task,"
         " iif(i / 5 % 3, model, 'elman'), optimizer, regime, i % 5, iif(i % 17, 'finished', 'stopped'), "
         "reason,"
         " created_ms + i * 60000, started_ms, ended_ms, updated_ms, updates, planned_updates, epoch, u * "
         "100, ''");
    copy("provenance",
         "run_no, dataset_no, studio_version, torch_version, blas, threads, host, parameters, spec",
         "new_no, dataset_no, studio_version, torch_version, blas, threads, host, parameters,"
         " json_set(spec, '$.seed', i % 5, '$.optimizer.params.lr', lr,"
         " '$.model.id', iif(i / 5 % 3, json_extract(spec, '$.model.id'), 'elman'))");
    copy("param", "run_no, part, name, value, number",
         "new_no, part, name, iif(name = 'lr', cast(lr AS TEXT), value), iif(name = 'lr', lr, number)");
    copy("metric", "run_no, position, name, unit, direction, last, last_update, best, best_update",
         "new_no, position, name, unit, direction, last * (0.5 + u), last_update, best * (0.5 + u), "
         "best_update");
    copy("tag", "run_no, tag", "new_no, iif(i % 7, tag, 'paper')");
    run("INSERT INTO sample (metric_no, update_count, epoch, seconds, value) SELECT m.metric_no, s.i, s.i, "
        "s.i,"
        " m.last * s.i / " +
        std::to_string(samples) + " FROM metric m, (SELECT i - 1 AS i FROM many LIMIT " +
        std::to_string(samples) + ") s WHERE m.run_no > " + of);
    run("COMMIT");
    sqlite3_close(db);
}

} // namespace descent::test

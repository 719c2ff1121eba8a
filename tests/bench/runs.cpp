// What it takes to list a store of 100,000 runs, from opening the file to values in memory.
// DESCENT_BENCH_RUNS, DESCENT_BENCH_PARAMS and DESCENT_BENCH_METRICS say how many runs there are and how many
// parameters and metrics each has (100,000, 10, 4; what the built-in tasks store today is 76 and 29).

#include "core/store/reader.h"
#include "tests/bench/folder.h"

#include <benchmark/benchmark.h>
#include <sqlite3.h>

#include <stdexcept>

namespace descent {
namespace {

void execute(sqlite3* db, const std::string& sql) {
    char* error = nullptr;
    if (sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &error) != SQLITE_OK)
        throw std::runtime_error(error ? error : "SQLite");
}

/// A store with many runs, made once.
class WideStore {
public:
    WideStore() {
        unwrap(prepare_store(file_));
        const auto params = bench_size("DESCENT_BENCH_PARAMS", 10);
        const auto metrics = bench_size("DESCENT_BENCH_METRICS", 4);
        RunRecord run;
        run.id = RunId::random();
        run.spec.task = {"names", {{{"source", std::string("built-in")}, {"split_seed", std::int64_t{0}}}}};
        run.spec.model = {"gru", {{{"hidden", std::int64_t{128}}, {"embedding", std::int64_t{0}}}}};
        run.spec.optimizer = {"sgd", {{{"lr", 0.05}, {"momentum", 0.9}, {"nesterov", false}}}};
        run.spec.regime = {"full-batch", {{{"clip_norm", 0.25}}}};
        for (std::int64_t p = 8; p < params; ++p)
            run.spec.regime.params.values["parameter_" + std::to_string(p)] = 0.125 * static_cast<double>(p);
        run.spec.budget.epochs = 100;
        run.key = "0123456789abcdef";
        run.state = RunState::finished;
        run.provenance = {.studio_version = "0.1.0",
                          .torch_version = "1.13.1",
                          .blas = "OpenBLAS 0.3.21",
                          .data_hash = "9f86d081884c7d65",
                          .data_source = "built-in",
                          .manifest = "{}",
                          .data_report = "{}",
                          .parameters = 72'466,
                          .classes = {"Czech", "Portuguese"},
                          .host = "lab"};
        unwrap(unwrap(StoreWriter::open(file_))->create(run));

        sqlite3* db = nullptr;
        sqlite3_open(file_.c_str(), &db);
        const std::string n = std::to_string(bench_size("DESCENT_BENCH_RUNS", 100'000));
        execute(
            db,
            "BEGIN; CREATE TEMP TABLE n AS WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n"
            " WHERE i < " +
                n +
                ") SELECT i FROM n;"
                "INSERT INTO run (run_id, name, key, task, model, optimizer, regime, seed, state,"
                " created_ms, started_ms, ended_ms, updated_ms, updates, planned_updates, epoch, seconds, "
                "note)"
                " SELECT printf('%08x-0000-4000-8000-000000000000', i), 'brave-otter-' || i, printf('%016x', "
                "i),"
                " task, model, optimizer, regime, i % 5, state, 1700000000000 + i, 1700000000000 + i,"
                " 1700000000000 + i, 1700000000000 + i, 100, 100, 100, 12.5, '' FROM run, n;"
                "INSERT INTO provenance SELECT i, dataset_no, studio_version, torch_version, blas, threads, "
                "host,"
                " parameters, replace(replace(spec, '0.05', 0.001 * (i % 997)), '\"seed\":0', '\"seed\":' || "
                "(i % 5))"
                " FROM provenance, n;"
                "INSERT INTO param SELECT i, part, name, iif(name = 'lr', 0.001 * (i % 997), value),"
                " iif(name = 'lr', 0.001 * (i % 997), number) FROM n, param;"
                "INSERT INTO tag SELECT run_no, 'sweep-' || run_no % 40 FROM run;"
                "INSERT INTO tag SELECT run_no, 'paper' FROM run WHERE run_no % 3 = 0;"
                "WITH RECURSIVE m (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM m WHERE i < " +
                std::to_string(metrics - 1) +
                ") INSERT INTO metric (run_no, position, name, unit, direction, last, last_update, best,"
                " best_update) SELECT run_no, i, 'validation/metric-' || i, '', 'lower', i + 1.0 / run_no, "
                "100,"
                " i + 0.5 / run_no, 90 FROM run, m; COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
        sqlite3_close(db);
    }
    const std::filesystem::path& file() const { return file_; }

private:
    BenchFolder folder_;
    std::filesystem::path file_ = folder_ / "wide.sqlite";
};

const WideStore& wide_store() {
    static const WideStore store;
    return store;
}

void list(benchmark::State& state, const RunQuery& query) {
    const WideStore& store = wide_store();
    std::vector<RunRecord> runs;
    for (auto _ : state) {
        {
            const auto reader = unwrap(StoreReader::open(store.file()));
            runs = unwrap(reader->runs(query));
        }
        state.PauseTiming();
        state.counters["runs"] = static_cast<double>(runs.size());
        runs = {};
        state.ResumeTiming();
    }
}

void RunsListAll(benchmark::State& state) {
    list(state, {});
}
BENCHMARK(RunsListAll)->Unit(benchmark::kMillisecond)->UseRealTime()->MeasureProcessCPUTime();

/// What a person sees first.
void RunsListNewest(benchmark::State& state) {
    list(state, {.limit = 500});
}
BENCHMARK(RunsListNewest)->Unit(benchmark::kMillisecond)->UseRealTime()->MeasureProcessCPUTime();

/// A filter that has to look at every run.
void RunsListFiltered(benchmark::State& state) {
    list(state, {.where = "lr > 0.9 and tag:paper and validation/metric-1 < 1.5"});
}
BENCHMARK(RunsListFiltered)->Unit(benchmark::kMillisecond)->UseRealTime()->MeasureProcessCPUTime();

/// Peer: the same columns of the same rows, looked at and not kept.
void RunsPeerPlainSelect(benchmark::State& state) {
    const WideStore& store = wide_store();
    for (auto _ : state) {
        sqlite3* db = nullptr;
        sqlite3_open_v2(store.file().c_str(), &db, SQLITE_OPEN_READONLY, nullptr);
        std::int64_t bytes = 0;
        for (const char* sql : {"SELECT r.*, p.* FROM run r JOIN provenance p USING (run_no)"
                                " ORDER BY r.created_ms DESC, run_no DESC",
                                "SELECT run_no, name, last, best, best_update FROM metric ORDER BY run_no",
                                "SELECT run_no, tag FROM tag ORDER BY run_no"}) {
            sqlite3_stmt* row = nullptr;
            sqlite3_prepare_v2(db, sql, -1, &row, nullptr);
            const int columns = sqlite3_column_count(row);
            while (sqlite3_step(row) == SQLITE_ROW)
                for (int c = 0; c < columns; ++c) bytes += sqlite3_column_bytes(row, c);
            sqlite3_finalize(row);
        }
        benchmark::DoNotOptimize(bytes);
        sqlite3_close(db);
    }
}
BENCHMARK(RunsPeerPlainSelect)->Unit(benchmark::kMillisecond)->UseRealTime()->MeasureProcessCPUTime();

} // namespace
} // namespace descent

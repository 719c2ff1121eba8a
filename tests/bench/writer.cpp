#include "core/store/writer.h"
#include "core/store/store.h"
#include "tests/bench/folder.h"

#include <benchmark/benchmark.h>
#include <sqlite3.h>

#include <chrono>
#include <filesystem>
#include <string>

namespace descent {
namespace {

constexpr std::int64_t kBatches = 1000, kSamples = 16;

/// A thousand batches from push to committed, 16 samples each.
void WriterSamples(benchmark::State& state) {
    const BenchFolder folder;
    const auto file = folder / "runs.sqlite";
    unwrap(prepare_store(file));
    const auto writer = unwrap(StoreWriter::open(file));
    for (auto _ : state) {
        state.PauseTiming();
        const RunRecord run = bench_run(*writer, kBatches);
        std::vector<MetricInfo> metrics;
        for (std::uint32_t m = 0; m < kSamples; ++m)
            metrics.push_back({m, "bench/" + std::to_string(m), "", Direction::none});
        state.ResumeTiming();
        for (std::int64_t b = 0; b < kBatches; ++b) {
            auto batch = std::make_shared<MetricBatch>();
            batch->run = run.id;
            if (b == 0) batch->metrics = metrics;
            for (std::uint32_t m = 0; m < kSamples; ++m)
                batch->samples.push_back({m, Update{b}, Epoch{static_cast<double>(b)},
                                          0.01 * static_cast<double>(b), 1.0 / (1.0 + m)});
            batch->progress = {Update{b}, Update{kBatches}, Epoch{static_cast<double>(b)}, 0.0, std::nullopt};
            writer->push(std::move(batch));
        }
        unwrap(writer->flush());
    }
    state.SetItemsProcessed(state.iterations() * kBatches * kSamples);
}
BENCHMARK(WriterSamples)->Unit(benchmark::kMillisecond)->UseRealTime()->MeasureProcessCPUTime();

/// Millions of samples without a rest, into a store that grows: what the last pushed part of them took a
/// sample is in `slowest`. Metrics: 1 … 100; DESCENT_BENCH_SAMPLES (5 million) of them all together.
void WriterSustained(benchmark::State& state) {
    const auto metrics = static_cast<std::uint32_t>(state.range(0));
    const std::int64_t all = bench_size("DESCENT_BENCH_SAMPLES", 5'000'000);
    double slowest = 1e300;
    for (auto _ : state) {
        const BenchFolder folder;
        const auto file = folder / "runs.sqlite";
        unwrap(prepare_store(file));
        const auto writer = unwrap(StoreWriter::open(file));
        const RunId run = bench_run(*writer, all / metrics).id;
        constexpr int kParts = 10;
        std::int64_t update = 0;
        for (int part = 1; part <= kParts; ++part) {
            const auto started = std::chrono::steady_clock::now();
            const std::int64_t from = update;
            for (; update < all / metrics * part / kParts; ++update) {
                auto batch = std::make_shared<MetricBatch>();
                batch->run = run;
                const double u = static_cast<double>(update);
                for (std::uint32_t m = 0; m < metrics; ++m) {
                    if (update == 0)
                        batch->metrics.push_back({m, "bench/" + std::to_string(m), "", Direction::lower});
                    batch->samples.push_back(
                        {m, Update{update}, Epoch{u / 7}, 0.01 * u, 1.0 / (1.0 + u + m)});
                }
                batch->progress = {Update{update}, Update{all}, Epoch{u / 7}, 0.01 * u, std::nullopt};
                writer->push(std::move(batch));
            }
            unwrap(writer->flush());
            const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
            slowest = std::min(slowest, static_cast<double>((update - from) * metrics) / took.count());
        }
    }
    state.SetItemsProcessed(state.iterations() * (all / metrics * metrics));
    state.counters["slowest tenth"] = slowest;
}
BENCHMARK(WriterSustained)
    ->Arg(1)
    ->Arg(10)
    ->Arg(100)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->MeasureProcessCPUTime()
    ->Iterations(1);

/// A table like the store's, to be filled by plain statements.
class Peer {
public:
    explicit Peer(const std::filesystem::path& file) {
        sqlite3_open(file.c_str(), &db_);
        execute("PRAGMA journal_mode = WAL");
        execute("PRAGMA synchronous = NORMAL");
        execute("CREATE TABLE sample (metric INTEGER, u INTEGER, epoch REAL, seconds REAL, value REAL,"
                " PRIMARY KEY (metric, u)) WITHOUT ROWID");
        sqlite3_prepare_v2(db_, "INSERT INTO sample VALUES (?, ?, ?, ?, ?)", -1, &insert_, nullptr);
    }
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;
    ~Peer() {
        sqlite3_finalize(insert_);
        sqlite3_close(db_);
    }
    void execute(const char* sql) { sqlite3_exec(db_, sql, nullptr, nullptr, nullptr); }
    void insert(std::int64_t metric, std::int64_t update) {
        const auto u = static_cast<double>(update);
        sqlite3_bind_int64(insert_, 1, metric);
        sqlite3_bind_int64(insert_, 2, update);
        sqlite3_bind_double(insert_, 3, u / 7);
        sqlite3_bind_double(insert_, 4, 0.01 * u);
        sqlite3_bind_double(insert_, 5, 1.0 / (1.0 + u + static_cast<double>(metric)));
        sqlite3_step(insert_);
        sqlite3_reset(insert_);
    }

private:
    sqlite3* db_ = nullptr;
    sqlite3_stmt* insert_ = nullptr;
};

/// Peer of WriterSamples: the same rows through one prepared statement in one transaction, on this thread.
void WriterPeerPlainInsert(benchmark::State& state) {
    const BenchFolder folder;
    Peer peer(folder / "peer.sqlite");
    std::int64_t run = 0;
    for (auto _ : state) {
        peer.execute("BEGIN");
        for (std::int64_t b = 0; b < kBatches; ++b)
            for (std::int64_t m = 0; m < kSamples; ++m) peer.insert(run + m, b);
        peer.execute("COMMIT");
        run += kSamples;
    }
    state.SetItemsProcessed(state.iterations() * kBatches * kSamples);
}
BENCHMARK(WriterPeerPlainInsert)->Unit(benchmark::kMillisecond)->UseRealTime()->MeasureProcessCPUTime();

/// Peer of WriterSustained: the same rows in the same order, a commit every 20,000.
void WriterPeerSustained(benchmark::State& state) {
    const std::int64_t all = bench_size("DESCENT_BENCH_SAMPLES", 5'000'000), metrics = state.range(0);
    for (auto _ : state) {
        const BenchFolder folder;
        Peer peer(folder / "peer.sqlite");
        peer.execute("BEGIN");
        for (std::int64_t update = 0; update < all / metrics; ++update) {
            for (std::int64_t m = 0; m < metrics; ++m) peer.insert(m, update);
            if (update % (20'000 / metrics) == 0) {
                peer.execute("COMMIT");
                peer.execute("BEGIN");
            }
        }
        peer.execute("COMMIT");
    }
    state.SetItemsProcessed(state.iterations() * (all / metrics * metrics));
}
BENCHMARK(WriterPeerSustained)
    ->Arg(1)
    ->Arg(10)
    ->Arg(100)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->MeasureProcessCPUTime()
    ->Iterations(1);

} // namespace
} // namespace descent

#include "core/store/writer.h"
#include "core/store/store.h"

#include <benchmark/benchmark.h>
#include <sqlite3.h>

#include <filesystem>
#include <string>
#include <unistd.h>

namespace descent {
namespace {

/// A folder of its own, gone afterwards.
class Folder {
public:
    Folder()
        : path_(std::filesystem::temp_directory_path() / ("descent-bench-" + std::to_string(::getpid()))) {
        std::filesystem::create_directories(path_);
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    std::filesystem::path operator/(const char* name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

constexpr std::int64_t kBatches = 1000, kSamples = 16;

/// A thousand batches from push to committed, 16 samples each.
void WriterSamples(benchmark::State& state) {
    const Folder folder;
    const auto file = folder / "runs.sqlite";
    unwrap(prepare_store(file));
    const auto writer = unwrap(StoreWriter::open(file));
    for (auto _ : state) {
        state.PauseTiming();
        RunRecord run;
        run.id = RunId::random();
        run.name = readable_name(run.id);
        run.spec.task.id = run.spec.model.id = run.spec.optimizer.id = run.spec.regime.id = "bench";
        run.spec.budget.updates = kBatches;
        run = unwrap(writer->create(std::move(run)));
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
BENCHMARK(WriterSamples)->Unit(benchmark::kMillisecond)->UseRealTime();

/// Peer: the same rows through one prepared statement in one transaction, on this thread.
void WriterPeerPlainInsert(benchmark::State& state) {
    const Folder folder;
    sqlite3* db = nullptr;
    sqlite3_open((folder / "peer.sqlite").c_str(), &db);
    sqlite3_exec(
        db,
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
        "CREATE TABLE sample(run INTEGER, metric INTEGER, u INTEGER, epoch REAL, seconds REAL, value REAL,"
        " PRIMARY KEY(run, metric, u)) WITHOUT ROWID",
        nullptr, nullptr, nullptr);
    sqlite3_stmt* insert = nullptr;
    sqlite3_prepare_v2(db, "INSERT INTO sample VALUES(?,?,?,?,?,?)", -1, &insert, nullptr);
    std::int64_t run = 0;
    for (auto _ : state) {
        ++run;
        sqlite3_exec(db, "BEGIN", nullptr, nullptr, nullptr);
        for (std::int64_t b = 0; b < kBatches; ++b) {
            for (std::int64_t m = 0; m < kSamples; ++m) {
                sqlite3_bind_int64(insert, 1, run);
                sqlite3_bind_int64(insert, 2, m);
                sqlite3_bind_int64(insert, 3, b);
                sqlite3_bind_double(insert, 4, static_cast<double>(b));
                sqlite3_bind_double(insert, 5, 0.01 * static_cast<double>(b));
                sqlite3_bind_double(insert, 6, 1.0 / (1.0 + static_cast<double>(m)));
                sqlite3_step(insert);
                sqlite3_reset(insert);
            }
        }
        sqlite3_exec(db, "COMMIT", nullptr, nullptr, nullptr);
    }
    state.SetItemsProcessed(state.iterations() * kBatches * kSamples);
    sqlite3_finalize(insert);
    sqlite3_close(db);
}
BENCHMARK(WriterPeerPlainInsert)->Unit(benchmark::kMillisecond)->UseRealTime();

} // namespace
} // namespace descent

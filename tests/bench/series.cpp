// What a chart of long series costs: summed up in memory, and read from a store that the system has
// forgotten. DESCENT_BENCH_POINTS is the length of each of the 100 series (50,000; a million is what is
// promised); DESCENT_BENCH_STORE a store that is made there and kept, since 100 million samples take minutes
// to write.

#include "core/analysis/pyramid.h"
#include "core/base/random.h"
#include "core/store/reader.h"
#include "tests/bench/folder.h"

#include <benchmark/benchmark.h>
#include <sqlite3.h>

#include <algorithm>
#include <optional>
#include <vector>

#include <fcntl.h>

namespace descent {
namespace {

constexpr std::size_t kRuns = 100, kColumns = 1100;

std::size_t length() {
    return static_cast<std::size_t>(bench_size("DESCENT_BENCH_POINTS", 50'000));
}

std::vector<SeriesPoint> noisy_series(std::size_t points, std::uint64_t seed) {
    RandomStream noise(seed, "bench");
    std::vector<SeriesPoint> series(points);
    for (std::size_t i = 0; i < points; ++i) {
        const auto x = static_cast<double>(i);
        series[i] = {Update{static_cast<std::int64_t>(i)}, Epoch{x / 100}, x / 1000,
                     3.0 / (1.0 + 1e-3 * x) + 0.1 * noise.normal()};
    }
    return series;
}

/// 100 series with the levels from `finest` on, and with the points of the window where it is 0.
std::vector<SeriesPyramid> series_in_memory(std::size_t finest, PointRange window) {
    std::vector<SeriesPyramid> all;
    for (std::size_t run = 0; run < kRuns; ++run) {
        SeriesPyramid whole;
        whole.append(noisy_series(length(), run));
        SeriesPyramid part = SeriesPyramid::of_size(whole.size());
        for (std::size_t level = std::max<std::size_t>(finest, 1); level <= whole.levels(); ++level)
            for (std::size_t i = 0; i < buckets_of(whole.size(), level); i += kChunkBuckets) {
                auto chunk = std::make_shared<std::vector<Bucket>>();
                for (std::size_t b = i; b < i + kChunkBuckets && whole.bucket(level, b); ++b)
                    chunk->push_back(*whole.bucket(level, b));
                part.put_buckets(level, i / kChunkBuckets, chunk);
            }
        if (finest == 0)
            for (std::size_t chunk = window.first / kChunkPoints;
                 chunk * kChunkPoints < window.first + window.count; ++chunk)
                part.put_points(chunk, std::make_shared<std::vector<SeriesPoint>>(
                                           whole.points({chunk * kChunkPoints, kChunkPoints})));
        all.push_back(std::move(part));
    }
    return all;
}

std::vector<double> edges_of(PointRange window) {
    std::vector<double> edges(kColumns + 1);
    for (std::size_t i = 0; i <= kColumns; ++i)
        edges[i] = static_cast<double>(window.first) +
                   static_cast<double>(window.count) * static_cast<double>(i) / kColumns;
    return edges;
}

void columns(benchmark::State& state, std::size_t finest, PointRange window, bool ask = false) {
    const auto all = series_in_memory(finest, window);
    const auto edges = edges_of(window);
    std::vector<PointRange> missing;
    std::size_t asked = 0;
    for (auto _ : state)
        for (const SeriesPyramid& series : all) {
            benchmark::DoNotOptimize(series.columns(edges, {}, false, ask ? &missing : nullptr));
            for (const PointRange& range : missing) asked += range.count;
        }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kRuns * kColumns));
    if (ask) state.counters["points asked for"] = static_cast<double>(asked / state.iterations());
}

/// 100 series over their whole length, from what an overview holds.
void SeriesColumnsOfOverview(benchmark::State& state) {
    columns(state, length() < 524'288 ? 1 : 2, {0, length()});
}
BENCHMARK(SeriesColumnsOfOverview)->Unit(benchmark::kMillisecond);

/// The same, told what would have to be read.
void SeriesColumnsThatAsk(benchmark::State& state) {
    columns(state, length() < 524'288 ? 1 : 2, {0, length()}, true);
}
BENCHMARK(SeriesColumnsThatAsk)->Unit(benchmark::kMillisecond);

/// From buckets down to 16 points.
void SeriesColumnsOfBuckets(benchmark::State& state) {
    columns(state, 1, {0, length()});
}
BENCHMARK(SeriesColumnsOfBuckets)->Unit(benchmark::kMillisecond);

/// Zoomed in to 20,000 points, and they are there.
void SeriesColumnsZoomed(benchmark::State& state) {
    columns(state, 0, {length() / 3, std::min<std::size_t>(length() / 2, 20'000)});
}
BENCHMARK(SeriesColumnsZoomed)->Unit(benchmark::kMillisecond);

/// Peer: the least and largest value of one such series, with nothing else done.
void SeriesPeerMinMax(benchmark::State& state) {
    const auto series = noisy_series(length(), 1);
    for (auto _ : state)
        benchmark::DoNotOptimize(std::ranges::minmax_element(series, {}, &SeriesPoint::value));
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(series.size()));
}
BENCHMARK(SeriesPeerMinMax)->Unit(benchmark::kMillisecond);

/// A store with the 100 runs, made once.
class LongStore {
public:
    LongStore() {
        if (const char* kept = std::getenv("DESCENT_BENCH_STORE"))
            file_ = kept;
        else
            file_ = folder_.emplace() / "series.sqlite";
        if (std::filesystem::exists(file_)) return;
        unwrap(prepare_store(file_));
        const auto writer = unwrap(StoreWriter::open(file_));
        for (std::size_t run = 0; run < kRuns; ++run) {
            const RunId id = bench_run(*writer, static_cast<std::int64_t>(length())).id;
            const auto series = noisy_series(length(), run);
            for (std::size_t i = 0; i < series.size();) {
                auto batch = std::make_shared<MetricBatch>();
                batch->run = id;
                if (i == 0) batch->metrics = {{0, "loss", "", Direction::lower}};
                for (const std::size_t end = std::min(i + 4000, series.size()); i < end; ++i)
                    batch->samples.push_back(
                        {0, series[i].update, series[i].epoch, series[i].seconds, series[i].value});
                writer->push(std::move(batch));
            }
        }
        unwrap(writer->flush());
    }
    const std::filesystem::path& file() const { return file_; }

    /// What the system keeps of the file in memory goes.
    void forget() const {
        const int file = ::open(file_.c_str(), O_RDONLY | O_CLOEXEC);
        ::fsync(file);
        ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
        ::close(file);
    }

private:
    std::optional<BenchFolder> folder_;
    std::filesystem::path file_;
};

const LongStore& long_store() {
    static const LongStore store;
    return store;
}

/// From opening the store to overviews of all its series.
void SeriesOverviewFromColdStore(benchmark::State& state) {
    const LongStore& store = long_store();
    for (auto _ : state) {
        state.PauseTiming();
        store.forget();
        state.ResumeTiming();
        const auto reader = unwrap(StoreReader::open(store.file()));
        for (const RunRecord& run : unwrap(reader->runs()))
            benchmark::DoNotOptimize(reader->overview(run.id, "loss"));
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kRuns));
}
BENCHMARK(SeriesOverviewFromColdStore)->Unit(benchmark::kMillisecond)->UseRealTime();

/// Peer: the same samples, all of them, through a plain SELECT.
void SeriesPeerPlainSelect(benchmark::State& state) {
    const LongStore& store = long_store();
    for (auto _ : state) {
        state.PauseTiming();
        store.forget();
        state.ResumeTiming();
        sqlite3* db = nullptr;
        sqlite3_open_v2(store.file().c_str(), &db, SQLITE_OPEN_READONLY, nullptr);
        sqlite3_stmt* row = nullptr;
        sqlite3_prepare_v2(db, "SELECT update_count, epoch, seconds, value FROM sample", -1, &row, nullptr);
        double sum = 0;
        while (sqlite3_step(row) == SQLITE_ROW)
            sum += static_cast<double>(sqlite3_column_int64(row, 0)) + sqlite3_column_double(row, 1) +
                   sqlite3_column_double(row, 2) + sqlite3_column_double(row, 3);
        benchmark::DoNotOptimize(sum);
        sqlite3_finalize(row);
        sqlite3_close(db);
    }
}
BENCHMARK(SeriesPeerPlainSelect)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(1);

} // namespace
} // namespace descent

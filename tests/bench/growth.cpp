// How the cost of a full-batch update grows, ours and PyTorch's: with the examples (times 1, 2, 4, 8) and
// with the width (times 1, 2, 4, 8) of a GRU over surnames, one thread each, in turns. And the memory that it
// takes: of a set ten times as large the examples themselves, and no more.
//
//     bench_growth OUT [FOLDER [PEERS]]
//
// OUT: a folder for the tables examples.csv and width.csv, of milliseconds an update, which growth.py draws.
// FOLDER and PEERS as bench_names has them.

#include "core/engine/system.h"
#include "tests/bench/report.h"
#include "tests/bench/surnames.h"

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include <sys/resource.h>

using namespace descent;

namespace {

constexpr std::int64_t kExamples = 2506, kWidth = 32; // times one; eight times as many are all the names
constexpr int kRounds = 3, kTimes[] = {1, 2, 4, 8};

class Table {
public:
    explicit Table(const std::filesystem::path& file) : out_(file) { out_ << "times,here,PyTorch\n"; }
    void add(int times, const bench::Comparison& found) {
        out_ << times << ',' << found.ours / 1e3 << ',';
        if (std::isfinite(found.theirs)) out_ << found.theirs / 1e3;
        out_ << '\n';
    }

private:
    std::ofstream out_;
};

void measure(Table& table, int times, std::string what, std::int64_t hidden, const TaskData& data,
             const std::string& folder, const std::string& peers) {
    const bench::NameNet net{.model = "gru", .peer = "GRU", .hidden = hidden};
    const auto spec = bench::spec_of(net, folder);
    bench::Comparison found{.what = std::move(what), .unit = "µs an update"};
    for (int round = 0; round < kRounds; ++round)
        found.round(bench::ours(net, spec, data).microseconds,
                    bench::theirs(net, spec, data, peers).microseconds);
    bench::tell(found);
    table.add(times, found);
}

double peak_megabytes() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

/// Ten times as many names, each of them ten times. To be asked first, since a peak never falls.
void tell_memory(const TaskData& all, const std::string& folder) {
    const bench::NameNet net{.model = "gru", .peer = "GRU", .updates = 1};
    const auto spec = bench::spec_of(net, folder);
    const double before = peak_megabytes();
    bench::ours(net, spec, all);
    const double once = peak_megabytes();
    auto tenfold = all;
    const std::vector<Tensor> inputs(10, all.train.inputs), lengths(10, all.train.lengths),
        labels(10, all.train.labels);
    tenfold.train = {.inputs = at::cat(inputs), .lengths = at::cat(lengths), .labels = at::cat(labels)};
    bench::ours(net, spec, tenfold);
    std::printf("memory: an update on %ld names takes %.0f MB, on ten times as many %.0f MB\n",
                static_cast<long>(all.train.size()), once - before, peak_megabytes() - before);
}

} // namespace

int main(int argc, char** argv) {
    use_threads(1);
    if (argc < 2) {
        std::fprintf(stderr, "usage: bench_growth OUT [FOLDER [PEERS]]\n");
        return 2;
    }
    const std::filesystem::path out = argv[1];
    const std::string folder = argc > 2 ? argv[2] : DESCENT_TEST_DATA "/names";
    const std::string peers = argc > 3 ? argv[3] : DESCENT_SOURCE_DIR "/tests/bench/peers";
    if (!std::filesystem::exists(folder)) {
        std::printf("skipped: the surnames are not here: %s\n", folder.c_str());
        return 0;
    }
    const auto all = bench::all_names(folder);
    const auto some = [&](std::int64_t count) {
        auto data = all;
        data.train = all.train.slice(0, std::min(count, all.train.size()));
        return data;
    };
    tell_memory(all, folder);
    std::filesystem::create_directories(out);
    Table examples(out / "examples.csv"), width(out / "width.csv");
    for (const int times : kTimes)
        measure(examples, times, "gru, examples ×" + std::to_string(times), 128, some(kExamples * times),
                folder, peers);
    for (const int times : kTimes)
        measure(width, times, "gru, width ×" + std::to_string(times), kWidth * times, some(kExamples * 2),
                folder, peers);
    return 0;
}

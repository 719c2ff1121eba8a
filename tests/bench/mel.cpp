// Log-mel features of real clips on one thread, in turns in the same run beside a script that computes them
// with torchaudio.
//
//     bench_mel [--benchmark_…] [FOLDER [SCRIPT]]
//
// Then 3,000 clips from files to cached features, beside what it takes to read and decode them, on all cores
// and on one.
//
// FOLDER has the Speech Commands layout. SCRIPT is run as `SCRIPT FOLDER 5` with $DESCENT_PYTHON (default
// /usr/bin/python3, which has Debian's python3-torchaudio) and prints "… best_ms_per_clip X".

#include "core/audio/mel.h"
#include "core/audio/clip.h"
#include "core/audio/speech_features.h"
#include "tests/bench/folder.h"
#include "tests/bench/peers.h"
#include "tests/bench/report.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include <sched.h>

using namespace descent;

namespace {

constexpr double kLimit = 5; // times as fast as the script
constexpr int kRounds = 5;
constexpr std::size_t kFrames = 101;

using Clips = std::vector<std::vector<float>>;

/// One second each. Noise where the folder is absent: the time does not depend on what is heard.
Clips read_clips(const std::filesystem::path& folder) {
    Clips clips;
    std::error_code absent;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, absent))
        if (entry.path().filename().string().find("_nohash_") != std::string::npos) {
            clips.push_back(read_clip(entry.path()));
            clips.back().resize(kSampleRate);
        }
    return clips;
}

Clips noise() {
    std::uint32_t state = 1;
    Clips clips(100, std::vector<float>(kSampleRate));
    for (auto& clip : clips)
        for (float& s : clip) s = static_cast<float>((state = state * 1664525U + 1013904223U) >> 16) / 65536;
    return clips;
}

void features(MelSpectrogram& mel, const std::vector<float>& clip, std::vector<float>& power) {
    mel(clip, power);
    log_mel(power);
}

/// Milliseconds a clip, the best of five passes: as the script measures.
double our_milliseconds(const Clips& clips) {
    MelSpectrogram mel;
    std::vector<float> power(MelSpectrogram::kBands * kFrames);
    double best = std::numeric_limits<double>::infinity();
    for (int pass = 0; pass < 5; ++pass) {
        const auto start = std::chrono::steady_clock::now();
        for (const auto& clip : clips) features(mel, clip, power);
        best = std::min(
            best,
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    }
    return best / static_cast<double>(clips.size());
}

/// Best of all rounds, and the ratios of each, of the whole from files to cached features over reading and
/// decoding.
void whole(const Clips& clips) {
    const BenchFolder space;
    constexpr std::size_t kFiles = 3000;
    const auto root = space / "clips";
    std::filesystem::create_directories(root / "word");
    for (std::size_t i = 0; i < kFiles; ++i)
        write_clip(root / "word" / (std::to_string(i) + "_nohash_0.wav"), clips[i % clips.size()]);
    const auto folder = read_speech_folder(root);

    const auto seconds = [](const auto& work) {
        const auto start = std::chrono::steady_clock::now();
        work();
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    };
    const auto decode = [&] {
        parallel_for(folder.clips.size(),
                     [&](std::size_t begin, std::size_t end) {
                         for (auto i = begin; i < end; ++i)
                             benchmark::DoNotOptimize(read_clip(root / folder.clips[i].file).data());
                     },
                     {}, {});
    };
    const auto features = [&] { read_features(folder, kSampleRate, FeatureCache(space / "features")); };
    const auto compare = [&](const char* cores) {
        double least = std::numeric_limits<double>::infinity(), most = 0, best_decode = least,
               best_all = least;
        for (int round = 0; round < kRounds; ++round) {
            const double decoding = seconds(decode), all = seconds(features);
            std::filesystem::remove_all(space / "features");
            best_decode = std::min(best_decode, decoding);
            best_all = std::min(best_all, all);
            least = std::min(least, all / decoding);
            most = std::max(most, all / decoding);
        }
        std::printf("%zu clips, %s: %.0f ms to read and decode, %.0f ms to cached features: %.2f times "
                    "(rounds: %.2f to %.2f)\n",
                    kFiles, cores, best_decode * 1e3, best_all * 1e3, best_all / best_decode, least, most);
    };
    compare("all cores");
    cpu_set_t all, one;
    CPU_ZERO(&all);
    CPU_ZERO(&one);
    CPU_SET(static_cast<std::size_t>(sched_getcpu()), &one);
    sched_getaffinity(0, sizeof all, &all);
    sched_setaffinity(0, sizeof one, &one);
    compare("one core");
    sched_setaffinity(0, sizeof all, &all);
}

/// The same of the script; 0 if it cannot be run.
double script_milliseconds(const std::string& folder, const std::string& script) {
    const auto text = bench::output_of(script, "'" + folder + "' 5");
    const std::string word = "best_ms_per_clip ";
    const auto at = text.find(word);
    return at == std::string::npos ? 0 : std::strtod(text.c_str() + at + word.size(), nullptr);
}

void Mel(benchmark::State& state, const Clips& clips) {
    MelSpectrogram mel;
    std::vector<float> power(MelSpectrogram::kBands * kFrames);
    std::size_t next = 0;
    for (auto _ : state) mel(clips[next++ % clips.size()], power);
}

void LogMel(benchmark::State& state, const Clips& clips) {
    MelSpectrogram mel;
    std::vector<float> power(MelSpectrogram::kBands * kFrames), logs;
    mel(clips.front(), power);
    for (auto _ : state) {
        logs = power;
        log_mel(logs);
        benchmark::DoNotOptimize(logs.data());
    }
}

} // namespace

int main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    const std::string folder = argc > 1 ? argv[1] : DESCENT_TEST_DATA "/speech-commands-mini";
    const std::string script = argc > 2 ? argv[2] : DESCENT_BASELINES "/mel_torchaudio.py";
    const Clips real = read_clips(folder), clips = real.empty() ? noise() : real;

    const auto unit = benchmark::kMicrosecond;
    benchmark::RegisterBenchmark("Mel", Mel, clips)->Unit(unit);
    benchmark::RegisterBenchmark("LogMel", LogMel, clips)->Unit(unit);
    benchmark::RunSpecifiedBenchmarks();
    whole(clips);

    bench::Comparison found{.what = real.empty() ? "log-mel features of noise" : "log-mel features",
                            .unit = "ms a clip",
                            .wanted = kLimit};
    const bool comparable = !real.empty() && std::filesystem::exists(script);
    for (int round = 0; round < kRounds; ++round) {
        const double ours = our_milliseconds(clips);
        const double theirs = comparable ? script_milliseconds(folder, script) : 0;
        found.round(ours, theirs > 0 ? theirs : std::numeric_limits<double>::infinity());
    }
    return bench::tell(found) ? 0 : 1;
}

// Log-mel features of real clips on one thread, beside what KissFFT's own library takes for the transforms
// alone, and, in turns in the same run, beside a script that computes them with torchaudio.
//
//     bench_mel [--benchmark_…] [FOLDER [SCRIPT]]
//
// FOLDER has the Speech Commands layout. SCRIPT is run as `SCRIPT FOLDER 5` with $DESCENT_PYTHON (default
// /usr/bin/python3, which has Debian's python3-torchaudio) and prints "… best_ms_per_clip X".

#include "core/audio/mel.h"
#include "core/audio/clip.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include <kiss_fftr.h>

using namespace descent;

namespace {

constexpr double kLimit = 3; // times as fast as the script
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

/// The same of the script; 0 if it cannot be run.
double script_milliseconds(const std::string& folder, const std::string& script) {
    const char* python = std::getenv("DESCENT_PYTHON");
    const std::string command = std::string(python != nullptr ? python : "/usr/bin/python3") + " '" + script +
                                "' '" + folder + "' 5 2>/dev/null";
    std::FILE* out = ::popen(command.c_str(), "r");
    if (out == nullptr) return 0;
    std::string text;
    std::array<char, 256> part{};
    while (std::fgets(part.data(), part.size(), out) != nullptr) text += part.data();
    ::pclose(out);
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

/// Peer: the 101 real transforms of a clip in KissFFT's C library, one after the other, and nothing else.
void MelPeerKissFftr(benchmark::State& state, const Clips& clips) {
    kiss_fftr_cfg plan = kiss_fftr_alloc(MelSpectrogram::kWindow, 0, nullptr, nullptr);
    std::array<kiss_fft_cpx, MelSpectrogram::kWindow / 2 + 1> spectrum{};
    for (auto _ : state)
        for (std::size_t f = 0; f < kFrames; ++f) {
            kiss_fftr(plan, clips.front().data() + std::min<std::size_t>(f * 160, kSampleRate - 400),
                      spectrum.data());
            benchmark::DoNotOptimize(spectrum.data());
        }
    kiss_fftr_free(plan);
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
    benchmark::RegisterBenchmark("MelPeerKissFftr", MelPeerKissFftr, clips)->Unit(unit);
    benchmark::RunSpecifiedBenchmarks();

    double ours = our_milliseconds(clips), theirs = std::numeric_limits<double>::infinity();
    if (real.empty() || !std::filesystem::exists(script)) {
        std::printf("no comparison with torchaudio: %s is not here; ours on %s: %.4f ms a clip\n",
                    real.empty() ? folder.c_str() : script.c_str(), real.empty() ? "noise" : "it", ours);
        return 0;
    }
    for (int round = 0; round < kRounds; ++round) {
        const double script_time = script_milliseconds(folder, script);
        if (script_time <= 0) {
            std::printf(
                "no comparison with torchaudio: %s does not run (python3-torchaudio?); ours: %.4f ms a "
                "clip\n",
                script.c_str(), ours);
            return 0;
        }
        theirs = std::min(theirs, script_time);
        ours = std::min(ours, our_milliseconds(clips));
    }
    std::printf(
        "%zu clips, one thread, best of %d rounds: %.4f ms a clip, torchaudio %.4f: %.2f times as fast "
        "(at least %.0f wanted)\n",
        clips.size(), kRounds, ours, theirs, theirs / ours, kLimit);
    return theirs / ours >= kLimit ? 0 : 1;
}

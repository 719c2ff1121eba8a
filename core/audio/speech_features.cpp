#include "core/audio/speech_features.h"

#include "core/audio/clip.h"
#include "core/audio/mel.h"
#include "core/base/format.h"
#include "core/base/hash.h"
#include "core/base/result.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include <sys/mman.h>

namespace descent {

namespace {

/// In large pages where the system has them: at 4 KiB each, getting the memory takes as long as filling it.
std::vector<float> zeros(std::size_t count) {
    constexpr std::uintptr_t kPage = std::uintptr_t{2} << 20;
    std::vector<float> values;
    values.reserve(count);
    const auto begin = reinterpret_cast<std::uintptr_t>(values.data()), end = begin + count * sizeof(float);
    const auto first = (begin + kPage - 1) / kPage * kPage;
    if (first + kPage <= end)
        ::madvise(reinterpret_cast<void*>(first), (end - first) / kPage * kPage, MADV_HUGEPAGE);
    values.resize(count);
    return values;
}

} // namespace

SpeechFeatures read_features(const SpeechFolder& folder, std::size_t samples, const FeatureCache& cache,
                             const std::function<void(double share, const std::string& what)>& progress,
                             const std::stop_token& stop) {
    const auto n = folder.clips.size();
    SpeechFeatures all{.bands = MelSpectrogram::kBands, .frames = MelSpectrogram::frames(samples)};
    const auto width = static_cast<std::size_t>(all.bands * all.frames);
    all.hashes.resize(n);
    all.left_out.resize(n);
    const auto path = [&](std::size_t i) { return folder.root / folder.clips[i].file; };
    const auto go = [&](const std::string& what, double from, double to, auto work) {
        const auto report = [&](double share) {
            if (progress) progress(from + share * (to - from), what);
        };
        if (!parallel_for(n, work, report, stop)) throw InputError("interrupted");
    };

    const auto compute = [&](std::size_t i, MelSpectrogram& mel, const auto& bytes) {
        const auto row = std::span(all.values).subspan(i * width, width);
        try {
            mel(fit_length(decode_clip(bytes(), folder.clips[i].file), samples), row);
            log_mel(row);
        } catch (const InputError& e) {
            all.left_out[i] = e.what();
            std::ranges::fill(row, std::numeric_limits<float>::quiet_NaN());
        }
    };
    const auto clips = format_count(static_cast<std::int64_t>(n)) + " clips";

    // Where the cache has nothing of this size each file is read once; else once to be known by, and again
    // where it is not there.
    const bool anew = !cache.may_have(n * width);
    if (anew) all.values = zeros(n * width);
    go((anew ? "features of " : "reading ") + clips, 0, anew ? 1 : 0.3,
       [&](std::size_t begin, std::size_t end) {
           MelSpectrogram mel;
           for (auto i = begin; i < end; ++i) {
               const auto bytes = file_bytes(path(i));
               all.hashes[i] = sha256_hex(bytes);
               if (anew) compute(i, mel, [&]() -> const std::string& { return bytes; });
           }
       });
    Sha256 hash;
    hash.add("log-mel 2 " + std::to_string(samples));
    for (const auto& h : all.hashes) hash.add(h);
    const auto key = hash.hex();

    if (!anew) {
        const auto compute_again = [&](std::size_t i, MelSpectrogram& mel) {
            compute(i, mel, [&] { return file_bytes(path(i)); });
        };
        if (auto known = cache.find(key, n * width)) {
            all.values = std::move(*known);
            MelSpectrogram mel;
            for (std::size_t i = 0; i < n; ++i)
                if (std::isnan(all.values[i * width])) compute_again(i, mel); // to say why once more
            return all;
        }
        all.values = zeros(n * width);
        go("features of " + clips, 0.3, 1, [&](std::size_t begin, std::size_t end) {
            MelSpectrogram mel;
            for (auto i = begin; i < end; ++i) compute_again(i, mel);
        });
    }
    if (std::ranges::none_of(all.left_out, &std::string::empty))
        throw InputError("task.source = " + folder.root.string() +
                         ": none of its clips can be used; the first: " + all.left_out.front());
    cache.keep(key, all.values);
    return all;
}

} // namespace descent

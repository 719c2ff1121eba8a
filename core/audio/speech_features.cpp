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

namespace descent {

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

    const auto clips = format_count(static_cast<std::int64_t>(n)) + " clips";
    go("reading " + clips, 0, 0.3, [&](std::size_t begin, std::size_t end) {
        for (auto i = begin; i < end; ++i) all.hashes[i] = sha256_hex(file_bytes(path(i)));
    });
    Sha256 hash;
    hash.add("log-mel 2 " + std::to_string(samples));
    for (const auto& h : all.hashes) hash.add(h);
    const auto key = hash.hex();

    const auto compute = [&](std::size_t i, MelSpectrogram& mel) {
        const auto row = std::span(all.values).subspan(i * width, width);
        try {
            mel(fit_length(decode_clip(file_bytes(path(i)), folder.clips[i].file), samples), row);
            log_mel(row);
        } catch (const InputError& e) {
            all.left_out[i] = e.what();
            std::ranges::fill(row, std::numeric_limits<float>::quiet_NaN());
        }
    };
    if (auto known = cache.find(key, n * width)) {
        all.values = std::move(*known);
        MelSpectrogram mel;
        for (std::size_t i = 0; i < n; ++i)
            if (std::isnan(all.values[i * width])) compute(i, mel); // to say why once more
        return all;
    }
    all.values.resize(n * width);
    go("features of " + clips, 0.3, 1, [&](std::size_t begin, std::size_t end) {
        MelSpectrogram mel;
        for (auto i = begin; i < end; ++i) compute(i, mel);
    });
    if (std::ranges::none_of(all.left_out, &std::string::empty))
        throw InputError("task.source = " + folder.root.string() +
                         ": none of its clips can be used; the first: " + all.left_out.front());
    cache.keep(key, all.values);
    return all;
}

} // namespace descent

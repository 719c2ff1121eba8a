#pragma once

#include "core/analysis/detection.h"
#include "core/audio/speech_manifest.h"
#include "core/base/events.h"
#include "core/base/run_spec.h"

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

namespace descent::test {

inline constexpr std::int64_t kFakeClips = 400;

inline bool isFakeDetection(const RunSpec& spec) {
    return spec.task.id.starts_with("kws-");
}

/// 400 validation clips under `root`: every fifth is a keyword's.
inline SpeechManifest fakeManifest(const RunSpec& spec, const std::string& root) {
    SpeechManifest manifest;
    manifest.root = root;
    manifest.pooled = spec.task.id == "kws-binary";
    manifest.keywords = manifest.pooled ? std::vector<std::string>{"sheila"}
                                        : std::vector<std::string>{"sheila", "happy", "eight"};
    const std::vector<std::string> others{"bed", "cat", "dog", "house", "seven", "wow"};
    for (std::int64_t i = 0; i < kFakeClips; ++i) {
        const auto& words = i % 5 == 0 ? manifest.keywords : others;
        manifest.validation.push_back(words[std::size_t(i / 5) % words.size()] + "/" + "speaker" +
                                      std::to_string(i % 7) + "_nohash_" + std::to_string(i) + ".wav");
    }
    return manifest;
}

/// Between −1.7 and 1.7, with variance 1, a function of `seed` alone.
inline double fakeNoise(std::uint64_t seed) {
    seed = (seed ^ (seed >> 30)) * 0xbf58476d1ce4e5b9;
    seed = (seed ^ (seed >> 27)) * 0x94d049bb133111eb;
    return (double((seed ^ (seed >> 31)) >> 11) * 0x1p-53 - 0.5) * 3.4641;
}

/// Logits of all clips after a share `t` of the training: the classes move apart.
inline Matrix fakeLogits(const SpeechManifest& manifest, Update update, Epoch epoch, double t) {
    const auto classes = std::int64_t(manifest.classes().size());
    Matrix logits{"validation/logits", update, epoch, kFakeClips, classes, {}};
    for (std::int64_t i = 0; i < kFakeClips; ++i)
        for (std::int64_t c = 0; c < classes; ++c) {
            const bool right = manifest.label_of(manifest.validation[std::size_t(i)]) == c;
            const auto seed = std::uint64_t(i * 16 + c) * 0x9e3779b97f4a7c15;
            logits.values.push_back(double(float((right ? 2.6 * t : 0) + fakeNoise(seed) +
                                                 0.3 * fakeNoise(seed + std::uint64_t(1000 * t)))));
        }
    return logits;
}

inline Matrix fakeCurve(const std::string& name, const Matrix& logits, const DetectionCurve& curve) {
    Matrix m{name, logits.update, logits.epoch, std::int64_t(curve.points().size()), 3, {}};
    for (const auto& p : curve.points()) {
        m.values.push_back(p.threshold);
        m.values.push_back(p.false_alarm);
        m.values.push_back(p.false_reject);
    }
    return m;
}

/// "validation/fa-fr", pooled and, where there are several, per keyword, "validation/logits" and
/// "validation/confusion", as the engine delivers them.
inline std::vector<Matrix> fakeDetectionMatrices(const SpeechManifest& manifest, Update update, Epoch epoch,
                                                 double t) {
    const Matrix logits = fakeLogits(manifest, update, epoch, t);
    const auto names = manifest.classes();
    const auto labels = [&](auto positive) {
        std::vector<std::uint8_t> marks;
        for (const auto& file : manifest.validation) marks.push_back(positive(manifest.label_of(file)));
        return marks;
    };
    std::vector<Matrix> all;
    all.push_back(fakeCurve("validation/fa-fr", logits,
                            DetectionCurve(log_odds_of_any(logits.values, logits.columns),
                                           labels([](std::int64_t l) { return l != 0; }))));
    for (std::size_t c = 1; names.size() > 2 && c < names.size(); ++c)
        all.push_back(
            fakeCurve("validation/fa-fr/" + names[c], logits,
                      DetectionCurve(log_odds(logits.values, logits.columns, std::int64_t(c)),
                                     labels([c](std::int64_t l) { return l == std::int64_t(c); }))));
    const std::int64_t n = logits.columns;
    Matrix confusion{"validation/confusion", update, epoch, n, n, std::vector<double>(std::size_t(n * n))};
    for (std::int64_t i = 0; i < kFakeClips; ++i) {
        const auto* row = logits.values.data() + i * n;
        const auto taken = std::max_element(row, row + n) - row;
        ++confusion.values[std::size_t(manifest.label_of(manifest.validation[std::size_t(i)]) * n + taken)];
    }
    all.push_back(logits);
    all.push_back(confusion);
    return all;
}

/// Of fakeDetectionMatrices: auroc, area, equal error rate, then the auroc of each keyword where there are
/// several.
inline std::vector<double> fakeDetectionMetrics(const std::vector<Matrix>& matrices) {
    std::vector<double> values;
    for (const auto& m : matrices) {
        if (!m.name.starts_with("validation/fa-fr")) continue;
        std::vector<DetectionPoint> points;
        for (std::size_t i = 0; i < m.values.size(); i += 3)
            points.push_back({m.values[i], m.values[i + 1], m.values[i + 2]});
        const DetectionCurve curve(points);
        values.push_back(curve.auroc());
        if (m.name != "validation/fa-fr") continue;
        values.push_back(curve.area());
        values.push_back(curve.equal_error_rate());
    }
    return values;
}

} // namespace descent::test

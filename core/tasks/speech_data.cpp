#include "core/tasks/speech_data.h"

#include "core/audio/clip.h"
#include "core/audio/feature_cache.h"
#include "core/audio/mel.h"
#include "core/audio/noise_makers.h"
#include "core/base/format.h"
#include "core/base/hash.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <sstream>

namespace descent {

namespace {

constexpr auto kBands = MelSpectrogram::kBands;

/// White, pink and brown noise, four seconds of each and always the same: background where a corpus has none,
/// and more kinds of it where it has.
void add_made_noise(NoiseBank& bank) {
    constexpr std::size_t kSamples = 4 * kSampleRate;
    RandomStream random(0, "made noise");
    bank.push_back(white_noise(kSamples, random));
    bank.push_back(pink_noise(kSamples, random));
    auto brown = white_noise(kSamples, random);
    for (std::size_t i = 1; i < brown.size(); ++i) brown[i] += 0.995f * brown[i - 1];
    normalise(brown);
    bank.push_back(std::move(brown));
}

std::span<float> row(std::vector<float>& values, std::size_t index, std::size_t width) {
    return std::span(values).subspan(index * width, width);
}

} // namespace

void Normaliser::prepare(std::span<float> spectrogram, std::int64_t bands, std::int64_t frames) const {
    if (dynamic_range > 0) {
        const float floor = *std::ranges::max_element(spectrogram) -
                            static_cast<float>(dynamic_range * std::numbers::ln10 / 10);
        for (auto& value : spectrogram) value = std::max(value, floor);
    }
    if (standardise != Standardise::clip) return;
    for (std::int64_t b = 0; b < bands; ++b) {
        const auto band =
            spectrogram.subspan(static_cast<std::size_t>(b * frames), static_cast<std::size_t>(frames));
        const double sum = std::accumulate(band.begin(), band.end(), 0.0);
        const auto average = static_cast<float>(sum / static_cast<double>(frames));
        for (auto& value : band) value -= average;
    }
}

void Normaliser::fit(std::span<const float> features, std::span<const std::size_t> chosen, std::int64_t bands,
                     std::int64_t frames) {
    const auto count = static_cast<std::size_t>(bands), width = static_cast<std::size_t>(bands * frames);
    mean.assign(count, 0);
    deviation.assign(count, 1);
    if (standardise == Standardise::none || chosen.empty()) return;
    std::vector<double> sum(count, 0), squares(count, 0);
    std::vector<float> one(width);
    for (const auto index : chosen) {
        std::ranges::copy(features.subspan(index * width, width), one.begin());
        prepare(one, bands, frames);
        for (std::size_t i = 0; i < width; ++i) {
            const auto band = i / static_cast<std::size_t>(frames);
            sum[band] += one[i];
            squares[band] += static_cast<double>(one[i]) * one[i];
        }
    }
    const auto n = static_cast<double>(chosen.size()) * static_cast<double>(frames);
    double variance = 0; // within bands, on average
    for (std::size_t b = 0; b < count; ++b) {
        sum[b] /= n;
        squares[b] = std::max(0.0, squares[b] / n - sum[b] * sum[b]);
        variance += squares[b] / static_cast<double>(count);
    }
    const double all = variance > 0 ? std::sqrt(variance) : 1;
    for (std::size_t b = 0; b < count; ++b) {
        mean[b] = static_cast<float>(sum[b]);
        // A band that hardly varies (the empty top of a recording made at a lower rate) must not be blown up.
        deviation[b] = static_cast<float>(
            standardise == Standardise::clip ? all : std::max(std::sqrt(squares[b]), 0.3 * all));
    }
}

void Normaliser::apply(std::span<float> spectrogram, std::int64_t bands, std::int64_t frames) const {
    prepare(spectrogram, bands, frames);
    if (standardise == Standardise::none) return;
    for (std::size_t i = 0; i < spectrogram.size(); ++i) {
        const auto band = i / static_cast<std::size_t>(frames);
        spectrogram[i] = (spectrogram[i] - mean[band]) / deviation[band];
    }
}

SpeechVariation::SpeechVariation(std::filesystem::path root, std::vector<std::string> files,
                                 std::vector<std::string> hashes, std::vector<std::string> noise,
                                 std::size_t samples, SpeechAugment how, Normaliser normaliser)
    : root_(std::move(root))
    , files_(std::move(files))
    , hashes_(std::move(hashes))
    , noise_files_(std::move(noise))
    , samples_(samples)
    , how_(how)
    , normaliser_(std::move(normaliser))
    , frames_(MelSpectrogram::frames(samples)) {}

void SpeechVariation::decode(const Loading& loading) const {
    std::call_once(decoded_, [&] {
        std::vector<std::vector<std::int16_t>> waves(files_.size());
        const auto done = parallel_for(
            files_.size(),
            [&](std::size_t begin, std::size_t end) {
                for (auto i = begin; i < end; ++i)
                    for (const float value : fit_length(read_clip(root_ / files_[i]), samples_))
                        waves[i].push_back(
                            static_cast<std::int16_t>(std::lround(std::clamp(value, -1.0f, 1.0f) * 32767)));
            },
            [&](double share) { loading.report(share, "decoding the training clips"); }, loading.stop);
        if (!done) throw InputError("interrupted");
        for (const auto& file : noise_files_) noise_.push_back(read_clip(root_ / file));
        if (!how_.wave.source) add_made_noise(noise_);
        waves_ = std::move(waves);
    });
}

std::vector<float> SpeechVariation::wave(std::size_t clip) const {
    std::vector<float> samples;
    samples.reserve(waves_[clip].size());
    for (const auto value : waves_[clip]) samples.push_back(static_cast<float>(value) / 32767.0f);
    return samples;
}

void SpeechVariation::vary(std::size_t clip, RandomStream& random, std::span<float> features) const {
    thread_local MelSpectrogram mel;
    const auto varied = augment(wave(clip), how_.wave, noise_, random);
    const double stretch = how_.vocal_tract > 0 ? 1 + random.uniform(-how_.vocal_tract, how_.vocal_tract) : 1;
    mel(varied, features, stretch);
    mask_spectrogram(features, kBands, frames_, how_.frequency_mask, how_.time_mask, random);
    log_mel(features);
}

Tensor SpeechVariation::fresh(const Tensor& indices, std::uint64_t seed, std::int64_t epoch,
                              std::int64_t first) const {
    decode({});
    auto features = at::empty({indices.size(0), kBands, frames_}, at::kFloat);
    const auto width = static_cast<std::size_t>(kBands * frames_);
    auto* out = features.data_ptr<float>();
    for (std::int64_t i = 0; i < indices.size(0); ++i) {
        RandomStream random(seed, "augmentation/" + std::to_string(epoch) + "/" + std::to_string(first + i));
        const std::span one(out + static_cast<std::size_t>(i) * width, width);
        vary(static_cast<std::size_t>(indices.data_ptr<std::int64_t>()[i]), random, one);
        normaliser_.apply(one, kBands, frames_);
    }
    return features;
}

std::string SpeechVariation::key(std::uint64_t seed) const {
    Sha256 hash;
    const auto& w = how_.wave;
    std::ostringstream recipe;
    recipe << std::hexfloat << "varied 2 " << samples_ << ' ' << seed << ' ' << how_.copies << ' ' << w.share
           << ' ' << w.speed << ' ' << w.shift << ' ' << w.gain_db << ' ' << w.noise_snr_lo << ' '
           << w.noise_snr_hi << ' ' << w.hiss << ' ' << w.source << ' ' << w.noise_share << ' '
           << how_.vocal_tract << ' ' << how_.frequency_mask << ' ' << how_.time_mask;
    hash.add(recipe.str());
    for (const auto& h : hashes_) hash.add(h);
    for (const auto& file : noise_files_) hash.add(sha256_hex(file_bytes(root_ / file)));
    return hash.hex();
}

Tensor SpeechVariation::frozen(std::uint64_t seed, const Loading& loading) const {
    const auto clips = files_.size(), total = clips * static_cast<std::size_t>(how_.copies);
    const auto width = static_cast<std::size_t>(kBands * frames_);
    const FeatureCache cache;
    const auto name = key(seed);
    auto values = cache.find(name, total * width);
    if (!values) {
        decode(loading);
        values.emplace(total * width);
        const auto what = "varying " + format_count(static_cast<std::int64_t>(total)) + " clips";
        const auto done = parallel_for(
            total,
            [&](std::size_t begin, std::size_t end) {
                for (auto i = begin; i < end; ++i) {
                    RandomStream random(seed, "augmentation/frozen/" + std::to_string(i));
                    vary(i % clips, random, row(*values, i, width));
                }
            },
            [&](double share) { loading.report(share, what); }, loading.stop);
        if (!done) throw InputError("interrupted");
        cache.keep(name, *values);
    }
    for (std::size_t i = 0; i < total; ++i) normaliser_.apply(row(*values, i, width), kBands, frames_);
    return at::from_blob(values->data(), {static_cast<std::int64_t>(total), kBands, frames_}, at::kFloat)
        .clone();
}

} // namespace descent

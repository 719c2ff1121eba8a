#include "core/audio/noise_makers.h"

#include "core/audio/clip.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace descent {

double power_of(std::span<const float> samples) {
    double sum = 0;
    for (const float s : samples) sum += double{s} * double{s};
    return samples.empty() ? 0 : sum / static_cast<double>(samples.size());
}

void normalise(std::span<float> samples) {
    double mean = 0;
    for (const float s : samples) mean += double{s};
    mean /= static_cast<double>(std::max<std::size_t>(samples.size(), 1));
    for (float& s : samples) s = static_cast<float>(double{s} - mean);
    const double power = power_of(samples);
    if (power <= 0) return;
    for (float& s : samples) s = static_cast<float>(double{s} / std::sqrt(power));
}

std::vector<float> white_noise(std::size_t samples, RandomStream& random) {
    std::vector<float> noise(samples);
    for (float& s : noise) s = static_cast<float>(random.normal());
    normalise(noise);
    return noise;
}

std::vector<float> pink_noise(std::size_t samples, RandomStream& random) {
    // A sum of one-pole low passes an octave apart, each with the same power: 1/f on the whole.
    constexpr std::size_t kOctaves = 12;
    std::array<double, kOctaves> pole{}, state{};
    for (std::size_t i = 0; i < kOctaves; ++i)
        pole[i] = std::exp(-2 * std::numbers::pi * 2 * std::exp2(static_cast<double>(i)) / kSampleRate);
    std::vector<float> noise(samples);
    for (float& s : noise) {
        double sum = 0;
        for (std::size_t i = 0; i < kOctaves; ++i) {
            state[i] = pole[i] * state[i] + std::sqrt(1 - pole[i] * pole[i]) * random.uniform(-1, 1);
            sum += state[i];
        }
        s = static_cast<float>(sum);
    }
    normalise(noise);
    return noise;
}

std::vector<float> hum_noise(std::size_t samples, double mains, RandomStream& random) {
    constexpr std::size_t kHarmonics = 14;
    std::array<double, kHarmonics> strength{}, phase{};
    for (std::size_t i = 0; i < kHarmonics; ++i) {
        // The even ones, of rectifiers, are the stronger; all fade with frequency.
        strength[i] = random.uniform(0.3, 1) * (i % 2 == 1 ? 1 : 0.5) / std::sqrt(1 + static_cast<double>(i));
        phase[i] = random.uniform(0, 2 * std::numbers::pi);
    }
    std::vector<float> noise(samples);
    for (std::size_t t = 0; t < samples; ++t) {
        const double angle = 2 * std::numbers::pi * mains * static_cast<double>(t) / kSampleRate;
        double sum = 0.03 * random.normal();
        for (std::size_t i = 0; i < kHarmonics; ++i)
            sum += strength[i] * std::sin(angle * static_cast<double>(i + 1) + phase[i]);
        noise[t] = static_cast<float>(sum);
    }
    normalise(noise);
    return noise;
}

std::vector<float> babble_noise(std::size_t samples, std::span<const std::vector<float>> voices,
                                std::size_t lanes, RandomStream& random) {
    std::vector<float> noise(samples);
    for (std::size_t lane = 0; lane < lanes && !voices.empty(); ++lane) {
        const double strength = random.uniform(0.5, 1.2);
        std::size_t silent =
            0; // draws in a row without a sample, so that silent voices do not go on for ever
        for (std::size_t at = 0; at < samples && silent < 100;) {
            const auto& voice = voices[random.below(voices.size())];
            const double power = power_of(voice);
            silent = power > 0 ? 0 : silent + 1;
            if (power <= 0) continue;
            // Each lane is in the middle of something when the recording begins.
            const std::size_t from = at == 0 ? random.below(voice.size()) : 0;
            const double gain = strength / std::sqrt(power);
            for (std::size_t i = from; i < voice.size() && at < samples; ++i, ++at)
                noise[at] += static_cast<float>(gain * double{voice[i]});
            at += random.below(kSampleRate / 3);
        }
    }
    normalise(noise);
    return noise;
}

} // namespace descent

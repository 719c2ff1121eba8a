#include "core/audio/augment.h"

#include "core/audio/clip.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <memory>
#include <mutex>
#include <numbers>

namespace descent {
namespace {

double energy(std::span<const float> samples) {
    double sum = 0;
    for (const float s : samples) sum += static_cast<double>(s) * static_cast<double>(s);
    return sum;
}

double from_decibels(double db) {
    return std::pow(10.0, db / 20);
}

/// A low pass for reading between samples: rows of taps for kPhases places between two. A wide filter on
/// purpose, hence not libsamplerate's fast ones: those also take the bands above 6.4 or 7.2 kHz away, and the
/// logarithm would make that a mark of varied clips.
struct LowPass {
    static constexpr std::size_t kHalf = 24, kTaps = 2 * kHalf, kPhases = 512;
    std::vector<std::array<float, kTaps>> rows{kPhases};

    explicit LowPass(double cutoff) {
        const auto bessel = [](double x) { // I0
            double term = 1, sum = 1;
            for (int k = 1; k < 40; ++k) sum += term *= x * x / (4.0 * k * k);
            return sum;
        };
        constexpr double kBeta = 6; // Kaiser's window, stop band at −63 dB
        for (std::size_t phase = 0; phase < kPhases; ++phase) {
            double sum = 0;
            std::array<double, kTaps> taps;
            for (std::size_t k = 0; k < kTaps; ++k) {
                const double distance = static_cast<double>(k) - static_cast<double>(kHalf - 1) -
                                        static_cast<double>(phase) / kPhases;
                const double x = distance / kHalf, u = std::numbers::pi * cutoff * distance;
                const double window = bessel(kBeta * std::sqrt(std::max(0.0, 1 - x * x))) / bessel(kBeta);
                sum += taps[k] = (u == 0 ? 1 : std::sin(u) / u) * window;
            }
            for (std::size_t k = 0; k < kTaps; ++k) rows[phase][k] = static_cast<float>(taps[k] / sum);
        }
    }

    /// One that lets nothing alias at `speed`, 0.5 … 2: made once for each 32nd of a doubling.
    static const LowPass& at(double speed) {
        constexpr double kSteps = 32;
        constexpr std::size_t kMost = 33;
        static std::array<std::once_flag, kMost> made;
        static std::array<std::unique_ptr<const LowPass>, kMost> filters;
        const auto step =
            static_cast<std::size_t>(std::clamp(std::ceil((speed - 1) * kSteps), 0.0, kMost - 1.0));
        std::call_once(made[step], [&] {
            filters[step] = std::make_unique<const LowPass>(1 / (1 + static_cast<double>(step) / kSteps));
        });
        return *filters[step];
    }
};

/// A clip read at another speed: of the same length, about the same middle; silence where the clip is over.
std::vector<float> at_speed(std::span<const float> clip, double speed) {
    using Four [[gnu::vector_size(16)]] = float;
    const auto& filter = LowPass::at(speed);
    constexpr auto kHalf = LowPass::kHalf, kTaps = LowPass::kTaps;
    std::vector<float> padded(clip.size() + 2 * kTaps), out(clip.size());
    std::ranges::copy(clip, padded.begin() + kTaps);
    const double middle = (static_cast<double>(clip.size()) - 1) / 2;
    for (std::size_t i = 0; i < out.size(); ++i) {
        // In phases from the first sample, moved up so that it is positive: whole numbers round quickly.
        const double at = middle + speed * (static_cast<double>(i) - middle) + static_cast<double>(kTaps);
        if (at < static_cast<double>(kHalf) || at > static_cast<double>(clip.size() - 1 + kTaps + kHalf))
            continue;
        const auto place = static_cast<std::size_t>(at * LowPass::kPhases + 0.5);
        const auto& row = filter.rows[place % LowPass::kPhases];
        const float* from = padded.data() + place / LowPass::kPhases + 1 - kHalf;
        Four sum{};
        for (std::size_t k = 0; k < kTaps; k += 4) {
            Four taps, samples;
            std::memcpy(&taps, &row[k], sizeof taps);
            std::memcpy(&samples, from + k, sizeof samples);
            sum += taps * samples;
        }
        out[i] = (sum[0] + sum[2]) + (sum[1] + sum[3]);
    }
    return out;
}

std::vector<float> shifted(std::span<const float> clip, std::ptrdiff_t by) {
    std::vector<float> out(clip.size(), 0.0F);
    const auto size = static_cast<std::ptrdiff_t>(clip.size());
    by = std::clamp(by, -size, size);
    if (by >= 0)
        std::ranges::copy(clip.first(static_cast<std::size_t>(size - by)), out.begin() + by);
    else
        std::ranges::copy(clip.subspan(static_cast<std::size_t>(-by)), out.begin());
    return out;
}

/// A stretch of a random recording; those shorter than the clip go round. Draws the recording, then the
/// start.
struct Segment {
    std::span<const float> whole{};
    std::vector<float> samples{};
};

Segment draw_segment(const NoiseBank& noise, std::size_t length, RandomStream& random) {
    Segment segment;
    segment.whole = noise[random.below(noise.size())];
    const std::size_t size = segment.whole.size();
    segment.samples.resize(length);
    if (size == 0) return segment;
    std::size_t at = random.below(size > length ? size - length + 1 : size);
    for (float& s : segment.samples) {
        s = segment.whole[at];
        if (++at == size) at = 0;
    }
    return segment;
}

void add_noise(std::span<float> clip, std::span<const float> noise, double level) {
    const auto scale = static_cast<float>(level);
    for (std::size_t i = 0; i < clip.size(); ++i) clip[i] += scale * noise[i];
}

void as_the_source(std::span<float> clip, const NoiseBank& noise, RandomStream& random) {
    switch (random.below(4)) {
    case 1:
        for (float& s : clip) s += static_cast<float>(0.01 * random.normal());
        break;
    case 2:
        for (float& s : clip) s *= 0.25F;
        break;
    case 3:
        if (!noise.empty()) {
            const Segment segment = draw_segment(noise, clip.size(), random);
            const double whole = energy(segment.whole);
            if (whole > 0)
                add_noise(clip, segment.samples, std::sqrt(energy(clip) / whole) * from_decibels(-1));
        }
        break;
    default:
        break;
    }
}

} // namespace

std::vector<float> augment(std::span<const float> clip, const WaveAugment& how, const NoiseBank& noise,
                           RandomStream& random) {
    // Below the energy of the last bit of 16, there is nothing to hear.
    constexpr double kSilence = 1e-10;
    std::vector<float> out(clip.begin(), clip.end());
    if (out.empty()) return out;
    if (how.source) {
        as_the_source(out, noise, random);
    } else {
        if (how.share <= 0 || random.uniform() >= how.share) return out;
        if (how.speed > 0) {
            const double speed = random.uniform(1 - how.speed, 1 + how.speed);
            out = at_speed(out, speed);
        }
        if (how.shift > 0) {
            const double seconds = random.uniform(-how.shift, how.shift);
            out = shifted(out, static_cast<std::ptrdiff_t>(std::llround(seconds * kSampleRate)));
        }
        if (how.gain_db > 0) {
            const auto gain = static_cast<float>(from_decibels(random.uniform(-how.gain_db, how.gain_db)));
            for (float& s : out) s *= gain;
        }
        const bool noisy = (how.noise_snr_lo != 0 || how.noise_snr_hi != 0) && !noise.empty();
        if (noisy && (how.noise_share >= 1 || random.uniform() < how.noise_share)) {
            const Segment segment = draw_segment(noise, out.size(), random);
            const double snr = random.uniform(how.noise_snr_lo, how.noise_snr_hi);
            const double there = energy(segment.samples);
            if (there > kSilence * static_cast<double>(out.size()))
                add_noise(out, segment.samples, std::sqrt(energy(out) / there) * from_decibels(-snr));
        }
        if (how.hiss > 0) {
            const double deviation = random.uniform(0, how.hiss);
            for (float& s : out) s += static_cast<float>(deviation * random.normal());
        }
    }
    for (float& s : out) s = std::clamp(s, -1.0F, 1.0F);
    return out;
}

void mask_spectrogram(std::span<float> power, std::int64_t bands, std::int64_t frames, std::int64_t frequency,
                      std::int64_t time, RandomStream& random) {
    // Draws the width, then the start.
    const auto stretch = [&random](std::int64_t most, std::int64_t size) {
        const auto width =
            std::min(static_cast<std::int64_t>(random.uniform(0, static_cast<double>(most))), size);
        const auto first =
            static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(size - width + 1)));
        return std::pair(first, width);
    };
    if (frequency > 0) {
        const auto [first, width] = stretch(frequency, bands);
        std::ranges::fill(
            power.subspan(static_cast<std::size_t>(first * frames), static_cast<std::size_t>(width * frames)),
            0.0F);
    }
    if (time > 0) {
        const auto [first, width] = stretch(time, frames);
        for (std::int64_t band = 0; band < bands; ++band)
            std::ranges::fill(power.subspan(static_cast<std::size_t>(band * frames + first),
                                            static_cast<std::size_t>(width)),
                              0.0F);
    }
}

} // namespace descent

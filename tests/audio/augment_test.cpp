#include "core/audio/augment.h"

#include "core/audio/clip.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <set>

namespace descent {
namespace {

std::vector<float> tone(std::size_t count, double hz, double amplitude) {
    std::vector<float> samples(count);
    for (std::size_t i = 0; i < count; ++i)
        samples[i] = static_cast<float>(
            amplitude * std::sin(2 * std::numbers::pi * hz * static_cast<double>(i) / kSampleRate));
    return samples;
}

std::vector<float> hiss(std::size_t count, double deviation, std::uint64_t seed) {
    RandomStream random(seed, "hiss");
    std::vector<float> samples(count);
    for (float& s : samples) s = static_cast<float>(deviation * random.normal());
    return samples;
}

double energy(const std::vector<float>& samples) {
    double sum = 0;
    for (const float s : samples) sum += static_cast<double>(s) * static_cast<double>(s);
    return sum;
}

std::vector<float> minus(std::vector<float> a, const std::vector<float>& b) {
    for (std::size_t i = 0; i < a.size(); ++i) a[i] -= b[i];
    return a;
}

/// Amplitude of the part of `samples` at `hz`, over their middle half.
double amplitude_at(const std::vector<float>& samples, double hz) {
    double re = 0, im = 0, weight = 0;
    for (std::size_t i = samples.size() / 4; i < samples.size() * 3 / 4; ++i) {
        const double part =
            static_cast<double>(i - samples.size() / 4) / (static_cast<double>(samples.size()) / 2);
        const double w = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * part);
        const double angle = 2 * std::numbers::pi * hz * static_cast<double>(i) / kSampleRate;
        re += w * static_cast<double>(samples[i]) * std::cos(angle);
        im += w * static_cast<double>(samples[i]) * std::sin(angle);
        weight += w;
    }
    return 2 * std::hypot(re, im) / weight;
}

TEST(Augment, DefaultsGiveTheClipAndDrawNothing) {
    const auto clip = hiss(16'000, 0.1, 1);
    RandomStream random(1, "augment"), untouched(1, "augment");
    EXPECT_EQ(augment(clip, {}, {hiss(1000, 0.1, 2)}, random), clip);
    EXPECT_EQ(random.state(), untouched.state());
    EXPECT_TRUE(augment({}, {.share = 1, .speed = 0.1, .hiss = 0.1}, {}, random).empty());
}

TEST(Augment, TheSameStreamGivesTheSameBits) {
    const auto clip = hiss(16'000, 0.1, 1);
    const NoiseBank noise{hiss(40'000, 0.1, 2), hiss(500, 0.1, 3)};
    const WaveAugment how{.share = 0.9,
                          .speed = 0.1,
                          .shift = 0.1,
                          .gain_db = 6,
                          .noise_snr_lo = 5,
                          .noise_snr_hi = 20,
                          .hiss = 0.01};
    RandomStream a(7, "augment"), b(7, "augment"), c(8, "augment");
    std::vector<float> first, again, other;
    for (int i = 0; i < 5; ++i) {
        first = augment(clip, how, noise, a);
        again = augment(clip, how, noise, b);
        other = augment(clip, how, noise, c);
        EXPECT_EQ(first, again);
    }
    EXPECT_EQ(a.state(), b.state());
    EXPECT_NE(first, other);
}

TEST(Augment, TheShareIsVaried) {
    const auto clip = hiss(100, 0.1, 1);
    RandomStream random(1, "augment");
    int varied = 0;
    for (int i = 0; i < 2000; ++i) varied += augment(clip, {.share = 0.3, .gain_db = 6}, {}, random) != clip;
    EXPECT_NEAR(varied, 600, 85); // four standard deviations
}

TEST(Augment, WhatIsOffDrawsNothing) {
    // So that a new kind of variation leaves the draws of older runs as they were.
    const auto clip = hiss(100, 0.1, 1);
    RandomStream random(1, "augment"), by_hand(1, "augment");
    augment(clip, {.share = 1, .shift = 0.001, .noise_snr_lo = 5, .noise_snr_hi = 10}, {}, random);
    by_hand.uniform(); // whether at all
    by_hand.uniform(); // how far; no recordings, no draw
    EXPECT_EQ(random.state(), by_hand.state());
}

TEST(Augment, SpeedMovesPitchAndKeepsLevel) {
    RandomStream random(3, "augment");
    for (int i = 0; i < 20; ++i) {
        RandomStream ahead = random;
        ahead.uniform();
        const double speed = ahead.uniform(0.8, 1.2);
        const auto out = augment(tone(16'000, 2000, 0.5), {.share = 1, .speed = 0.2}, {}, random);
        ASSERT_EQ(out.size(), 16'000U);
        EXPECT_NEAR(amplitude_at(out, 2000 * speed), 0.5, 1e-3) << speed;
        // The middle stays the middle, and what is over is silence.
        const auto covered = static_cast<std::size_t>(16'000 / std::max(speed, 1.0));
        const std::size_t margin = (16'000 - covered) / 2;
        for (std::size_t k = 0; k + 40 < margin; ++k) ASSERT_EQ(out[k], 0.0F) << speed << ' ' << k;
    }
}

TEST(Augment, SpeedReadsTheClosedForm) {
    // A slow tone about the middle: y(t) = x(middle + speed · (t − middle)).
    RandomStream random(4, "augment");
    for (int i = 0; i < 10; ++i) {
        RandomStream ahead = random;
        ahead.uniform();
        const double speed = ahead.uniform(0.9, 1.1);
        const auto out = augment(tone(8'001, 500, 0.5), {.share = 1, .speed = 0.1}, {}, random);
        for (int k = -3'000; k <= 3'000; k += 7) {
            const double exact =
                0.5 * std::sin(2 * std::numbers::pi * 500 * (4'000 + speed * k) / kSampleRate);
            ASSERT_NEAR(static_cast<double>(out[static_cast<std::size_t>(4'000 + k)]), exact, 1e-3) << speed;
        }
    }
}

TEST(Augment, SpeedLeavesNoAlias) {
    // Played a fifth faster, 7.9 kHz would be at 9.5 and come back at 6.5.
    RandomStream random(3, "augment");
    int faster = 0;
    for (int i = 0; i < 60; ++i) {
        RandomStream ahead = random;
        ahead.uniform();
        const double speed = ahead.uniform(0.8, 1.2);
        const auto out = augment(tone(16'000, 7900, 0.5), {.share = 1, .speed = 0.2}, {}, random);
        if (speed < 1.1) continue;
        ++faster;
        EXPECT_LT(amplitude_at(out, 16'000 - 7900 * speed), 2e-3) << speed;
    }
    EXPECT_GT(faster, 2);
}

TEST(Augment, SpeedKeepsTheUpperBands) {
    // What varied clips lose at the top would tell them from the others.
    RandomStream random(5, "augment");
    for (int i = 0; i < 10; ++i) {
        RandomStream ahead = random;
        ahead.uniform();
        const double speed = ahead.uniform(0.99, 1.01);
        const auto out = augment(tone(16'000, 7000, 0.5), {.share = 1, .speed = 0.01}, {}, random);
        EXPECT_NEAR(amplitude_at(out, 7000 * speed), 0.5, 0.01) << speed;
    }
}

TEST(Augment, ShiftMovesByWholeSamplesAndFillsUpWithSilence) {
    const auto clip = hiss(16'000, 0.1, 1);
    RandomStream random(1, "augment");
    std::ptrdiff_t least = 0, most = 0;
    for (int i = 0; i < 200; ++i) {
        const auto out = augment(clip, {.share = 1, .shift = 0.1}, {}, random);
        ASSERT_EQ(out.size(), clip.size());
        // Sample 8000 lies within the shift's reach: find where it went.
        const auto found = std::ranges::find(out, clip[8000]);
        ASSERT_NE(found, out.end());
        const std::ptrdiff_t by = found - out.begin() - 8000;
        for (std::ptrdiff_t k = 0; k < 16'000; ++k) {
            const std::ptrdiff_t from = k - by;
            const float expected = from < 0 || from >= 16'000 ? 0.0F : clip[static_cast<std::size_t>(from)];
            ASSERT_EQ(out[static_cast<std::size_t>(k)], expected);
        }
        least = std::min(least, by);
        most = std::max(most, by);
    }
    EXPECT_GE(least, -1600);
    EXPECT_LE(most, 1600);
    EXPECT_LT(least, -1400);
    EXPECT_GT(most, 1400);
    EXPECT_EQ(augment(std::vector<float>(3, 0.5F), {.share = 1, .shift = 10}, {}, random).size(), 3U);
}

TEST(Augment, GainIsWithinItsDecibels) {
    const std::vector<float> clip(10, 0.1F);
    RandomStream random(1, "augment");
    double least = 0, most = 0;
    for (int i = 0; i < 500; ++i) {
        const auto out = augment(clip, {.share = 1, .gain_db = 6}, {}, random);
        const double db = 20 * std::log10(static_cast<double>(out[0]) / 0.1);
        least = std::min(least, db);
        most = std::max(most, db);
    }
    EXPECT_NEAR(least, -6, 0.2);
    EXPECT_NEAR(most, 6, 0.2);
    EXPECT_GE(least, -6.001);
    EXPECT_LE(most, 6.001);
}

TEST(Augment, NoiseHasTheRatioThatIsDrawn) {
    const auto clip = tone(16'000, 440, 0.1);
    // Loud and soft recordings, and one whose parts differ: the segment's own energy is what counts.
    NoiseBank noise{hiss(100'000, 0.2, 1), hiss(50'000, 0.001, 2), hiss(100, 0.05, 3), hiss(32'000, 0.05, 4)};
    for (std::size_t i = 0; i < 16'000; ++i) noise[3][i] *= 0.01F;
    RandomStream random(1, "augment");
    double least = 100, most = -100;
    for (int i = 0; i < 200; ++i) {
        const auto out = augment(clip, {.share = 1, .noise_snr_lo = 5, .noise_snr_hi = 15}, noise, random);
        const double snr = 10 * std::log10(energy(clip) / energy(minus(out, clip)));
        least = std::min(least, snr);
        most = std::max(most, snr);
        ASSERT_GE(snr, 4.99);
        ASSERT_LE(snr, 15.01);
    }
    EXPECT_LT(least, 5.5);
    EXPECT_GT(most, 14.5);
    for (int i = 0; i < 20; ++i) {
        const auto out = augment(clip, {.share = 1, .noise_snr_lo = 10, .noise_snr_hi = 10}, noise, random);
        EXPECT_NEAR(10 * std::log10(energy(clip) / energy(minus(out, clip))), 10, 0.01);
    }
}

TEST(Augment, SilenceIsGuarded) {
    const std::vector<float> silence(16'000);
    const auto clip = tone(16'000, 440, 0.1);
    const WaveAugment how{.share = 1, .noise_snr_lo = -5, .noise_snr_hi = 5};
    RandomStream random(1, "augment");
    EXPECT_EQ(augment(silence, how, {hiss(20'000, 0.1, 1)}, random), silence);
    EXPECT_EQ(augment(clip, how, {std::vector<float>(20'000)}, random), clip);
    EXPECT_EQ(augment(clip, how, {std::vector<float>(20'000, 1e-7F)}, random), clip);
    EXPECT_EQ(augment(clip, how, {std::vector<float>{}}, random), clip);
    EXPECT_EQ(augment(clip, how, {}, random), clip);
    for (int i = 0; i < 40; ++i) {
        EXPECT_EQ(augment(clip, {.source = true}, {std::vector<float>(20'000)}, random).size(), clip.size());
        for (const float s : augment(silence, {.source = true}, {std::vector<float>(9)}, random))
            ASSERT_TRUE(std::isfinite(s));
    }
    EXPECT_NE(augment(silence, {.share = 1, .hiss = 0.1}, {}, random), silence);
}

TEST(Augment, HissHasAtMostItsDeviation) {
    const std::vector<float> silence(4000);
    RandomStream random(1, "augment");
    double most = 0, sum = 0;
    for (int i = 0; i < 200; ++i) {
        const auto out = augment(silence, {.share = 1, .hiss = 0.02}, {}, random);
        const double deviation = std::sqrt(energy(out) / 4000);
        most = std::max(most, deviation);
        sum += deviation;
    }
    EXPECT_NEAR(most, 0.02, 0.002);
    EXPECT_NEAR(sum / 200, 0.01, 0.002);
}

TEST(Augment, StaysWithinOne) {
    const auto clip = hiss(4000, 0.5, 1);
    const WaveAugment how{.share = 1,
                          .speed = 0.2,
                          .shift = 0.01,
                          .gain_db = 20,
                          .noise_snr_lo = -10,
                          .noise_snr_hi = 0,
                          .hiss = 0.5};
    RandomStream random(1, "augment");
    for (int i = 0; i < 50; ++i) {
        for (const bool source : {false, true}) {
            auto varied = how;
            varied.source = source;
            const auto out = augment(clip, varied, {hiss(5000, 0.5, 2)}, random);
            ASSERT_EQ(out.size(), clip.size());
            ASSERT_TRUE(std::ranges::all_of(out, [](float s) { return s >= -1 && s <= 1; }));
        }
    }
}

TEST(Augment, TheSourcesFourWays) {
    const auto clip = tone(16'000, 440, 0.1);
    const NoiseBank noise{hiss(160'000, 0.05, 1)};
    RandomStream random(1, "augment");
    std::map<std::string, int> ways;
    for (int i = 0; i < 1000; ++i) {
        const auto out = augment(clip, {.source = true}, noise, random);
        const double added = energy(minus(out, clip));
        if (out == clip) {
            ++ways["identity"];
        } else if (std::abs(energy(out) / energy(clip) - 0.0625) < 1e-6) {
            ++ways["gain"];
        } else if (std::abs(added / (16'000 * 1e-4) - 1) < 0.1) {
            ++ways["hiss"]; // deviation 0.01: the energy of a sample is 1e-4
        } else {
            ++ways["noise"];
            // 1 dB over the whole recording, which is ten times as long as the clip: 10 dB more.
            EXPECT_NEAR(10 * std::log10(energy(clip) / added), 11, 0.3);
        }
    }
    for (const char* way : {"identity", "gain", "hiss", "noise"}) EXPECT_NEAR(ways[way], 250, 55) << way;
}

TEST(MaskSpectrogram, OneStretchOfBandsAndOneOfFrames) {
    constexpr std::int64_t kBands = 40, kFrames = 101;
    RandomStream random(1, "mask");
    std::map<std::int64_t, int> widths, lengths;
    std::set<std::int64_t> first_bands, last_bands;
    for (int i = 0; i < 6000; ++i) {
        std::vector<float> power(kBands * kFrames, 2.0F);
        mask_spectrogram(power, kBands, kFrames, 15, 35, random);
        std::vector<std::int64_t> bands, frames;
        for (std::int64_t b = 0; b < kBands; ++b)
            if (std::all_of(power.begin() + b * kFrames, power.begin() + (b + 1) * kFrames,
                            [](float p) { return p == 0; }))
                bands.push_back(b);
        for (std::int64_t f = 0; f < kFrames; ++f) {
            bool all = true;
            for (std::int64_t b = 0; b < kBands; ++b)
                all = all && power[static_cast<std::size_t>(b * kFrames + f)] == 0;
            if (all) frames.push_back(f);
        }
        const auto width = static_cast<std::int64_t>(bands.size()),
                   length = static_cast<std::int64_t>(frames.size());
        if (width > 0) {
            ASSERT_EQ(bands.back() - bands.front() + 1, width);
            first_bands.insert(bands.front());
            last_bands.insert(bands.back());
        }
        if (length > 0) {
            ASSERT_EQ(frames.back() - frames.front() + 1, length);
        }
        const auto kept = std::ranges::count(power, 2.0F);
        ASSERT_EQ(kept, (kBands - width) * (kFrames - length)) << "nothing else is touched";
        ++widths[width];
        ++lengths[length];
    }
    // Every width from 0 to one below the bound, equally often (within six standard deviations).
    EXPECT_EQ(widths.size(), 15U);
    EXPECT_EQ(widths.rbegin()->first, 14);
    for (const auto& [width, times] : widths) EXPECT_NEAR(times, 400, 120) << width;
    EXPECT_EQ(lengths.size(), 35U);
    EXPECT_EQ(lengths.rbegin()->first, 34);
    for (const auto& [length, times] : lengths) EXPECT_NEAR(times, 171, 80) << length;
    EXPECT_TRUE(first_bands.contains(0));
    EXPECT_TRUE(last_bands.contains(kBands - 1));
}

TEST(MaskSpectrogram, NoneWithoutBoundsAndNeverBeyondTheTable) {
    RandomStream random(1, "mask"), untouched(1, "mask");
    std::vector<float> power(12, 1.0F);
    mask_spectrogram(power, 3, 4, 0, 0, random);
    EXPECT_EQ(power, std::vector<float>(12, 1.0F));
    EXPECT_EQ(random.state(), untouched.state());
    for (int i = 0; i < 200; ++i) mask_spectrogram(power, 3, 4, 100, 100, random);
    EXPECT_EQ(power, std::vector<float>(12));
}

} // namespace
} // namespace descent

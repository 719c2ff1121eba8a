#include "core/audio/mel.h"

#include "core/audio/clip.h"
#include "core/store/checkpoint_file.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <numbers>
#include <stdexcept>

namespace descent {
namespace {

const std::filesystem::path kReal = std::filesystem::path(DESCENT_TEST_DATA) / "speech-commands-mini";

/// What torchaudio computes: tests/reference/mel.py.
struct Golden {
    std::map<std::string, std::vector<float>> tensors;
    std::vector<std::string> clips;

    Golden() {
        const auto file =
            read_tensor_file(DESCENT_SOURCE_DIR "/tests/reference/golden/sound/mel.safetensors");
        for (const auto& tensor : file.tensors) {
            auto& values = tensors[tensor.name];
            values.resize(tensor.data.size() / sizeof(float));
            std::memcpy(values.data(), tensor.data.data(), tensor.data.size());
        }
        clips = nlohmann::json::parse(file.metadata.at("clips")).get<std::vector<std::string>>();
    }
};

std::vector<float> mel(const std::vector<float>& samples) {
    MelSpectrogram spectrogram;
    std::vector<float> power(
        static_cast<std::size_t>(MelSpectrogram::kBands * MelSpectrogram::frames(samples.size())));
    spectrogram(samples, power);
    return power;
}

// The measure. Rounding in single precision is relative to the largest values around, so no two programs
// agree on what lies far below them: torchaudio's own float32 result is up to 1.3e-3 from its float64 one on
// the real clips. Hence 1e-4 of the larger of a value and a millionth of the clip's largest, and for log mel,
// where every value counts, 1e-4 down to that floor and 5e-3 below.
constexpr double kTolerance = 1e-4, kFloor = 1e-6, kLogBelow = 5e-3;

void expect_close(const std::vector<float>& power, const std::vector<float>& golden, double largest,
                  const std::string& what) {
    ASSERT_EQ(power.size(), golden.size()) << what;
    std::vector<float> logs = power;
    log_mel(logs);
    double worst = 0, worst_log = 0, worst_log_below = 0;
    for (std::size_t i = 0; i < power.size(); ++i) {
        const double value = golden[i];
        worst = std::max(worst, std::abs(static_cast<double>(power[i]) - value) /
                                    std::max({value, kFloor * largest, 1e-30}));
        const double log_distance =
            std::abs(static_cast<double>(logs[i]) - std::log(std::clamp(value, 1e-9, 1e9)));
        (value > kFloor * largest ? worst_log : worst_log_below) =
            std::max(value > kFloor * largest ? worst_log : worst_log_below, log_distance);
    }
    EXPECT_LT(worst, kTolerance) << what;
    EXPECT_LT(worst_log, kTolerance) << what;
    EXPECT_LT(worst_log_below, kLogBelow) << what;
}

std::vector<float> noise(std::size_t count) {
    std::vector<float> samples(count);
    std::uint32_t state = 1;
    for (float& s : samples) {
        state = state * 1664525U + 1013904223U;
        s = static_cast<float>(static_cast<int>(state >> 16) - 32768) / 32768;
    }
    return samples;
}

std::vector<float> sweep(std::uint32_t count) {
    std::vector<float> samples;
    std::uint32_t phase = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
        phase += i * (0x80000000U / count);
        samples.push_back(static_cast<float>(static_cast<int>(phase >> 16) - 32768) / 65536);
    }
    return samples;
}

std::vector<float> click(std::size_t count) {
    std::vector<float> samples(count, 0.0F);
    samples[count / 3] = 1;
    std::fill(samples.begin() + static_cast<std::ptrdiff_t>(count / 2), samples.end(), 1.0F / 4096);
    return samples;
}

TEST(Mel, MadeSignalsAgreeWithTorchaudio) {
    const Golden golden;
    const std::map<std::string, std::vector<float>> made{
        {"made/noise", noise(201)}, {"made/sweep", sweep(8007)}, {"made/click", click(2400)}};
    for (const auto& [name, samples] : made) {
        const auto& expected = golden.tensors.at(name);
        expect_close(mel(samples), expected, *std::ranges::max_element(expected), name);
    }
}

TEST(Mel, RealClipsAgreeWithTorchaudio) {
    if (!std::filesystem::exists(kReal)) GTEST_SKIP() << "the real clips are not here: " << kReal;
    const Golden golden;
    int whole = 0;
    for (const auto& [name, expected] : golden.tensors) {
        if (!name.starts_with("real/")) continue;
        expect_close(mel(read_clip(kReal / name.substr(5))), expected, *std::ranges::max_element(expected),
                     name);
        ++whole;
    }
    EXPECT_EQ(whole, 2);
}

TEST(Mel, AFrameOfEachRealClipAgreesWithTorchaudio) {
    if (!std::filesystem::exists(kReal)) GTEST_SKIP() << "the real clips are not here: " << kReal;
    const Golden golden;
    constexpr auto kBands = static_cast<std::size_t>(MelSpectrogram::kBands);
    const auto& frames = golden.tensors.at("frames");
    ASSERT_EQ(golden.clips.size(), 300U);
    ASSERT_EQ(frames.size(), 300 * kBands);
    for (std::size_t number = 0; number < golden.clips.size(); ++number) {
        const auto power = mel(read_clip(kReal / golden.clips[number]));
        const std::size_t count = power.size() / kBands;
        std::vector<float> frame;
        for (std::size_t band = 0; band < kBands; ++band)
            frame.push_back(power[band * count + number % count]);
        const auto from = frames.begin() + static_cast<std::ptrdiff_t>(number * kBands);
        expect_close(frame, {from, from + kBands}, *std::ranges::max_element(power), golden.clips[number]);
    }
}

TEST(Mel, AToneIsInTheBandsAroundIt) {
    // By the definition: 42 corners evenly spaced on the HTK scale from 0 to 8000 Hz.
    const auto corner = [](double c) {
        const double top = 2595 * std::log10(1 + 8000.0 / 700);
        return 700 * (std::pow(10, top * c / 41 / 2595) - 1);
    };
    for (const std::size_t band : {5U, 12U, 20U, 30U, 38U}) {
        const double hz = std::round(corner(static_cast<double>(band) + 1) / 40) * 40; // on a bin
        std::vector<float> tone(1600);
        for (std::size_t i = 0; i < tone.size(); ++i)
            tone[i] =
                static_cast<float>(std::sin(2 * std::numbers::pi * hz * static_cast<double>(i) / 16'000));
        const auto power = mel(tone);
        const std::size_t count = power.size() / 40;
        std::size_t loudest = 0;
        for (std::size_t b = 0; b < 40; ++b)
            if (power[b * count + 5] > power[loudest * count + 5]) loudest = b;
        EXPECT_EQ(loudest, band) << hz << " Hz";
    }
}

TEST(Mel, EveryFrameStandsForItself) {
    // Frames are computed in pairs, and pairs in registers: beyond rounding, one more or less must not show,
    // nor what was computed before, nor a loud neighbour.
    auto samples = noise(16'000);
    for (std::size_t i = 8'000; i < 16'000; ++i) samples[i] *= 1.0F / 64;
    MelSpectrogram spectrogram;
    const auto power = mel(samples);
    for (const std::size_t length :
         {1600U, 1760U, 1920U, 2080U, 2240U, 2400U, 2560U, 2720U, 16'000U, 1600U}) {
        for (const std::size_t begin : {std::size_t{0}, 16'000 - length}) {
            const auto count = static_cast<std::size_t>(MelSpectrogram::frames(length));
            std::vector<float> part(40 * count, -1.0F);
            spectrogram(std::span(samples).subspan(begin, length), part);
            for (std::size_t band = 0; band < 40; ++band)
                for (std::size_t f = 2; f + 3 < count; ++f) { // the outer ones reflect another end
                    const double whole = power[band * 101 + f + begin / 160];
                    ASSERT_NEAR(static_cast<double>(part[band * count + f]), whole, 2e-5 * whole)
                        << length << ' ' << begin << ' ' << band << ' ' << f;
                }
            EXPECT_TRUE(std::ranges::all_of(part, [](float p) { return p >= 0; })) << length;
        }
    }
}

TEST(Mel, IsTheSameToTheBitForEachInstructionSet) {
    const auto features = [](std::size_t length, double stretch, InstructionSet set) {
        MelSpectrogram spectrogram(set);
        std::vector<float> power(static_cast<std::size_t>(40 * MelSpectrogram::frames(length)));
        spectrogram(noise(length), power, stretch);
        auto logs = power;
        log_mel(logs, set);
        power.insert(power.end(), logs.begin(), logs.end());
        return power;
    };
    for (const auto set : instruction_sets())
        for (const double stretch : {1.0, 0.9})
            for (const std::size_t length : {201U, 1599U, 2400U, 5000U, 5279U, 16'000U, 16'160U})
                EXPECT_EQ(features(length, stretch, set), features(length, stretch, InstructionSet::baseline))
                    << to_string(set) << ' ' << stretch << ' ' << length;
}

TEST(Mel, AStretchMovesFrequencies) {
    const auto tone = [](double hz) {
        std::vector<float> samples(1600);
        for (std::size_t i = 0; i < samples.size(); ++i)
            samples[i] =
                static_cast<float>(std::sin(2 * std::numbers::pi * hz * static_cast<double>(i) / 16'000));
        return samples;
    };
    MelSpectrogram spectrogram;
    const auto loudest = [&spectrogram](const std::vector<float>& samples, double stretch) {
        std::vector<float> power(40 * 11);
        spectrogram(samples, power, stretch);
        std::size_t best = 0;
        for (std::size_t b = 0; b < 40; ++b)
            if (power[b * 11 + 5] > power[best * 11 + 5]) best = b;
        return best;
    };
    // What is heard at f is taken from stretch · f.
    for (const double stretch : {0.8, 0.9, 1.1, 1.25})
        for (const double hz : {800.0, 1600.0, 3200.0})
            EXPECT_EQ(loudest(tone(hz * stretch), stretch), loudest(tone(hz), 1)) << stretch << ' ' << hz;
    // Up to 8 kHz, which stays where it is; and 1 is no stretch.
    EXPECT_GE(loudest(tone(7900), 0.8), 38U);
    EXPECT_GE(loudest(tone(7900), 1.25), 38U);
    std::vector<float> power(40 * 11);
    spectrogram(tone(1000), power, 1);
    EXPECT_EQ(power, mel(tone(1000)));
}

TEST(Mel, SilenceIsNothing) {
    EXPECT_EQ(mel(std::vector<float>(16'000)), std::vector<float>(40 * 101));
}

TEST(Mel, WrongSizesAreRefused) {
    MelSpectrogram spectrogram;
    EXPECT_EQ(MelSpectrogram::frames(16'000), 101);
    EXPECT_EQ(MelSpectrogram::frames(201), 2);
    std::vector<float> power(40 * 2), samples(201);
    EXPECT_NO_THROW(spectrogram(samples, power));
    EXPECT_THROW(spectrogram(std::span(samples).first(200), power), std::invalid_argument);
    EXPECT_THROW(spectrogram(samples, std::span(power).first(40)), std::invalid_argument);
}

TEST(Mel, TheLogarithmIsClampedAndExact) {
    std::vector<float> power{0, 1e-30F, 1e-9F, 1e9F, 1e30F, 1};
    log_mel(power);
    const auto low = static_cast<float>(std::log(1e-9)), high = static_cast<float>(std::log(1e9));
    EXPECT_FLOAT_EQ(power[0], low);
    EXPECT_FLOAT_EQ(power[1], low);
    EXPECT_FLOAT_EQ(power[2], low);
    EXPECT_FLOAT_EQ(power[3], high);
    EXPECT_FLOAT_EQ(power[4], high);
    EXPECT_EQ(power[5], 0);
    std::vector<float> values;
    for (float v = 1.1e-9F; v < 9e8F; v *= 1.0013F) values.push_back(v);
    auto logs = values;
    log_mel(logs);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double exact = std::log(static_cast<double>(values[i]));
        ASSERT_NEAR(static_cast<double>(logs[i]), exact, 2e-7 * std::abs(exact) + 1e-9) << values[i];
    }
}

} // namespace
} // namespace descent

#include "core/audio/clip.h"

#include "core/base/result.h"
#include "tests/base/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <numbers>

#include <sndfile.h>

namespace descent {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using testing::read_text;
using ::testing::StartsWith;
using testing::TemporaryFolder;

/// `frames` interleaved floats through libsndfile, as the bytes of a file of that format.
std::string encoded(int format, int rate, int channels, const std::vector<float>& frames) {
    const TemporaryFolder folder;
    SF_INFO info{};
    info.format = format;
    info.samplerate = rate;
    info.channels = channels;
    SNDFILE* out = sf_open(folder.file("sound").c_str(), SFM_WRITE, &info);
    EXPECT_NE(out, nullptr) << sf_strerror(nullptr);
    if (out == nullptr) return {};
    const auto count = static_cast<sf_count_t>(frames.size()) / channels;
    EXPECT_EQ(sf_writef_float(out, frames.data(), count), count);
    sf_close(out);
    return read_text(folder.file("sound"));
}

std::vector<float> sine(std::size_t count, double hz, int rate, double amplitude = 0.5) {
    std::vector<float> samples(count);
    for (std::size_t i = 0; i < count; ++i)
        samples[i] = static_cast<float>(
            amplitude * std::sin(2 * std::numbers::pi * hz * static_cast<double>(i) / rate + 0.3));
    return samples;
}

double largest_distance(const std::vector<float>& a, const std::vector<float>& b, std::size_t margin = 0) {
    EXPECT_EQ(a.size(), b.size());
    double largest = 0;
    for (std::size_t i = margin; i + margin < std::min(a.size(), b.size()); ++i)
        largest = std::max(largest, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
    return largest;
}

std::string message(std::string_view bytes, const std::string& name = "eight/x.wav") {
    try {
        decode_clip(bytes, name);
    } catch (const InputError& e) {
        EXPECT_EQ(std::string(e.what()).find('\n'), std::string::npos);
        return e.what();
    }
    return "no error";
}

void put(std::string& bytes, std::size_t at, std::uint32_t value, std::size_t size = 4) {
    for (std::size_t i = 0; i < size; ++i) bytes[at + i] = static_cast<char>(value >> (8 * i) & 0xFF);
}

/// The plain 44-byte header and 16,000 samples.
std::string plain_wav() {
    const TemporaryFolder folder;
    write_clip(folder.file("clip.wav"), sine(16'000, 440, 16'000));
    return read_text(folder.file("clip.wav"));
}

TEST(Clip, WrittenAndReadAgainIsTheSame) {
    const TemporaryFolder folder;
    const auto file = folder.file("clip.wav");
    std::vector<float> samples;
    for (int i = -32768; i < 32768; i += 7) samples.push_back(static_cast<float>(i) / 32768);
    write_clip(file, samples);
    EXPECT_EQ(read_clip(file), samples);
    EXPECT_EQ(folder.entries(), 1U) << "a temporary file is left";
    write_clip(file, std::vector<float>{2, -2, std::numeric_limits<float>::quiet_NaN()});
    EXPECT_THAT(read_clip(file), ::testing::ElementsAre(32767.0F / 32768, -1.0F, 0.0F));
}

TEST(Clip, WritingWhereThereIsNoFolderSaysSo) {
    const TemporaryFolder folder;
    const auto file = folder.file("absent") / "clip.wav";
    try {
        write_clip(file, std::vector<float>(10));
        FAIL() << "nothing thrown";
    } catch (const InputError& e) {
        EXPECT_THAT(e.what(), StartsWith("cannot write '" + file.string() + "': "));
    }
}

TEST(Clip, EightBitMono) {
    const auto samples = sine(16'000, 300, 16'000);
    const auto bytes = encoded(SF_FORMAT_WAV | SF_FORMAT_PCM_U8, 16'000, 1, samples);
    EXPECT_LT(largest_distance(decode_clip(bytes, "x.wav"), samples), 1.01 / 128);
}

TEST(Clip, Flac) {
    const auto samples = sine(12'345, 300, 16'000);
    const auto bytes = encoded(SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 16'000, 1, samples);
    EXPECT_LT(largest_distance(decode_clip(bytes, "x.flac"), samples), 1.01 / 32768);
}

TEST(Clip, OggVorbis) {
    const auto samples = sine(16'000, 300, 16'000);
    const auto bytes = encoded(SF_FORMAT_OGG | SF_FORMAT_VORBIS, 16'000, 1, samples);
    EXPECT_LT(largest_distance(decode_clip(bytes, "x.ogg"), samples, 1000), 0.05);
}

TEST(Clip, ChannelsAreAveragedAndRatesResampled) {
    // 48 kHz stereo of floats: the left channel alone, at twice the level that the mean then has.
    constexpr std::size_t kFrames = 48'001;
    const auto left = sine(kFrames, 1000, 48'000, 0.8);
    std::vector<float> frames(2 * kFrames, 0.0F);
    for (std::size_t i = 0; i < kFrames; ++i) frames[2 * i] = left[i];
    const auto bytes = encoded(SF_FORMAT_WAV | SF_FORMAT_FLOAT, 48'000, 2, frames);
    const auto samples = decode_clip(bytes, "x.wav");
    EXPECT_EQ(samples.size(), 16'000U); // round(48001 / 3)
    EXPECT_LT(largest_distance(samples, sine(16'000, 1000, 16'000, 0.4), 500), 1e-3);
}

class Resampled : public ::testing::TestWithParam<int> {};

TEST_P(Resampled, ASineHasTheClosedForm) {
    const int rate = GetParam();
    const auto count = static_cast<std::size_t>(rate) + 7;
    const auto bytes = encoded(SF_FORMAT_WAV | SF_FORMAT_FLOAT, rate, 1, sine(count, 700, rate));
    const auto samples = decode_clip(bytes, "x.wav");
    const auto expected = static_cast<std::size_t>(std::llround(static_cast<double>(count) * 16'000 / rate));
    ASSERT_EQ(samples.size(), expected);
    EXPECT_LT(largest_distance(samples, sine(expected, 700, 16'000), 1000), 1e-3);
}

INSTANTIATE_TEST_SUITE_P(Clip, Resampled, ::testing::Values(8'000, 11'025, 22'050, 44'100, 96'000));

TEST(Clip, WhatResamplingCannotKeepIsGoneNotFolded) {
    // 10 kHz cannot be there at 16 kHz; as an alias it would lie at 6 kHz.
    const auto bytes = encoded(SF_FORMAT_WAV | SF_FORMAT_FLOAT, 48'000, 1, sine(48'000, 10'000, 48'000));
    EXPECT_LT(largest_distance(decode_clip(bytes, "x.wav"), std::vector<float>(16'000), 500), 1e-3);
}

TEST(Clip, FloatsBeyondOneAreClamped) {
    const auto bytes = encoded(SF_FORMAT_WAV | SF_FORMAT_FLOAT, 16'000, 1, {0.5F, 1.5F, -3.0F});
    EXPECT_THAT(decode_clip(bytes, "x.wav"), ::testing::ElementsAre(0.5F, 1.0F, -1.0F));
}

TEST(Clip, FloatsThatAreNoSamplesAreRefused) {
    for (const float bad :
         {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
        const auto bytes = encoded(SF_FORMAT_WAV | SF_FORMAT_FLOAT, 16'000, 1, {0.5F, bad, 0});
        EXPECT_EQ(message(bytes), "eight/x.wav: sample 1 is not a finite number");
    }
    const auto bytes = encoded(SF_FORMAT_WAV | SF_FORMAT_FLOAT, 16'000, 1, {0.5F, 0, 12'000});
    EXPECT_THAT(message(bytes), StartsWith("eight/x.wav: sample 2 is far beyond ±1"));
}

TEST(Clip, ATruncatedWavSaysHowMuchIsThere) {
    const auto whole = plain_wav();
    EXPECT_EQ(message(std::string_view(whole).substr(0, 44 + 12'800)),
              "eight/x.wav: ends early: its header states 1.00 s, 0.40 s are there");
    EXPECT_THAT(message(std::string_view(whole).substr(0, whole.size() - 1)),
                StartsWith("eight/x.wav: ends early: "));
    EXPECT_THAT(message(std::string_view(whole).substr(0, 44)), StartsWith("eight/x.wav: ends early: "));
    const auto stereo = encoded(SF_FORMAT_WAV | SF_FORMAT_PCM_16, 8'000, 2, std::vector<float>(16'000));
    EXPECT_EQ(message(std::string_view(stereo).substr(0, stereo.size() - 8'000)),
              "eight/x.wav: ends early: its header states 1.00 s, 0.75 s are there");
}

TEST(Clip, ATruncatedBigEndianWavToo) {
    const auto whole = encoded(SF_FORMAT_WAV | SF_FORMAT_PCM_16 | SF_ENDIAN_BIG, 16'000, 1,
                               std::vector<float>(16'000, 0.25F));
    ASSERT_TRUE(whole.starts_with("RIFX"));
    EXPECT_EQ(decode_clip(whole, "x").size(), 16'000U);
    EXPECT_EQ(message(std::string_view(whole).substr(0, whole.size() - 8'000)),
              "eight/x.wav: ends early: its header states 1.00 s, 0.75 s are there");
}

TEST(Clip, ATruncatedFlacIsRefused) {
    std::vector<float> noise(48'000);
    std::uint32_t state = 1;
    for (float& s : noise)
        s = static_cast<float>((state = state * 1664525 + 1013904223) >> 16) / 65536 - 0.5F;
    const auto whole = encoded(SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 16'000, 1, noise);
    EXPECT_THAT(message(std::string_view(whole).substr(0, whole.size() / 2)),
                StartsWith("eight/x.wav: ends early: its header states 3.00 s, "));
}

TEST(Clip, AWavOfUnknownLengthIsReadToItsEnd) {
    for (const std::uint32_t unknown : {0xFFFFFFFFU, 0x7FFFF000U}) {
        auto bytes = plain_wav();
        put(bytes, 4, unknown);
        put(bytes, 40, unknown);
        EXPECT_EQ(decode_clip(bytes, "x.wav").size(), 16'000U) << unknown;
    }
    // A wrong size of the whole does no harm, nor do chunks around the samples.
    auto bytes = plain_wav();
    put(bytes, 4, 12);
    EXPECT_EQ(decode_clip(bytes, "x.wav").size(), 16'000U);
    bytes = plain_wav();
    bytes.insert(36, std::string("LIST\x03\0\0\0abc\0", 12));
    bytes += std::string("LIST\x04\0\0\0abcd", 12);
    EXPECT_EQ(decode_clip(bytes, "x.wav").size(), 16'000U);
    EXPECT_THAT(message(std::string_view(bytes).substr(0, 8'000)), HasSubstr("ends early"));
}

TEST(Clip, NothingInIt) {
    EXPECT_EQ(message(""), "eight/x.wav: holds no samples");
    const TemporaryFolder folder;
    write_clip(folder.file("x.wav"), {});
    EXPECT_EQ(message(read_text(folder.file("x.wav"))), "eight/x.wav: holds no samples");
}

TEST(Clip, NotASoundFile) {
    constexpr const char* kExpected =
        "eight/x.wav: not a sound file that can be read (expected WAV, FLAC or OGG)";
    EXPECT_EQ(message("This is a text file with the name of a sound file.\n"), kExpected);
    EXPECT_EQ(message("RIFF"), kExpected);
    EXPECT_EQ(message(std::string_view(plain_wav()).substr(0, 20)), kExpected);
    auto bytes = plain_wav();
    put(bytes, 22, 0, 2); // channels
    EXPECT_EQ(message(bytes), kExpected);
}

TEST(Clip, AnAbsurdRateIsRefused) {
    for (const std::uint32_t rate : {0U, 1U, 2'000'000'000U, 0xFFFFFFFFU}) {
        auto bytes = plain_wav();
        put(bytes, 24, rate);
        EXPECT_THAT(message(bytes), StartsWith("eight/x.wav: ")) << rate;
    }
    auto bytes = plain_wav();
    put(bytes, 24, 1);
    EXPECT_EQ(message(bytes), "eight/x.wav: its header states a rate of 1 Hz; expected 1000 to 1000000 Hz");
}

TEST(Clip, DamagedBytesNeverDoHarm) {
    // Every byte of the header, and the file cut after every byte of it, against the sanitizers.
    const auto whole = plain_wav();
    for (std::size_t at = 0; at < 44; ++at) {
        for (const char value : {'\0', '\1', '\x7F', '\xFF'}) {
            auto bytes = whole.substr(0, 400);
            bytes[at] = value;
            message(bytes);
            message(std::string_view(bytes).substr(0, at));
        }
    }
}

TEST(Clip, FromDisk) {
    const TemporaryFolder folder;
    const auto text = folder.write("text.wav", "hello");
    const auto reason = [](const std::filesystem::path& file) -> std::string {
        try {
            read_clip(file);
        } catch (const InputError& e) {
            return e.what();
        }
        return "no error";
    };
    EXPECT_EQ(reason(text),
              text.string() + ": not a sound file that can be read (expected WAV, FLAC or OGG)");
    EXPECT_EQ(reason(folder.path()), folder.path().string() + ": is a folder; expected a sound file");
    EXPECT_EQ(reason(folder.file("absent.wav")),
              folder.file("absent.wav").string() + ": cannot be read: No such file or directory");
}

TEST(Clip, FitLengthPadsEvenlyAndKeepsTheLoudest) {
    EXPECT_EQ(fit_length(std::vector<float>{1, 2}, 5), (std::vector<float>{0, 1, 2, 0, 0}));
    EXPECT_EQ(fit_length(std::vector<float>{1, 2}, 2), (std::vector<float>{1, 2}));
    EXPECT_EQ(fit_length(std::vector<float>{3, 0, 0, 2, -3, 1}, 2), (std::vector<float>{2, -3}));
    EXPECT_EQ(fit_length(std::vector<float>{0, 0, 0, 1, 4}, 2), (std::vector<float>{1, 4}));
    EXPECT_EQ(fit_length(std::vector<float>{}, 2), (std::vector<float>{0, 0}));
}

} // namespace
} // namespace descent

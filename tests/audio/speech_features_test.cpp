#include "core/audio/speech_features.h"

#include "core/audio/clip.h"
#include "core/audio/mel.h"
#include "core/base/random.h"
#include "tests/base/temporary_folder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <fstream>

namespace descent {
namespace {

using testing::TemporaryFolder;

constexpr std::size_t kSamples = 16'000;

/// Four clips, one of them no sound.
SpeechFolder recordings(const TemporaryFolder& folder) {
    RandomStream random(1, "clips");
    std::filesystem::create_directories(folder.file("clips") / "word");
    for (int i = 0; i < 4; ++i) {
        std::vector<float> samples(kSamples);
        for (float& x : samples) x = static_cast<float>(0.1 * random.normal());
        write_clip(folder.file("clips") / "word" / (std::to_string(i) + "_nohash_0.wav"), samples);
    }
    std::ofstream(folder.file("clips") / "word" / "2_nohash_0.wav") << "no sound";
    return read_speech_folder(folder.file("clips"));
}

/// To the bit: the table has NaN where a clip cannot be used.
void expect_same(const SpeechFeatures& a, const SpeechFeatures& b) {
    EXPECT_EQ(a.hashes, b.hashes);
    EXPECT_EQ(a.left_out, b.left_out);
    ASSERT_EQ(a.values.size(), b.values.size());
    EXPECT_EQ(std::memcmp(a.values.data(), b.values.data(), a.values.size() * sizeof(float)), 0);
}

TEST(SpeechFeatures, AreTheSameComputedAndKept) {
    const TemporaryFolder folder;
    const auto clips = recordings(folder);
    const FeatureCache cache(folder.file("cache"));
    const auto fresh = read_features(clips, kSamples, cache);
    ASSERT_EQ(fresh.left_out.size(), 4U);
    EXPECT_NE(fresh.left_out[2], "");
    EXPECT_EQ(fresh.left_out[3], "");
    const auto width = static_cast<std::size_t>(fresh.bands * fresh.frames);
    EXPECT_TRUE(std::isnan(fresh.values[2 * width]));
    std::vector<float> alone(width);
    MelSpectrogram()(read_clip(clips.root / clips.clips[3].file), alone);
    log_mel(alone);
    EXPECT_EQ(std::memcmp(alone.data(), fresh.values.data() + 3 * width, width * sizeof(float)), 0);

    EXPECT_TRUE(cache.may_have(4 * width));
    EXPECT_FALSE(cache.may_have(4 * width + 1));
    expect_same(read_features(clips, kSamples, cache), fresh);
}

TEST(SpeechFeatures, OthersOfTheirSizeAreNotTakenForThem) {
    const TemporaryFolder folder;
    const auto clips = recordings(folder);
    const auto fresh = read_features(clips, kSamples, FeatureCache(folder.file("one")));
    const FeatureCache cache(folder.file("other"));
    cache.keep("abc", std::vector<float>(fresh.values.size(), 3));
    expect_same(read_features(clips, kSamples, cache), fresh);
}

} // namespace
} // namespace descent

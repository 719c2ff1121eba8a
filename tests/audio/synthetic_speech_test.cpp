#include "core/audio/synthetic_speech.h"

#include "core/audio/clip.h"
#include "core/audio/noise_makers.h"
#include "core/audio/speech_folder.h"
#include "core/base/hash.h"
#include "core/base/result.h"
#include "tests/base/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <sys/wait.h>
#include <unistd.h>

namespace descent {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TemporaryFolder;

namespace {

namespace fs = std::filesystem;

const SyntheticSpeech small{.speakers = 2, .takes = 2, .words = {"up", "sheila", "up"}, .seed = 3};

/// Each file's hash.
std::map<std::string, std::string> contents(const fs::path& folder) {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file())
            files[fs::relative(entry.path(), folder).string()] = sha256_hex(testing::read_text(entry.path()));
    return files;
}

std::string refusal(const SyntheticSpeech& options, const fs::path& folder) {
    try {
        make_synthetic_speech(options, folder);
    } catch (const InputError& e) {
        return e.what();
    }
    return "accepted";
}

/// $XDG_CACHE_HOME in a folder of the test's own.
class Cache : public ::testing::Test {
protected:
    void SetUp() override {
        if (const char* before = std::getenv("XDG_CACHE_HOME")) before_ = before;
        setenv("XDG_CACHE_HOME", folder_.path().c_str(), 1);
    }
    void TearDown() override {
        if (before_)
            setenv("XDG_CACHE_HOME", before_->c_str(), 1);
        else
            unsetenv("XDG_CACHE_HOME");
    }

    TemporaryFolder folder_;
    std::optional<std::string> before_;
};

using KeptSpeech = Cache;

} // namespace

TEST(SyntheticSpeech, IsTheSameByteForByte) {
    const TemporaryFolder folder;
    double last = 0;
    const auto progress = [&](double share) {
        EXPECT_GE(share, last);
        last = share;
    };
    ASSERT_TRUE(make_synthetic_speech(small, folder.path() / "new" / "a", progress));
    EXPECT_EQ(last, 1);
    // Something else in between: what the synthesiser remembers of it must not matter.
    auto other = small;
    other.seed = 4;
    fs::create_directory(folder.path() / "empty");
    ASSERT_TRUE(make_synthetic_speech(other, folder.path() / "empty"));
    ASSERT_TRUE(make_synthetic_speech(small, folder.path() / "b"));
    const auto a = contents(folder.path() / "new" / "a");
    EXPECT_EQ(a, contents(folder.path() / "b"));
    EXPECT_NE(a, contents(folder.path() / "empty"));
    EXPECT_EQ(folder.entries(), 3u) << "nothing is left beside";
    EXPECT_EQ(fs::exists(folder.path() / "b" / "README.txt"), true);
}

TEST(SyntheticSpeech, HasTheLayoutAndDistinctTakes) {
    const TemporaryFolder folder;
    ASSERT_TRUE(make_synthetic_speech(small, folder.path() / "a"));
    const SpeechFolder found = read_speech_folder(folder.path() / "a");
    EXPECT_THAT(found.words, ElementsAre("sheila", "up"));
    EXPECT_THAT(found.ignored, ::testing::IsEmpty());
    EXPECT_THAT(found.noise,
                ElementsAre("_background_noise_/babble.wav", "_background_noise_/hum.wav",
                            "_background_noise_/pink_noise.wav", "_background_noise_/white_noise.wav"));
    ASSERT_EQ(found.clips.size(), 8u);
    std::set<std::string> speakers;
    std::set<std::vector<float>> sounds;
    int clear = 0;
    for (const auto& clip : found.clips) {
        speakers.insert(clip.speaker);
        EXPECT_EQ(clip.speaker.find_first_not_of("0123456789abcdef"), std::string::npos);
        EXPECT_EQ(clip.speaker.size(), 8u);
        const auto sound = read_clip(found.root / clip.file);
        EXPECT_EQ(sound.size(), static_cast<std::size_t>(kSampleRate));
        EXPECT_GT(power_of(sound), 1e-6) << clip.file << " is silent";
        // A word in noise, and not noise alone: some stretch of 50 ms is louder than another.
        double loudest = 0, softest = 1;
        for (std::size_t at = 0; at + 800 <= sound.size(); at += 800) {
            const double power = power_of(std::span(sound).subspan(at, 800));
            loudest = std::max(loudest, power);
            softest = std::min(softest, power);
        }
        EXPECT_GT(loudest, 2 * softest) << clip.file;
        clear += loudest > 10 * softest ? 1 : 0;
        sounds.insert(sound);
    }
    EXPECT_EQ(speakers.size(), 2u);
    EXPECT_EQ(sounds.size(), 8u);
    EXPECT_GE(clear, 4);
    for (const auto& noise : found.noise) {
        const auto sound = read_clip(found.root / noise);
        EXPECT_GE(sound.size(), 10u * kSampleRate) << noise;
        EXPECT_NEAR(power_of(sound), 0.01, 0.001) << noise;
    }
}

TEST(SyntheticSpeech, RefusesWhatItCannotDo) {
    const TemporaryFolder folder;
    const auto place = folder.path() / "new";
    EXPECT_EQ(refusal({.speakers = 1}, place), "speakers = 1: expected 2 to 500");
    EXPECT_EQ(refusal({.speakers = 501}, place), "speakers = 501: expected 2 to 500");
    EXPECT_EQ(refusal({.takes = 0}, place), "takes = 0: expected 1 to 100");
    for (const char* word : {"", "two words", "../up", "Up", "naïve", "a\n", "'"})
        EXPECT_THAT(refusal({.words = {word}}, place), HasSubstr("cannot be said")) << word;
    folder.write("file", "kept");
    EXPECT_EQ(refusal(small, folder.path()),
              folder.path().string() + ": not empty; expected a new or an empty folder");
    EXPECT_THAT(refusal(small, folder.file("file")), HasSubstr("file: not a folder"));
    EXPECT_THAT(refusal(small, folder.file("file") / "inside"), HasSubstr("cannot be written"));
    EXPECT_EQ(folder.entries(), 1u);
}

TEST(SyntheticSpeech, LeavesNothingBehindWhenStopped) {
    const TemporaryFolder folder;
    std::stop_source stop;
    const auto stop_soon = [&](double share) {
        if (share > 0.5) stop.request_stop();
    };
    EXPECT_FALSE(make_synthetic_speech(small, folder.path() / "a", stop_soon, stop.get_token()));
    EXPECT_EQ(folder.entries(), 0u);
    EXPECT_THROW(make_synthetic_speech(small, folder.path() / "a",
                                       [](double share) {
                                           if (share > 0.5) throw InputError("no more");
                                       }),
                 InputError);
    EXPECT_EQ(folder.entries(), 0u);
}

TEST_F(KeptSpeech, IsMadeOnceAndAgainWhereAPartIsMissing) {
    int made = 0;
    const auto progress = [&](double share) { made += share == 1 ? 1 : 0; };
    const fs::path folder = kept_speech(small, progress);
    EXPECT_EQ(folder.parent_path(), folder_.path() / "descent-studio");
    EXPECT_EQ(kept_speech(small, progress), folder);
    EXPECT_EQ(made, 1);
    const auto before = contents(folder);
    const auto first = read_speech_folder(folder).clips.front().file;
    fs::remove(folder / first);
    const auto unfinished = folder.parent_path() / ("." + folder.filename().string() + ".making-0");
    fs::create_directories(unfinished / "up"); // of a process that was killed
    EXPECT_EQ(kept_speech(small, progress), folder);
    EXPECT_EQ(made, 2);
    EXPECT_FALSE(fs::exists(unfinished));
    EXPECT_EQ(contents(folder), before);
    auto other = small;
    other.takes = 1;
    EXPECT_NE(kept_speech(other, progress), folder);
}

TEST_F(KeptSpeech, IsMadeOnceWhereSeveralProcessesAsk) {
    std::vector<pid_t> processes;
    for (int i = 0; i < 3; ++i) {
        const pid_t process = fork();
        ASSERT_GE(process, 0);
        if (process == 0) {
            int made = 0;
            try {
                const auto folder = kept_speech(small, [&](double share) { made += share == 1 ? 1 : 0; });
                _exit(read_speech_folder(folder).clips.size() == 8 ? made : 100);
            } catch (...) {
                _exit(101);
            }
        }
        processes.push_back(process);
    }
    int made = 0;
    for (const pid_t process : processes) {
        int status = 0;
        ASSERT_EQ(waitpid(process, &status, 0), process);
        ASSERT_TRUE(WIFEXITED(status));
        made += WEXITSTATUS(status);
    }
    EXPECT_EQ(made, 1);
}

TEST_F(KeptSpeech, StopsAndSaysSo) {
    std::stop_source stop;
    stop.request_stop();
    try {
        built_in_speech({}, stop.get_token());
        FAIL() << "not stopped";
    } catch (const InputError& e) {
        EXPECT_STREQ(e.what(), "interrupted");
    }
}

} // namespace descent

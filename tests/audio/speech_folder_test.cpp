#include "core/audio/speech_folder.h"

#include "core/base/random.h"
#include "core/base/result.h"
#include "tests/base/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace descent {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::TemporaryFolder;

namespace {

namespace fs = std::filesystem;

const fs::path real_words = fs::path(DESCENT_TEST_DATA) / "speech-commands-mini";

class SpeechFolderFiles : public ::testing::Test {
protected:
    void put(const std::string& file, const std::string& content = "") const {
        fs::create_directories((folder_.path() / file).parent_path());
        folder_.write(file, content);
    }

    TemporaryFolder folder_;
};

template<class F>
std::string refusal(F&& body) {
    try {
        body();
    } catch (const InputError& e) {
        return e.what();
    }
    return "accepted";
}

/// Speakers with uneven numbers of clips, names only.
SpeechFolder crowd(std::size_t speakers, std::uint64_t seed) {
    RandomStream random(seed, "crowd");
    SpeechFolder folder;
    folder.root = "/crowd";
    for (std::size_t s = 0; s < speakers; ++s)
        for (std::uint64_t k = 0, clips = 1 + random.below(20); k < clips; ++k)
            folder.clips.push_back({"up/s" + std::to_string(s) + "_nohash_" + std::to_string(k) + ".wav",
                                    "up", "s" + std::to_string(s)});
    folder.words = {"up"};
    return folder;
}

std::map<SpeechSide, std::set<std::string>> speakers_of(const SpeechFolder& folder,
                                                        const std::vector<SpeechSide>& sides) {
    std::map<SpeechSide, std::set<std::string>> out;
    for (std::size_t i = 0; i < sides.size(); ++i) out[sides[i]].insert(folder.clips[i].speaker);
    return out;
}

} // namespace

TEST_F(SpeechFolderFiles, AreReadInOrderOfTheirBytes) {
    put("up/b_nohash_0.wav");
    put("up/a_nohash_1.WAV");
    put("up/a_nohash_0.flac");
    put("Down/two_parts_nohash_0.Ogg");
    put("up/.hidden_nohash_0.wav");
    put(".git/a_nohash_0.wav");
    put("README.md", "about");
    put("_background_noise_/rain.wav");
    put("_background_noise_/hum.flac");
    put("_background_noise_/README.md");
    const SpeechFolder folder = read_speech_folder(folder_.path() / "");
    EXPECT_EQ(folder.root, folder_.path());
    EXPECT_EQ(folder.clips, (std::vector<SpokenWord>{{"Down/two_parts_nohash_0.Ogg", "down", "two_parts"},
                                                     {"up/a_nohash_0.flac", "up", "a"},
                                                     {"up/a_nohash_1.WAV", "up", "a"},
                                                     {"up/b_nohash_0.wav", "up", "b"}}));
    EXPECT_THAT(folder.words, ElementsAre("down", "up"));
    EXPECT_THAT(folder.noise, ElementsAre("_background_noise_/hum.flac", "_background_noise_/rain.wav"));
    EXPECT_THAT(folder.ignored, IsEmpty());
    EXPECT_THAT(folder.validation_list, IsEmpty());
}

TEST_F(SpeechFolderFiles, ThatDoNotFitAreListed) {
    put("up/a_nohash_0.wav");
    put("up/_nohash_0.wav");
    put("up/a_0.wav");
    put("up/notes_nohash_0.txt");
    put("up/deeper/a_nohash_0.wav");
    put("up/\xff_nohash_0.wav");
    put("stray_nohash_0.wav");
    fs::create_symlink("nowhere", folder_.path() / "up" / "gone_nohash_0.wav");
    const SpeechFolder folder = read_speech_folder(folder_.path());
    EXPECT_EQ(folder.clips.size(), 1u);
    EXPECT_THAT(folder.ignored, ::testing::UnorderedElementsAre(
                                    "up/_nohash_0.wav", "up/a_0.wav", "up/notes_nohash_0.txt", "up/deeper/",
                                    "up/\\xff_nohash_0.wav", "stray_nohash_0.wav", "up/gone_nohash_0.wav"));
}

TEST_F(SpeechFolderFiles, MayBeLinked) {
    put("elsewhere/words/a_nohash_0.wav");
    fs::create_directories(folder_.path() / "corpus");
    fs::create_symlink(folder_.path() / "elsewhere" / "words", folder_.path() / "corpus" / "up");
    fs::create_symlink("corpus", folder_.path() / "link");
    EXPECT_THAT(read_speech_folder(folder_.path() / "link").clips,
                ElementsAre(SpokenWord{"up/a_nohash_0.wav", "up", "a"}));
}

TEST_F(SpeechFolderFiles, ThatHoldNoWordsAreRefused) {
    const std::string at = "task.source = " + folder_.path().string();
    const auto said = [&](const std::string& inside = "") {
        return refusal([&] { read_speech_folder(inside.empty() ? folder_.path() : folder_.file(inside)); });
    };
    const std::string layout = "expected <word>/<speaker>_nohash_<number>.wav";
    EXPECT_THAT(said(), AllOf(HasSubstr(at + ": no spoken words"), HasSubstr(layout)));
    put("a_nohash_0.wav");
    EXPECT_THAT(said(), AllOf(HasSubstr("'a_nohash_0.wav' does not fit"), HasSubstr(layout)));
    EXPECT_THAT(said("a_nohash_0.wav"), AllOf(HasSubstr("not a folder"), HasSubstr(layout)));
    EXPECT_EQ(said("missing"), at + "/missing: no such folder");
}

TEST_F(SpeechFolderFiles, ListsDecideTheSides) {
    for (const char* file :
         {"up/a_nohash_0.wav", "up/b_nohash_0.wav", "up/c_nohash_0.wav", "up/a_nohash_1.wav"})
        put(file);
    put("validation_list.txt", "up/b_nohash_0.wav\r\nup/zz_nohash_0.wav\r\n\r\n");
    SpeechFolder folder = read_speech_folder(folder_.path());
    EXPECT_THAT(folder.validation_list, ElementsAre("up/b_nohash_0.wav"));
    EXPECT_THAT(folder.ignored, ElementsAre("validation_list.txt: 1 of 2 clips not in the folder"));

    put("testing_list.txt", "./up/c_nohash_0.wav");
    folder = read_speech_folder(folder_.path());
    using enum SpeechSide;
    EXPECT_THAT(split_speech(folder, {}, 0.5, 0.1, 0), ElementsAre(train, train, validation, test));
    put("testing_list.txt", "up/a_nohash_0.wav\nup/a_nohash_1.wav\nup/c_nohash_0.wav");
    EXPECT_THAT(refusal([&] { split_speech(read_speech_folder(folder_.path()), {}, 0.1, 0.1, 0); }),
                HasSubstr("expected some to train on"));
}

TEST(SpeechSplit, KeepsSpeakersApartAndReachesTheShares) {
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        const SpeechFolder folder = crowd(12 + seed, seed);
        const double validation = 0.1 + 0.002 * static_cast<double>(seed), test = seed % 3 == 0 ? 0 : 0.15;
        const auto sides = split_speech(folder, {}, validation, test, seed);
        ASSERT_EQ(sides.size(), folder.clips.size());
        std::map<std::string, SpeechSide> side_of;
        std::map<SpeechSide, double> clips;
        std::map<std::string, double> size;
        for (std::size_t i = 0; i < sides.size(); ++i) {
            const auto& speaker = folder.clips[i].speaker;
            ASSERT_EQ(side_of.try_emplace(speaker, sides[i]).first->second, sides[i]) << speaker;
            ++clips[sides[i]];
            ++size[speaker];
        }
        const auto all = static_cast<double>(sides.size());
        EXPECT_GE(clips[SpeechSide::validation], validation * all);
        EXPECT_LT(clips[SpeechSide::validation], validation * all + 20) << "more than one speaker too many";
        EXPECT_GE(clips[SpeechSide::test], test * all);
        EXPECT_LT(clips[SpeechSide::test], test * all + 20);
        EXPECT_GT(clips[SpeechSide::train], 0);
        EXPECT_EQ(clips[SpeechSide::test] > 0, test > 0);
        EXPECT_EQ(split_speech(folder, {}, validation, test, seed), sides);
    }
    const SpeechFolder folder = crowd(30, 7);
    EXPECT_NE(split_speech(folder, {}, 0.2, 0.2, 0), split_speech(folder, {}, 0.2, 0.2, 1));
}

TEST(SpeechSplit, NeedsEnoughSpeakers) {
    using enum SpeechSide;
    EXPECT_THAT(refusal([] { split_speech(crowd(1, 0), {}, 0.2, 0, 0); }),
                AllOf(HasSubstr("task.source = /crowd: one speaker only, 's0'"), HasSubstr("at least 2")));
    EXPECT_THAT(refusal([] { split_speech(crowd(2, 0), {}, 0.2, 0.1, 0); }),
                AllOf(HasSubstr("only 2 speakers"), HasSubstr("at least 3")));
    // However large the shares, somebody is left for each side.
    const auto sides = speakers_of(crowd(3, 1), split_speech(crowd(3, 1), {}, 0.6, 0.39, 0));
    for (const auto side : {train, validation, test}) EXPECT_EQ(sides.at(side).size(), 1u);
    for (const auto& [v, t] : {std::pair{0.5, 0.5}, {-0.1, 0.2}, {std::nan(""), 0.1}})
        EXPECT_THAT(refusal([&] { split_speech(crowd(9, 1), {}, v, t, 0); }), HasSubstr("less than 1"));
}

TEST(SpeechSplit, HoldsOutWhoeverIsNamed) {
    SpeechFolder folder = crowd(4, 3);
    folder.validation_list = folder.test_list = {folder.clips[0].file};
    const auto sides = speakers_of(folder, split_speech(folder, {"s2", "s1"}, 0.2, 0.2, 0));
    EXPECT_EQ(sides.at(SpeechSide::validation), (std::set<std::string>{"s1", "s2"}));
    EXPECT_EQ(sides.at(SpeechSide::train), (std::set<std::string>{"s0", "s3"}));
    EXPECT_EQ(sides.count(SpeechSide::test), 0u);
    SpeechFolder named;
    named.root = "/named";
    named.clips = {{"up/george_nohash_0.wav", "up", "george"}, {"up/lucas_nohash_0.wav", "up", "lucas"}};
    EXPECT_EQ(refusal([&] { split_speech(named, {"goerge"}, 0.2, 0, 0); }),
              "task.holdout_speakers: no speaker 'goerge' in /named; did you mean 'george'?");
    EXPECT_THAT(refusal([&] {
                    split_speech(named, {"george", "lucas"}, 0.2, 0, 0);
                }),
                HasSubstr("at least one speaker left to train on"));
}

TEST(SpeechKeywords, AreTrimmedLowerAndKnown) {
    SpeechFolder folder;
    folder.root = "/words";
    folder.words = {"eight", "happy", "sheila"};
    EXPECT_THAT(parse_keywords("Sheila, happy ,eight,sheila,", folder),
                ElementsAre("sheila", "happy", "eight"));
    EXPECT_EQ(refusal([&] { parse_keywords("shiela", folder); }),
              "task.keywords: no clips of 'shiela' in /words; did you mean 'sheila'?");
    EXPECT_THAT(refusal([&] { parse_keywords(" , ", folder); }), HasSubstr("no word given"));
    EXPECT_THAT(parse_list(" a,b , a,,C"), ElementsAre("a", "b", "C"));
    EXPECT_THAT(parse_list(""), IsEmpty());
}

TEST(RealSpeech, HasTheWordsOfSpeechCommands) {
    if (!fs::exists(real_words)) GTEST_SKIP() << real_words << " is absent";
    const SpeechFolder folder = read_speech_folder(real_words);
    EXPECT_EQ(folder.clips.size(), 300u);
    EXPECT_EQ(folder.words.size(), 30u);
    for (const auto& clip : folder.clips) EXPECT_EQ(clip.speaker.size(), 8u) << clip.file;
    EXPECT_EQ(folder.ignored.size(), 2u) << "one line for each list, most of which is not here";
    const auto sides = split_speech(folder, {}, 0.1, 0.1, 0);
    for (std::size_t i = 0; i < sides.size(); ++i) {
        const bool validation = std::ranges::count(folder.validation_list, folder.clips[i].file) > 0,
                   test = std::ranges::count(folder.test_list, folder.clips[i].file) > 0;
        EXPECT_EQ(sides[i] == SpeechSide::validation, validation);
        EXPECT_EQ(sides[i] == SpeechSide::test, test);
    }
    EXPECT_FALSE(folder.validation_list.empty() || folder.test_list.empty());
}

} // namespace descent

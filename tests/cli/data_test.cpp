#include "tests/cli/cli_fixture.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <thread>

namespace descent::test {

namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class DataCommands : public Cli {
protected:
    /// A corpus of three words by four voices, in `name`.
    nlohmann::json make(const std::string& name) const {
        const auto ended = descent({"data", "make", "kws", "--speakers", "4", "--takes", "1", "--words",
                                    "sheila,happy,up", "--out", name, "--json"});
        EXPECT_EQ(ended.code, 0) << ended.err;
        return nlohmann::json::parse(ended.out, nullptr, false);
    }
};

TEST_F(DataCommands, HelpShowsExamples) {
    for (const auto& words : std::vector<std::vector<std::string>>{
             {"data"}, {"data", "--help"}, {"data", "make", "--help"}, {"data", "inspect", "--help"}}) {
        const auto ended = descent(words);
        EXPECT_EQ(ended.code, 0) << ended.err;
        EXPECT_THAT(ended.out, testing::AllOf(HasSubstr("Usage: descent data"), HasSubstr("Example")));
    }
}

TEST_F(DataCommands, MakeTellsWhatItMade) {
    const auto report = make("small");
    EXPECT_EQ(report["folder"], (folder_ / "small").string());
    EXPECT_EQ(report["made"], true);
    EXPECT_EQ(report["clips"], 12);
    EXPECT_EQ(report["speakers"], 4);
    EXPECT_EQ(report["words"], (std::vector<std::string>{"happy", "sheila", "up"}));
    EXPECT_GE(report["seconds"], 0.0);
    EXPECT_TRUE(fs::exists(folder_ / "small" / "_background_noise_" / "babble.wav"));
}

TEST_F(DataCommands, MakeWithoutAFolderKeepsItInTheCache) {
    const std::vector<std::string> words{"data",    "make", "kws",     "--speakers", "2",
                                         "--takes", "1",    "--words", "up"};
    const auto first = descent(words);
    EXPECT_EQ(first.code, 0) << first.err;
    EXPECT_THAT(first.out, HasSubstr("made 2 clips, 2 speakers, 1 word, in "));
    EXPECT_THAT(first.out, HasSubstr((folder_ / ".cache" / "descent-studio").string()));
    const auto again = descent(words);
    EXPECT_EQ(again.code, 0) << again.err;
    EXPECT_THAT(again.out, HasSubstr("already there: 2 clips, 2 speakers, 1 word\n"));
}

TEST_F(DataCommands, MakeRefusesInOneLine) {
    expect_refused({"data", "make"}, {"kws"});
    expect_refused({"data", "make", "foo"}, {"foo", "kws"});
    expect_refused({"data", "mak"}, {"data mak", "did you mean 'make'"});
    expect_refused({"data", "make", "kws", "--speakers", "1"}, {"--speakers", "at least 2"});
    expect_refused({"data", "make", "kws", "--speakers", "501"}, {"--speakers", "at most 500"});
    expect_refused({"data", "make", "kws", "--takes", "many"}, {"--takes", "many"});
    expect_refused({"data", "make", "kws", "--words", " , "}, {"--words"});
    expect_refused({"data", "make", "kws", "--words", "up,über", "--out", "new"}, {"über", "letters"});
    expect_refused({"data", "make", "kws", "--out", "names"}, {"names", "not empty"});
    expect_refused({"data", "make", "kws", "--out", ""}, {"--out"});
    expect_refused({"data", "make", "kws", "--out", "names/Polish.txt/new"},
                   {"names/Polish.txt", "cannot be written"});
    expect_refused({"data", "make", "kws", "--speaker", "3"},
                   {"data make", "--speaker", "did you mean '--speakers'"});
}

TEST_F(DataCommands, CtrlCLeavesNothingBehind) {
    const auto before = everything();
    const auto child = start({"data", "make", "kws", "--speakers", "500", "--takes", "100", "--out", "new"});
    const auto under_way = [&] {
        return std::ranges::any_of(fs::directory_iterator(folder_), [](const fs::directory_entry& entry) {
            return entry.path().filename().string().starts_with(".new.making-");
        });
    };
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    while (!under_way() && std::chrono::steady_clock::now() < give_up)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    child->signal(SIGINT);
    EXPECT_EQ(child->wait(), 130);
    EXPECT_EQ(everything(), before);
}

TEST_F(DataCommands, InspectShowsSidesAndSpeakers) {
    make("small");
    fs::copy_file(folder_ / "small" / "README.txt", folder_ / "small" / "up" / "text_nohash_0.wav");
    const std::vector<std::string> words{"data",       "inspect", "--task",
                                         "kws-binary", "--set",   "task.source=small"};
    auto with_json = words;
    with_json.emplace_back("--json");
    const auto ended = descent(with_json);
    ASSERT_EQ(ended.code, 0) << ended.err;
    const auto report = nlohmann::json::parse(ended.out, nullptr, false);
    std::int64_t examples = 0, speakers = 0;
    for (const auto& [name, count] : report["class_counts"].items()) {
        examples += count.get<std::int64_t>();
        std::int64_t sides = 0;
        for (const char* side : {"train", "validation", "test"})
            sides += report["split_counts"][name][side].get<std::int64_t>();
        EXPECT_EQ(sides, count) << name;
    }
    EXPECT_EQ(examples, 12);
    for (const char* side : {"train", "validation", "test"})
        speakers += report["speakers"][side].get<std::int64_t>();
    EXPECT_EQ(speakers, 4);
    ASSERT_EQ(report["left_out"].size(), 1u);
    EXPECT_EQ(report["left_out"][0]["file"], "up/text_nohash_0.wav");

    const auto text = descent(words);
    EXPECT_EQ(text.code, 0) << text.err;
    for (const char* part : {"speakers:", "validation", "left out: 1 file", "up/text_nohash_0.wav"})
        EXPECT_THAT(text.out, HasSubstr(part));
    EXPECT_EQ(descent({"inspect", "--task", "kws-binary", "--set", "task.source=small"}).out, text.out);
}

} // namespace

} // namespace descent::test

#include "core/text/word_vectors.h"

#include "core/base/hash.h"
#include "core/base/result.h"
#include "temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace descent {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using testing::TemporaryFolder;

namespace {

std::string refused(const std::filesystem::path& file) {
    try {
        read_word_vectors(file, {});
    } catch (const InputError& e) {
        return e.what();
    }
    return "accepted";
}

} // namespace

TEST(WordVectors, KeepsTheWordsAskedFor) {
    const TemporaryFolder folder;
    const std::string bytes = "the 0.5 -1e-3 2\ncat 1 2 3\r\n. . . 4 5 6\nthe 7 7 7\n1990 0.1 0.2 "
                              "0.3\nGröße\t1e-60 +1 0 \n  7 7 7\n";
    const auto file = folder.write("v.txt", bytes);
    const std::vector<std::string> words{"cat", "missing", ". . .", "the", "1990", "cat", "Größe"};
    const auto vectors = read_word_vectors(file, words);
    EXPECT_EQ(vectors.dimension, 3);
    EXPECT_EQ(vectors.lines, 7);
    EXPECT_THAT(vectors.found, ElementsAre(1, 0, 1, 1, 1, 1, 1));
    EXPECT_THAT(vectors.values,
                ElementsAre(1, 2, 3, 0, 0, 0, 4, 5, 6, 0.5f, -1e-3f, 2, 0.1f, 0.2f, 0.3f, 1, 2, 3, 0, 1, 0));
    EXPECT_EQ(vectors.hash, sha256_hex(bytes));
}

TEST(WordVectors, ReadsWord2Vec) {
    const TemporaryFolder folder;
    const std::vector<std::string> words{"b"};
    const auto vectors = read_word_vectors(folder.write("v.txt", "2 2\na 1 2\nb 3 4"), words);
    EXPECT_EQ(vectors.dimension, 2);
    EXPECT_THAT(vectors.values, ElementsAre(3, 4));
}

TEST(WordVectors, SaysWhichLineIsWrong) {
    const TemporaryFolder folder;
    const auto with = [&](const std::string& content) { return refused(folder.write("v.txt", content)); };
    EXPECT_THAT(with("a 1 2 3\nb 1 2\nc 1 2 3\n"),
                EndsWith("v.txt: line 2: 2 numbers behind the word; expected 3"));
    EXPECT_THAT(with("a 1 2 3\n7 1 2\n"), EndsWith("v.txt: line 2: 2 numbers behind the word; expected 3"));
    EXPECT_THAT(with("a 1 2 3\nb\n"), EndsWith("v.txt: line 2: 0 numbers behind the word; expected 3"));
    EXPECT_THAT(with("a 1 2 3\nb .5 .6 .7 .8\n"),
                EndsWith("v.txt: line 2: 4 numbers behind the word; expected 3"));
    EXPECT_THAT(with("a 1 2 3\nb 1 x2 3\n"), EndsWith("v.txt: line 2: 'x2' where a number was expected"));
    EXPECT_THAT(with("a 1 2 3\nb 1 nan 3\n"), EndsWith("v.txt: line 2: 'nan' where a number was expected"));
    EXPECT_THAT(with("a 1 2 3\nb 1 1e99 3\n"), EndsWith("v.txt: line 2: '1e99' where a number was expected"));
    EXPECT_THAT(with("3 4\nb 1 2 3\n"), EndsWith("v.txt: line 2: 3 numbers behind the word; expected 4"));
    EXPECT_THAT(with("word\n"), EndsWith("v.txt: line 1: no numbers; expected a word and its numbers"));
    EXPECT_THAT(with("2 3\n"),
                EndsWith("v.txt: no vectors in it; expected a word and its numbers in each line"));
    EXPECT_THAT(with(""), EndsWith("v.txt: no vectors in it; expected a word and its numbers in each line"));
    EXPECT_THAT(refused(folder.file("none")),
                EndsWith("none: no such file, or it cannot be read; expected word vectors"));
    EXPECT_THAT(refused(folder.path()), EndsWith("it cannot be read; expected word vectors"));
}

TEST(WordVectors, ReportsAndStops) {
    const TemporaryFolder folder;
    std::string many;
    for (int i = 0; many.size() < 9'000'000; ++i) many += "word" + std::to_string(i) + " 0.125 0.25 -0.5\n";
    const auto file = folder.write("v.txt", many);
    std::vector<double> shares;
    const std::vector<std::string> words{"word200000"};
    const auto vectors =
        read_word_vectors(file, words, {.progress = [&](double share) { shares.push_back(share); }});
    EXPECT_THAT(vectors.values, ElementsAre(0.125f, 0.25f, -0.5f));
    ASSERT_EQ(shares.size(), 3u);
    EXPECT_LT(shares[0], shares[1]);
    EXPECT_EQ(shares[2], 1);

    std::stop_source stop;
    try {
        read_word_vectors(file, words,
                          {.stop = stop.get_token(), .progress = [&](double) { stop.request_stop(); }});
        FAIL();
    } catch (const InputError& e) {
        EXPECT_STREQ(e.what(), "interrupted");
    }
}

TEST(WordVectors, AStatedDimensionTakesNoMemory) {
    const TemporaryFolder folder;
    EXPECT_THAT(refused(folder.write("v.txt", "2 3233333333\na 1 2\n")),
                EndsWith("v.txt: line 1: vectors of 3233333333 numbers; expected at most 10000"));
    std::string wide = "a";
    for (int i = 0; i < 10'001; ++i) wide += " 1";
    EXPECT_THAT(refused(folder.write("v.txt", wide)), EndsWith("expected at most 10000"));
}

} // namespace descent

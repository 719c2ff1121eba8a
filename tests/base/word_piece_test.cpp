#include "core/base/result.h"
#include "core/text/tokenizer.h"
#include "temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace descent {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::IsEmpty;
using testing::TemporaryFolder;

namespace {

WordPiece with(std::vector<std::string> pieces, bool lower = true) {
    pieces.insert(pieces.begin(), {"[PAD]", "[UNK]", "[CLS]", "[SEP]"});
    return {std::move(pieces), lower};
}

/// As with() but where a file is read.
std::string refused(const std::string& vocabulary) {
    const TemporaryFolder folder;
    try {
        const WordPiece made(folder.write("vocab.txt", vocabulary), true);
    } catch (const InputError& e) {
        return e.what();
    }
    return "accepted";
}

} // namespace

// The cases published with BERT's code.
TEST(WordPiece, AgreesWithThePublishedCases) {
    const WordPiece pieces = with({"want", "##want", "##ed", "wa", "un", "runn", "##ing"});
    EXPECT_THAT(pieces.tokens(""), IsEmpty());
    EXPECT_THAT(pieces.tokens("unwanted running"), ElementsAre("un", "##want", "##ed", "runn", "##ing"));
    EXPECT_THAT(pieces.tokens("unwantedX running"), ElementsAre("[UNK]", "runn", "##ing"));

    const WordPiece full = with({"want", "##want", "##ed", "wa", "un", "runn", "##ing", ","});
    EXPECT_THAT(full.tokens("UNwant\u00E9d,running"),
                ElementsAre("un", "##want", "##ed", ",", "runn", "##ing"));
    EXPECT_THAT(full.ids("UNwant\u00E9d,running", 100), ElementsAre(2, 8, 5, 6, 11, 9, 10, 3));
}

TEST(WordPiece, CutsAsTheBasicTokenizerDoes) {
    const WordPiece lower = with({"hello", "!", "how", "are", "you", "?", "ah", "博", "推", "zz"});
    EXPECT_THAT(lower.tokens(" \tHeLLo!how  \n Are yoU?  "),
                ElementsAre("hello", "!", "how", "are", "you", "?"));
    EXPECT_THAT(lower.tokens("H\u00E9llo"), ElementsAre("hello"));
    EXPECT_THAT(lower.tokens("he\u0301llo"), ElementsAre("hello"));
    EXPECT_THAT(lower.tokens("ah\u535A\u63A8zz"), ElementsAre("ah", "博", "推", "zz"));
    const WordPiece cased = with({"HeLLo", "!", "how", "Are", "yoU", "?", "Héllo"}, false);
    EXPECT_THAT(cased.tokens(" \tHeLLo!how  \n Are yoU?  "),
                ElementsAre("HeLLo", "!", "how", "Are", "yoU", "?"));
    EXPECT_THAT(cased.tokens("Héllo Hello"), ElementsAre("Héllo", "[UNK]"));
}

TEST(WordPiece, TellsPunctuationBlanksAndControlCharacters) {
    const WordPiece pieces = with({"a", "b", "ab", "-", "$", "`", "@", "。", "—"});
    EXPECT_THAT(pieces.tokens("a-b$`@"), ElementsAre("a", "-", "b", "$", "`", "@"));
    EXPECT_THAT(pieces.tokens("a—b。"), ElementsAre("a", "—", "b", "。"));
    EXPECT_THAT(pieces.tokens("a\u00a0b\u2003a"), ElementsAre("a", "b", "a"));
    EXPECT_THAT(pieces.tokens(std::string_view("a\0b a\u0005b a\u00adb a\ufffdb", 18)),
                ElementsAre("ab", "ab", "ab", "ab"));
}

TEST(WordPiece, WordsThatAreTooLongAreUnknown) {
    const WordPiece pieces = with({"a", "##a", "é", "##é"}, false);
    EXPECT_EQ(pieces.tokens(std::string(200, 'a')).size(), 200u);
    EXPECT_THAT(pieces.tokens(std::string(201, 'a') + " a"), ElementsAre("[UNK]", "a"));
    std::string accents;
    for (int i = 0; i < 200; ++i) accents += "é"; // 400 bytes
    EXPECT_EQ(pieces.tokens(accents).size(), 200u);
}

TEST(WordPiece, IdsAreCutAndFramed) {
    const WordPiece pieces = with({"a", "b"});
    EXPECT_THAT(pieces.ids("a b a b", 100), ElementsAre(2, 4, 5, 4, 5, 3));
    EXPECT_THAT(pieces.ids("a b a b", 4), ElementsAre(2, 4, 5, 3));
    EXPECT_THAT(pieces.ids("", 4), ElementsAre(2, 3));
    EXPECT_EQ(pieces.id("b"), 5);
    EXPECT_EQ(pieces.id("c"), 1);
    EXPECT_EQ(pieces.pieces().size(), 6u);
}

TEST(WordPiece, SaysWhatIsWrongWithAVocabulary) {
    EXPECT_EQ(refused("[PAD]\r\n[UNK]\r\n[CLS]\r\n[SEP]\r\na\r\n"), "accepted");
    EXPECT_THAT(refused("[PAD]\n[UNK]\n[SEP]\na\n"),
                EndsWith("vocab.txt: no [CLS] in it; expected a vocabulary of WordPiece with [UNK], [CLS], "
                         "[SEP] and [PAD]"));
    EXPECT_THAT(refused("[PAD]\n[UNK]\n[CLS]\n[SEP]\na\nb\na\n"),
                EndsWith("vocab.txt: line 7: the piece 'a' stands on line 5 already"));
    EXPECT_THAT(refused("[PAD]\n[UNK]\nM\xfcll\n"),
                EndsWith("vocab.txt: line 3: this is not UTF-8 text: byte offset 1; expected a vocab.txt "
                         "with a piece in each line"));
}

} // namespace descent
